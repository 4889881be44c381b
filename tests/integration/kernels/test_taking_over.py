"""A kept kernel in a Jupyter server: it is where the reduction left it, and is a kernel like any other."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest

from nbreduce.domain.states import State
from support.kernels import execute, kept, lives_by, open_kernel, post, process_of
from support.lab import Lab, running_lab
from support.services import Service, lives
from support.sites import DEMO, Site
from support.waiting import wait_for


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything is; temporary folders too, so that what is left there can be seen."""
    return tmp_path_factory.mktemp("over")


@pytest.fixture(scope="module")
def site(place: Path) -> Site:
    (place / "tmp").mkdir()
    keeping = {"kernels": {"keep_for": 300, "keep_at_most": 3, "keep_memory": 0.1}}
    return Site(place / "ws", settings=keeping)


@pytest.fixture(scope="module", autouse=True)
def service(place: Path, site: Site) -> Iterator[Service]:
    with site.serving(TMPDIR=str(place / "tmp")) as running:
        yield running


@pytest.fixture(scope="module")
def lab(place: Path, site: Site) -> Iterator[Lab]:
    (place / "lab").mkdir()
    before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(place / "tmp")
    try:
        with running_lab(place / "lab", site.path) as running:
            yield running
    finally:
        del os.environ["TMPDIR"]
        if before is not None:
            os.environ["TMPDIR"] = before


def reduce(site: Site, number: int) -> str:
    """Reduce a run; return the reduction's name, whose kernel is kept."""
    site.measure(number)
    name = f"{DEMO}{number}-work-v1"
    site.wait_for_state(name, State.SUCCEEDED)
    wait_for(lambda: name in kept(site.path), f"the kernel of {name} is kept")
    return name


def kernel_of(lab: Lab, kernel_id: str) -> Any:
    """Return what the server tells of a kernel, None once it knows it no more."""
    return next((one for one in lab.kernels() if one["id"] == kernel_id), None)


def other_process_of(kernel: str, first: psutil.Process) -> psutil.Process | None:
    """Return the process that the server started a kernel anew in."""
    for one in psutil.process_iter(["cmdline"]):
        if one != first and kernel in " ".join(one.info["cmdline"] or []) and lives(one):
            return one
    return None


def test_the_variables_of_the_reduction_are_there_and_files_can_be_written(
    site: Site, lab: Lab
) -> None:
    name = reduce(site, 1)
    pid = kept(site.path)[name]["pid"]
    state = lab.get(f"/nbreduce/api/reductions/{name}/kernel")
    assert state["kept_until"] is not None and state["kernel_id"] is None

    answer = open_kernel(lab, name)
    assert (answer["kept"], answer["started"]) == (True, True)
    kernel = answer["kernel_id"]
    assert execute(lab, kernel, "print(run_number, scale, mode, size > 0)") == "1 1.0 plain True\n"
    assert process_of(lab, kernel).pid == pid
    code = "print(result.read_text()[:1]); result.write_text('changed'); print(result.resolve())"
    said = execute(lab, kernel, code)
    assert said.startswith("1\n"), said
    sealed = site.folder_of(site.wait_for_state(name)) / "outputs" / "result.txt"
    assert sealed.read_text() != "changed"
    assert kept(site.path) == {}
    again = open_kernel(lab, name)
    assert (again["kernel_id"], again["started"], again["kept"]) == (kernel, False, True)


