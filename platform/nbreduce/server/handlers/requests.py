"""Requests to the service, and its answers."""

from nbreduce.catalogue.requests import find_request
from nbreduce.domain.errors import NotFound
from nbreduce.server.base import ResourceHandler, read_id
from nbreduce.server.operation import operation
from nbreduce.server.wire import RequestAnswer


class RequestHandler(ResourceHandler):
    """`/requests/{id}`."""

    @operation("Show a request, and the service's answer once there is one", RequestAnswer)
    def get(self, id: str) -> RequestAnswer:
        """Show a request."""
        number = read_id(id)
        with self.workspace.catalogue.read() as session:
            request = None if number is None else find_request(session, number)
        if request is None:
            raise NotFound(f"there is no request {id}")
        return RequestAnswer(
            request=request.id,
            kind=request.kind,
            reduction=request.reduction,
            accepted=request.accepted,
            answer=request.answer,
        )
