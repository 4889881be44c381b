import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from nbreduce.environments.capture import capture
from nbreduce.environments.index import ask
from nbreduce.environments.kernelspecs import KernelEnvironment
from nbreduce.environments.pip_command import pip_command, pip_variables
from nbreduce.environments.snapshot import Package
from support.environments import environment, install, make_venv, make_wheel, only_index, site_of


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    only_index(monkeypatch, folder)
    return folder


@pytest.fixture
def place(tmp_path: Path) -> KernelEnvironment:
    return environment(make_venv(tmp_path / "env"))


def packages(*names: str, version: str = "1.0") -> list[Package]:
    return [Package("pip", name, version, "index", missing="not asked") for name in names]


def test_the_artefacts_address_and_hash(wheels: Path, place: KernelEnvironment) -> None:
    wheel = make_wheel(wheels, "toy", "1.0")
    make_wheel(wheels, "toy", "2.0")
    answer = ask(packages("toy"), place, 60)
    assert answer.found["toy"].url == wheel.as_uri()
    assert answer.found["toy"].sha256 == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (answer.missing, answer.warning) == ({}, "")


def test_unknown_packages_do_not_spoil_the_rest(wheels: Path, place: KernelEnvironment) -> None:
    names = [f"toy{number:02d}" for number in range(30)]
    for name in names:
        make_wheel(wheels, name, "1.0")
    unknown = ["private-a", "private-b", "zzz-private"]
    answer = ask(packages(*names[:20], *unknown, *names[20:]), place, 120)
    assert sorted(answer.found) == names
    assert sorted(answer.missing) == unknown
    assert "no wheel of private-a==1.0" in answer.missing["private-a"]
    assert answer.warning == ""


def test_a_version_that_is_gone_from_the_index(wheels: Path, place: KernelEnvironment) -> None:
    make_wheel(wheels, "toy", "2.0")
    answer = ask(packages("toy"), place, 60)
    assert "no wheel of toy==1.0" in answer.missing["toy"]


def test_a_broken_artefact_spoils_only_itself(wheels: Path, place: KernelEnvironment) -> None:
    make_wheel(wheels, "good", "1.0")
    (wheels / "broken-1.0-py3-none-any.whl").write_bytes(b"no zip")
    answer = ask(packages("broken", "good"), place, 60)
    assert sorted(answer.found) == ["good"]
    assert answer.missing["broken"].startswith(("pip could not tell", "the index has no wheel"))


def test_source_archives_are_not_built(
    wheels: Path, place: KernelEnvironment, tmp_path: Path
) -> None:
    import tarfile

    trap = tmp_path / "trap"
    setup = tmp_path / "setup.py"
    setup.write_text(f"open({str(trap)!r}, 'w')\n")
    with tarfile.open(wheels / "toy-1.0.tar.gz", "w:gz") as archive:
        archive.add(setup, "toy-1.0/setup.py")
    answer = ask(packages("toy"), place, 60)
    assert "no wheel of toy" in answer.missing["toy"]
    assert not trap.exists()


def test_a_wheel_built_here_is_not_taken_for_the_indexs(
    wheels: Path, place: KernelEnvironment
) -> None:
    make_wheel(wheels, "toy", "1.0")
    built = Package("pip", "toy", "1.0", "index", tags=("cp311-cp311-linux_x86_64",))
    assert "built on a machine" in ask([built], place, 60).missing["toy"]


def test_an_index_that_is_away_is_told_within_seconds(
    place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_index(monkeypatch, None)
    start = time.monotonic()
    answer = ask(packages(*(f"toy{number}" for number in range(200))), place, 120)
    assert time.monotonic() - start < 15
    assert len(answer.missing) == 200
    assert all("the index is unreachable" in reason for reason in answer.missing.values())
    assert answer.warning.startswith("the index is unreachable (connection error")
    assert answer.warning.endswith("200 hashes are missing")


@contextmanager
def index_that_says(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(status)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_an_index_that_refuses_is_told_at_once(
    place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    only_index(monkeypatch, None)
    with index_that_says(status) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        start = time.monotonic()
        answer = ask(packages(*(f"toy{number}" for number in range(100))), place, 120)
        assert time.monotonic() - start < 15
    assert len(answer.missing) == 100
    assert "the index is unreachable" in answer.warning
    assert str(status) in answer.warning


def test_an_index_that_does_not_know_is_not_taken_for_one_that_is_away(
    place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_index(monkeypatch, None)
    with index_that_says(404) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        answer = ask(packages("toy"), place, 60)
    assert answer.missing == {"toy": "the index has no wheel of toy==1.0 for this Python"}


def test_a_second_index_that_is_away_does_not_hide_the_first(
    wheels: Path, place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(wheels, "known", "1.0")
    monkeypatch.delenv("PIP_NO_INDEX")
    with index_that_says(404) as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple")
        answer = ask(packages("private", "known"), place, 60)
    assert list(answer.found) == ["known"]
    assert answer.missing["private"].startswith("the index is unreachable (connection error")


def test_an_index_that_never_answers_ends_in_time(
    place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    only_index(monkeypatch, None)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        start = time.monotonic()
        answer = ask(packages("toy", "other"), place, 4)
        assert time.monotonic() - start < 12
    assert set(answer.missing) == {"toy", "other"}
    assert "did not answer in time: 2 hashes are missing" in answer.warning


def test_an_index_that_knows_nothing_is_told(wheels: Path, place: KernelEnvironment) -> None:
    answer = ask(packages("a", "b", "c"), place, 60)
    assert "knows none of the packages" in answer.warning


def test_nothing_to_ask(place: KernelEnvironment) -> None:
    answer = ask([], place, 0)
    assert (answer.found, answer.missing) == ({}, {})


def test_an_environment_with_a_pip_of_its_own(wheels: Path, tmp_path: Path) -> None:
    python = make_venv(tmp_path / "with-pip", with_pip=True)
    command = pip_command(environment(python), 30)
    assert command is not None
    assert "--python" not in command
    make_wheel(wheels, "toy", "1.0")
    install(site_of(python), "toy", "1.0")
    installed = [item for item in capture(environment(python)).packages if item.name == "toy"]
    assert list(ask(installed, environment(python), 60).found) == ["toy"]


def test_an_environment_without_pip_is_asked_with_ours(place: KernelEnvironment) -> None:
    command = pip_command(place, 30)
    assert command is not None
    assert command[-2:] == ["--python", str(place.interpreter)]


def test_without_any_pip_it_is_said(
    place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(place.interpreter))
    answer = ask(packages("toy"), place, 30)
    assert "install pip (22.2 or newer)" in answer.warning
    assert list(answer.missing) == ["toy"]


def test_only_the_users_choice_of_index_reaches_pip(
    place: KernelEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://mirror.invalid/simple")
    monkeypatch.setenv("PIP_TARGET", "/somewhere")
    monkeypatch.setenv("PIP_REQUIRE_VIRTUALENV", "1")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    variables = pip_variables(place)
    assert variables["PIP_INDEX_URL"] == "http://mirror.invalid/simple"
    assert variables["PIP_REQUIRE_VIRTUALENV"] == "0"
    assert "PIP_TARGET" not in variables
    assert "PYTHONPATH" not in variables
    assert variables["PATH"] == os.environ["PATH"]
