import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbreduce.environments import EnvironmentNotFound, EnvironmentUnusable, available, find, survey
from nbreduce.environments.kernelspecs import KernelEnvironment


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    folder = tmp_path / "kernels"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, argv: list[str], **more: object) -> None:
    (folder / name).mkdir()
    spec = {"argv": argv, "display_name": f"The {name}", "language": "python", **more}
    (folder / name / "kernel.json").write_text(json.dumps(spec))


def test_a_link_to_an_interpreter_is_kept_as_it_is(kernels: Path, tmp_path: Path) -> None:
    link = tmp_path / "python3"
    link.symlink_to(sys.executable)
    write(kernels, "mine", [str(link), "-m", "ipykernel_launcher"], env={"A": "1"})
    found = find("mine")
    assert found.interpreter == link
    assert (found.name, found.display_name) == ("mine", "The mine")
    assert found.variables == {"A": "1"}


def test_plain_python_means_our_own_interpreter_as_in_jupyter(kernels: Path) -> None:
    write(kernels, "plain", ["python3", "-m", "ipykernel_launcher"])
    assert find("plain").interpreter == Path(sys.executable)


def test_another_python_is_sought_on_the_path_of_the_kernelspec(
    kernels: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin" / "python9.9"
    link.symlink_to(sys.executable)
    write(kernels, "other", ["python9.9"], env={"PATH": str(link.parent)})
    assert find("other").interpreter == link


def test_variables_are_filled_in_as_jupyter_does(
    kernels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTRUMENT_ROOT", "/instruments")
    write(kernels, "v", ["python"], env={"PYTHONPATH": "${INSTRUMENT_ROOT}/lib:${ABSENT}"})
    assert find("v").variables == {"PYTHONPATH": "/instruments/lib:${ABSENT}"}


def test_an_unknown_name_tells_what_there_is_and_how_to_add_one(kernels: Path) -> None:
    write(kernels, "one", ["python"])
    with pytest.raises(EnvironmentNotFound, match="no environment is called 'two'") as caught:
        find("two")
    assert "one" in str(caught.value)
    assert "ipykernel install --user --name two" in str(caught.value)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["/nowhere/python3", "-m", "x"], "does not exist"),
        (["/bin/sh", "-c", "python"], "not a Python interpreter"),
        (["conda", "run", "python"], "not a Python interpreter"),
        (["Rscript"], "not a Python interpreter"),
        ([], "has no command"),
    ],
)
def test_a_command_that_is_no_python_is_refused(kernels: Path, argv: list[str], words: str) -> None:
    write(kernels, "bad", argv)
    with pytest.raises(EnvironmentUnusable, match=words) as caught:
        find("bad")
    assert "ipykernel install" in str(caught.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"argv": 3}', '{"argv": ["python"], "env": 1}'])
def test_a_broken_kernel_json_is_told(kernels: Path, text: str) -> None:
    (kernels / "broken").mkdir()
    (kernels / "broken" / "kernel.json").write_text(text)
    with pytest.raises(EnvironmentUnusable, match=r"broken.*cannot be read"):
        find("broken")


def test_listing_leaves_out_the_unusable_and_the_survey_says_why(kernels: Path) -> None:
    write(kernels, "good", ["python"])
    write(kernels, "gone", ["/nowhere/python3"])
    assert "good" in [item.name for item in available()]
    assert "gone" not in [item.name for item in available()]
    assert isinstance(survey()["gone"], EnvironmentUnusable)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {"PYTHONPATH": "/a", "OTHER": "b"}),
        (["-s"], {"PYTHONPATH": "/a", "OTHER": "b", "PYTHONNOUSERSITE": "1"}),
        (["-E"], {"OTHER": "b"}),
        (["-I"], {"OTHER": "b", "PYTHONNOUSERSITE": "1"}),
        (["-m", "-I"], {"PYTHONPATH": "/a", "OTHER": "b"}),
    ],
)
def test_options_of_the_interpreter_decide_what_counts(
    options: list[str], expected: dict[str, str]
) -> None:
    variables = {"PYTHONPATH": "/a", "OTHER": "b"}
    argv = ("python", *options, "-m", "ipykernel_launcher")
    assert KernelEnvironment("n", "N", Path("/p"), argv, variables).settings == expected


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, nbreduce.environments as e\n"
        "heavy = {'jupyter_client', 'conda_lock', 'numpy', 'pydantic', 'yaml', 'packaging'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ
    )
    assert done.stdout.strip() == "[]"
