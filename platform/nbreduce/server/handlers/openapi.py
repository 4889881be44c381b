"""The API's own description."""

from tornado import web

from nbreduce.server.base import ResourceHandler


class OpenApiHandler(ResourceHandler):
    """`/openapi.json`."""

    @web.authenticated
    async def get(self) -> None:
        """Describe the API in OpenAPI 3.1."""
        from nbreduce.server.openapi import document
        from nbreduce.server.routes import PREFIX, ROUTES

        self.finish(document(ROUTES, PREFIX))
