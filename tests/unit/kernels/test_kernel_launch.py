"""How a reduction's kernel is started."""

from types import SimpleNamespace

import pytest

from nbreduce.kernels.launch import can_be_held, join_paths, whole_environment


@pytest.mark.parametrize(
    ("command", "can"),
    [
        ("python -m ipykernel_launcher -f {connection_file}", True),
        ("python -Xfrozen_modules=off -m ipykernel_launcher -f {connection_file}", True),
        ("python -m ipykernel -f {connection_file}", True),
        ("python -I -m ipykernel_launcher -f {connection_file}", False),
        ("python -sE -m ipykernel_launcher -f {connection_file}", False),
        ("python -m xpython_launcher -f {connection_file}", False),
    ],
)
def test_which_kernels_can_watch_their_lease(command: str, can: bool) -> None:
    assert can_be_held(command.split()) is can


def test_a_kernelspecs_path_comes_after_ours_once() -> None:
    spec = SimpleNamespace(env={"PYTHONPATH": "theirs"})
    for _ in range(2):
        join_paths(spec, {"PYTHONPATH": "ours"})
    assert spec.env["PYTHONPATH"] == "ours:theirs"
    bare = SimpleNamespace(env={})
    join_paths(bare, {"PYTHONPATH": "ours"})
    assert bare.env == {}


def test_the_platforms_own_settings_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBREDUCE_WORKSPACE", "x")
    monkeypatch.setenv("PYTHONPATH", "x")
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    monkeypatch.setenv("FACILITY", "kept")
    found = whole_environment({"OMP_NUM_THREADS": "1"})
    assert (found["FACILITY"], found["OMP_NUM_THREADS"]) == ("kept", "1")
    assert not {"NBREDUCE_WORKSPACE", "PYTHONPATH", "JPY_PARENT_PID"} & found.keys()
