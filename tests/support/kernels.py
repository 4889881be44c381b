"""Kernels of a Jupyter server, as its API shows them and as a notebook talks to them."""

import asyncio
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from tornado.websocket import websocket_connect

from support.lab import Lab
from support.loops import run
from support.services import lives


def post(lab: Lab, path: str, body: Any = None) -> tuple[int, Any]:
    """Post to a server; return status and answer."""
    request = urllib.request.Request(
        f"{lab.url}{path}",
        method="POST",
        data=json.dumps(body or {}).encode(),
        headers={"Authorization": f"token {lab.token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")


def open_kernel(lab: Lab, reduction: str, path: str | None = None) -> Any:
    """Open a reduction with a kernel; return the answer."""
    status, answer = post(lab, f"/nbreduce/api/reductions/{reduction}/kernel", {"path": path})
    assert status == 201, answer
    return answer


def execute(lab: Lab, kernel_id: str, code: str, patience: float = 60.0) -> str:
    """Execute code in a kernel as a notebook does; return what it printed, or the name of its error."""

    def ask() -> str:
        return run(asyncio.wait_for(_execute(lab, kernel_id, code), patience))

    # In a thread: Playwright has an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


async def _execute(lab: Lab, kernel_id: str, code: str) -> str:
    address = lab.url.replace("http", "ws", 1)
    socket = await websocket_connect(
        f"{address}/api/kernels/{kernel_id}/channels?token={lab.token}&session_id={uuid4().hex}"
    )
    asked = uuid4().hex
    await socket.write_message(json.dumps(_request(asked, code)))
    said = ""
    try:
        while True:
            text = await socket.read_message()
            assert isinstance(text, str), "the server hung up"
            message = json.loads(text)
            kind, content = message["header"]["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != asked:
                continue
            if kind == "stream":
                said += content["text"]
            elif kind == "error":
                said += content["ename"]
            elif kind == "status" and content["execution_state"] == "idle":
                return said
    finally:
        socket.close()
        while await socket.read_message() is not None:
            continue


def _request(asked: str, code: str) -> dict[str, Any]:
    header = {
        "msg_id": asked,
        "msg_type": "execute_request",
        "username": "test",
        "session": uuid4().hex,
        "date": datetime.now(UTC).isoformat(),
        "version": "5.3",
    }
    content = {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": True,
    }
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }


def process_of(lab: Lab, kernel_id: str) -> psutil.Process:
    """Return a kernel's process."""
    return psutil.Process(int(execute(lab, kernel_id, "import os; print(os.getpid())")))


def kept(folder: Path) -> dict[str, Any]:
    """Return what a workspace's registry tells of the kernels whose processes live, by their reductions."""
    found = [json.loads(path.read_bytes()) for path in _records(folder)]
    return {one["reduction"]: one for one in found if lives_by(one["pid"])}


def lives_by(pid: int) -> bool:
    """Whether the process of a number runs."""
    return psutil.pid_exists(pid) and lives(psutil.Process(pid))


def _records(folder: Path) -> list[Path]:
    return sorted((folder / ".nbreduce" / "kernels").glob("*.json"))