def test_a_session_binds_the_notebook(site: Site, lab: Lab) -> None:
    name = reduce(site, 2)
    notebook = site.folder_of(site.wait_for_state(name)) / f"{name}.ipynb"
    path = notebook.relative_to(site.path).as_posix()
    other = {"path": path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    status, session = post(lab, "/api/sessions", other)
    assert status == 201
    status, answer = post(lab, f"/nbreduce/api/reductions/{name}/kernel", {"path": path})
    assert (status, "has another kernel" in answer["message"]) == (409, True)
    assert name in kept(site.path)
    lab.delete(f"/api/sessions/{session['id']}")

    answer = open_kernel(lab, name, path)
    session = next(one for one in lab.sessions() if one["id"] == answer["session_id"])
    assert (session["path"], session["kernel"]["id"]) == (path, answer["kernel_id"])
    assert open_kernel(lab, name, path) == {
        **answer,
        "started": False,
        "reason": f"{name} has a kernel on this server already",
    }
    lab.delete(f"/api/sessions/{answer['session_id']}")


def test_interrupt_restart_and_shutdown_work_as_for_any_kernel(
    site: Site, lab: Lab, place: Path
) -> None:
    name = reduce(site, 3)
    kernel = open_kernel(lab, name)["kernel_id"]
    first = process_of(lab, kernel)
    said: list[str] = []
    code = "import time; print('asleep', flush=True); time.sleep(300)"
    sleeper = Thread(target=lambda: said.append(execute(lab, kernel, code)))
    sleeper.start()
    wait_for(lambda: kernel_of(lab, kernel)["execution_state"] == "busy", "it is busy")
    time.sleep(0.5)
    assert post(lab, f"/api/kernels/{kernel}/interrupt")[0] == 204
    sleeper.join(30)
    assert said == ["asleep\nKeyboardInterrupt"]

    assert post(lab, f"/api/kernels/{kernel}/restart")[0] == 200
    assert not lives(first)
    assert execute(lab, kernel, "print('size' in globals())") == "False\n"
    second = process_of(lab, kernel)
    assert second != first
    assert execute(lab, kernel, "import nbreduce_kernel, os; print(os.environ['OMP_NUM_THREADS'])")
    folder = Path(execute(lab, kernel, "print(os.getcwd())").strip()).parent
    assert folder.is_relative_to(place / "tmp")

    lab.delete(f"/api/kernels/{kernel}")
    assert not lives(second)
    assert kernel_of(lab, kernel) is None
    assert not folder.exists()


def test_a_killed_kernel_is_noticed_and_started_anew(site: Site, lab: Lab) -> None:
    name = reduce(site, 4)
    kernel = open_kernel(lab, name)["kernel_id"]
    first = process_of(lab, kernel)
    first.kill()

    second = wait_for(lambda: other_process_of(kernel, first), "the server starts it anew")
    assert execute(lab, kernel, "print('size' in globals())") == "False\n"
    assert process_of(lab, kernel) == second
    assert open_kernel(lab, name)["kept"] is False
    lab.delete(f"/api/kernels/{kernel}")


def test_a_reduction_without_kept_kernel_gets_a_fresh_one_in_a_scratch_folder(
    site: Site, lab: Lab
) -> None:
    name = reduce(site, 5)
    psutil.Process(kept(site.path)[name]["pid"]).kill()
    wait_for(lambda: name not in kept(site.path), "it is gone")
    assert lab.get(f"/nbreduce/api/reductions/{name}/kernel") == {
        "kept_until": None,
        "kernel_id": None,
    }
    answer = open_kernel(lab, name)
    assert (answer["kept"], answer["started"]) == (False, True)
    assert "has ended; this is a fresh one" in answer["reason"]
    code = (
        "from pathlib import Path; from nbreduce_kernel import keep\n"
        "Path('outputs/x').write_text('x'); print(keep('outputs/x'), 'size' in globals())"
    )
    assert execute(lab, answer["kernel_id"], code) == "outputs/x False\n"
    lab.delete(f"/api/kernels/{answer['kernel_id']}")


def test_what_cannot_be_is_told(site: Site, lab: Lab) -> None:
    status, answer = post(lab, "/nbreduce/api/reductions/NOTHING-v1/kernel")
    assert (status, "there is no reduction" in answer["message"]) == (404, True)
    gate = site.path / "gate"
    file = site.measure(6, site.aside())
    assert site.cli("submit", DEMO, file, "-p", f"gate={gate}").code == 0
    name = f"{DEMO}6-work-v1"
    site.wait_until_at_the_gate(name)
    status, answer = post(lab, f"/nbreduce/api/reductions/{name}/kernel")
    assert (status, "has not ended: running" in answer["message"]) == (409, True)
    gate.touch()
    site.wait_for_state(name)
    for path in ("../../etc/passwd", "nothing.ipynb"):
        status, answer = post(lab, f"/nbreduce/api/reductions/{name}/kernel", {"path": path})
        assert status in {403, 404}, answer
    status, answer = post(lab, f"/nbreduce/api/reductions/{name}/kernel", {"pid": 1})
    assert status == 400


def test_a_cancelled_reduction_leaves_no_kernel(site: Site) -> None:
    gate = site.path / "never"
    file = site.measure(7, site.aside())
    assert site.cli("submit", DEMO, file, "-p", f"gate={gate}").code == 0
    name = f"{DEMO}7-work-v1"
    site.wait_until_at_the_gate(name)
    assert site.cli("cancel", name).code == 0
    site.wait_for_state(name, State.CANCELLED)
    assert name not in kept(site.path)


def test_plain_kernels_start_as_usual(lab: Lab) -> None:
    status, kernel = post(lab, "/api/kernels", {"name": "python3"})
    assert status == 201
    assert execute(lab, kernel["id"], "print(1 + 1)") == "2\n"
    process = process_of(lab, kernel["id"])
    lab.delete(f"/api/kernels/{kernel['id']}")
    assert not lives_by(process.pid)


def test_an_adopted_kernel_outlives_the_service_but_not_its_server(
    site: Site, lab: Lab, service: Service, place: Path
) -> None:
    adopted, left = reduce(site, 8), reduce(site, 9)
    waiting = kept(site.path)[left]
    kernel = open_kernel(lab, adopted)["kernel_id"]
    process = process_of(lab, kernel)
    service.process.terminate()
    assert service.process.wait(60) == 0
    wait_for(lambda: not lives_by(waiting["pid"]), "the other one goes with the service")
    assert execute(lab, kernel, "print(run_number)") == "8\n"

    server_of(lab).kill()
    wait_for(lambda: not lives(process), "the adopted one goes with its server", patience=20)
    wait_for(lambda: not list((place / "tmp").glob("nbreduce-*")), "no folder is left")
    assert list((site.path / ".nbreduce" / "kernels").iterdir()) == []


def server_of(lab: Lab) -> psutil.Process:
    """Return the process of a Jupyter server."""
    port = f"--ServerApp.port={lab.url.rpartition(':')[2]}"
    found = psutil.process_iter(["cmdline"])
    return next(one for one in found if port in (one.info["cmdline"] or []))
