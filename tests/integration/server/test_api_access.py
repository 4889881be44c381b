"""Who may ask: a token or nothing, and the server's authoriser has the last word."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from nbreduce.server.routes import ROUTES
from support.api import PREFIX, Api, running_api
from support.sites import DEMO, Site

NAME = f"{DEMO}1-work-v1"
READS = (
    "/openapi.json",
    "/health",
    "/runs",
    "/experiments",
    "/events",
    f"/reductions/{NAME}",
    "/nothing",
)

# Reading is for everyone who is known, filing for nobody; it answers as an authoriser that asks elsewhere does.
CONFIGURATION = """
from jupyter_server.auth import Authorizer, IdentityProvider, User

class Members(IdentityProvider):
    known = {"token-of-ada": "ada", "token-of-eve": "eve"}

    def get_user(self, handler):
        name = self.known.get(self.get_token(handler))
        handler._token_authenticated = name is not None
        return User(username=name) if name else None

class ReadOnly(Authorizer):
    async def is_authorized(self, handler, user, action, resource):
        if resource == "kernels":
            return False
        path = handler.request.path
        return user.username == "ada" and (action == "read" or path.endswith(("/cancel", "/kernel", "/trials")))

c.ServerApp.identity_provider_class = Members
c.ServerApp.authorizer_class = ReadOnly
"""


@pytest.fixture(scope="module")
def shared(filled: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server that people with tokens of their own share."""
    with running_api(tmp_path_factory.mktemp("shared"), filled.path, CONFIGURATION) as running:
        yield running


def follow(api: Api, token: str, path: str = "/events/stream") -> websocket.WebSocket:
    header = [f"Authorization: token {token}"] if token else []
    return websocket.create_connection(
        f"ws://127.0.0.1:{api.port}{PREFIX}{path}", header=header, timeout=60
    )


def refused_stream(api: Api, token: str, path: str = "/events/stream") -> int:
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        follow(api, token, path)
    return caught.value.status_code


@pytest.mark.parametrize("token", ["", "wrong"])
def test_nobody_is_answered_without_a_token(api: Api, token: str) -> None:
    for path in READS:
        answer = api.ask("GET", path, token=token)
        assert answer.status in {403, 404}, path
        assert answer.json.keys() == {"message", "hint", "problems"}
        assert (answer.status == 404) == (path == "/nothing")
    for path in ("/runs", f"/reductions/{NAME}/rerun", f"/reductions/{NAME}/cancel"):
        assert api.ask("POST", path, b"{}", token=token).status == 403
    assert refused_stream(api, token) == 403


def test_a_token_in_the_address_is_jupyters_own_way(api: Api) -> None:
    assert api.ask("GET", f"/runs?token={api.token}", token="").status == 200
    assert api.ask("GET", "/runs?token=wrong", token="").status == 403


def test_a_page_of_another_site_files_nothing(api: Api) -> None:
    """The token of a request is proof enough for Jupyter; a cookie is not."""
    page = {"Origin": "http://elsewhere.example", "Cookie": "username-x=1"}
    for method, path in (("POST", f"/reductions/{NAME}/cancel"), ("GET", "/runs")):
        body = b"{}" if method == "POST" else None
        assert api.ask(method, path, body, token="", headers=page).status in {403, 404}
    same = {"Cookie": "username-x=1"}
    assert api.ask("POST", "/runs", b"{}", token="", headers=same).status == 403


def test_someone_elses_token_gives_what_is_theirs(shared: Api) -> None:
    for path in READS[:-1]:
        assert shared.ask("GET", path, token="token-of-ada").status == 200, path
        assert shared.ask("GET", path, token="token-of-eve").status == 403, path
        assert shared.ask("GET", path, token=shared.token).status == 403, path


def test_an_authoriser_that_refuses_is_heeded_everywhere(shared: Api) -> None:
    """A coroutine's answer is waited for: that it is one is no permission."""
    for path, body in (
        ("/runs", {"instrument": DEMO, "runs": [1]}),
        (f"/reductions/{NAME}/rerun", {}),
    ):
        answer = shared.ask("POST", path, json.dumps(body).encode(), token="token-of-ada")
        assert answer.status == 403
        assert "not authorized to write on resource: nbreduce" in answer.json["message"]
    assert refused_stream(shared, shared.token) == 403
    stream = follow(shared, "token-of-ada")
    assert json.loads(stream.recv())["latest"] > 0
    stream.close()


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_is_without_an_authoriser(shared: Api, route: str) -> None:
    handler, path = ROUTES[route], re.sub(r"\{\w+\}", NAME, route)
    if hasattr(handler, "sends"):
        assert refused_stream(shared, "token-of-eve", path) == 403
        return
    assert handler.known_methods()
    for method in handler.known_methods():
        answer = shared.ask(method, path, b"{}", token="token-of-eve")
        assert (answer.status, "not authori" in answer.json["message"]) == (403, True), method


def test_code_is_executed_for_nobody_who_may_not_start_kernels(shared: Api) -> None:
    draft = {"instrument": DEMO, "template": "work", "last": 1}
    for path, body in (("/trials", draft), (f"/reductions/{NAME}/kernel", {})):
        answer = shared.ask("POST", path, json.dumps(body).encode(), token="token-of-ada")
        assert (answer.status, answer.json["message"]) == (403, "not authorised to write kernels")
    assert shared.ask("GET", "/trials", token="token-of-ada").json == {"trials": []}


def test_who_asked_is_written_down(shared: Api, filled: Site) -> None:
    answer = shared.ask("POST", f"/reductions/{DEMO}2-work-v1/cancel", b"{}", token="token-of-ada")
    assert answer.status == 202
    with filled.catalogue() as session:
        asked = session.connection().exec_driver_sql(
            "SELECT requested_by FROM request WHERE id = ?", (answer.json["request"],)
        )
        assert asked.scalar() == "ada"


def test_tokens_stay_out_of_the_log(api: Api, shared: Api) -> None:
    for one in (api, shared):
        said = Path(one.log).read_text()
        assert one.token not in said
        assert "token-of-ada" not in said
