"""The package is put alone on the path of environments that hold nothing of ours."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[3] / "platform" / "nbreduce_kernel"

SCRIPT = """
import json, sys
before = set(sys.modules)
import nbreduce_kernel
from nbreduce_kernel import controls, keep, plots, progress, publish, scratch
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(new - sys.stdlib_module_names - {"nbreduce_kernel"})))
"""


def run_alone(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a Python that has the package and the standard library only."""
    shutil.copytree(PACKAGE, folder / "path" / "nbreduce_kernel")
    return subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(folder / 'path')!r})\n{script}",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_importing_needs_the_standard_library_only(tmp_path: Path) -> None:
    result = run_alone(SCRIPT, tmp_path)

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == []


def test_a_plain_script_declares_and_reports_in_plain_lines(tmp_path: Path) -> None:
    script = """
from nbreduce_kernel import keep, progress, publish, scratch
open("a.nxs", "w").close()
progress(0.25, "focusing")
keep("a.nxs", title="Pattern")
publish("a.nxs")
scratch("a.nxs")
"""
    result = run_alone(script, tmp_path)

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        " 25% focusing",
        "Output (kept): a.nxs - Pattern",
        "Output (published): a.nxs",
        "Output (scratch): a.nxs",
    ]
