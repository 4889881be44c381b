"""The API's own description."""

from functools import cache

from pydantic import JsonValue, RootModel

from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation


class Document(RootModel[dict[str, JsonValue]]):
    """An OpenAPI 3.1 document."""


class OpenApiHandler(ResourceHandler):
    """`/openapi.json`."""

    @operation("Describe this API in OpenAPI 3.1", Document)
    def get(self) -> Document:
        """Describe the API."""
        return _document()


@cache
def _document() -> Document:
    from nbreduce.server.openapi import document
    from nbreduce.server.routes import PREFIX, ROUTES

    return Document(document(ROUTES, PREFIX))
