"""Requests to the API of a running JupyterLab."""

import json
import urllib.error
import urllib.request
from typing import Any

from support.lab import Lab


def ask(lab: Lab, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Ask; return status and answer. Nothing may ever be a 500."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {lab.token}"}
    address = f"{lab.url}/nbreduce/api{path}"
    request = urllib.request.Request(address, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        told = error.read()
        assert error.code < 500 or error.code == 503, (method, path, error.code, told)
        return error.code, json.loads(told)


def good(lab: Lab, method: str, path: str, body: Any = None) -> Any:
    """Ask for something that must be answered."""
    status, answer = ask(lab, method, path, body)
    assert status < 300, (method, path, status, answer)
    return answer
