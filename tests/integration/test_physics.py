"""The templates' physics on real runs, on virtual ones, and as whole notebooks."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import pytest

from nbreduce.intake.nexus import MetadataReader, UnreadableRun
from nbreduce.simulation.files import write_run
from nbreduce.simulation.plan import PlannedRun, plan_day
from nbreduce.templates.library import TemplateLibrary

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES = REPOSITORY / "notebook_templates"
MUON_LIFETIME = 2.197


@pytest.fixture(scope="module")
def steps() -> Iterator[SimpleNamespace]:
    """The step modules of both instruments."""
    folders = [str(TEMPLATES / name) for name in ("ENGINX", "HIFI")]
    sys.path[:0] = folders
    import enginx_peaks
    import enginx_reference
    import enginx_steps
    import hifi_fits
    import hifi_steps

    yield SimpleNamespace(
        engin=enginx_steps,
        peaks=enginx_peaks,
        reference=enginx_reference,
        hifi=hifi_steps,
        fits=hifi_fits,
    )
    for folder in folders:
        sys.path.remove(folder)


@pytest.fixture(scope="module")
def ceria(real_data: Path) -> Path:
    return real_data / "ISIS" / "ENGINX00241391.nxs"


@pytest.fixture(scope="module")
def quartz(real_data: Path) -> Path:
    return real_data / "ISIS" / "HIFI00180594.nxs"


def peak_table(steps: SimpleNamespace, path: Path, **choices: Any) -> Any:
    shape = choices.pop("shape", "tailed")
    counts = steps.engin.focus(steps.engin.read_run(path), **choices)
    material = steps.reference.MATERIALS["CeO2"]
    expected = steps.reference.reflections(material, 0.7, 3.4)
    return steps.peaks.fit_peaks(counts, material, expected, shape=shape)


def lifetime_fit(steps: SimpleNamespace, path: Path) -> tuple[Any, Any]:
    run = steps.hifi.read_run(path)
    groups = steps.hifi.group(steps.hifi.correct_dead_time(run.counts, run.frames))
    alpha = steps.hifi.balance(groups, 0.3)
    signal = steps.hifi.asymmetry(groups.bunched(5), alpha)
    return steps.fits.fit_lifetime(groups, alpha), steps.fits.fit_asymmetry(
        signal, "auto", run.field
    )


@pytest.mark.real_data
@pytest.mark.parametrize("shape", ["tailed", "gaussian"])
def test_real_ceria_peaks_lie_on_the_reference(
    steps: SimpleNamespace, ceria: Path, shape: str
) -> None:
    table = peak_table(steps, ceria, shape=shape)
    deviations = {peak.reflection.label: peak.deviation for peak in table.peaks}
    assert all(abs(deviation) < 0.1 for deviation in deviations.values()), deviations
    assert set(deviations) >= {"111", "200", "220", "311", "222", "400", "331", "420", "422"}


@pytest.mark.real_data
def test_real_ceria_peaks_with_the_moderators_tail_lie_closer(
    steps: SimpleNamespace, ceria: Path
) -> None:
    table = peak_table(steps, ceria)
    first = [peak for peak in table.peaks if peak.reflection.order <= 27]
    assert len(first) == 10
    assert all(abs(peak.deviation) < 0.06 for peak in first)
    assert all(peak.d_error / peak.d_spacing < 2e-4 for peak in first)


@pytest.mark.real_data
def test_real_banks_see_the_same_peaks(steps: SimpleNamespace, ceria: Path) -> None:
    for bank in ("north", "south"):
        table = peak_table(steps, ceria, bank=bank)
        assert sum(abs(peak.deviation) < 0.2 for peak in table.peaks) >= 10


@pytest.mark.real_data
def test_real_counts_are_all_focused(steps: SimpleNamespace, ceria: Path) -> None:
    counts = steps.engin.focus(steps.engin.read_run(ceria), 0.5, 6.0)
    with h5py.File(ceria) as file:
        spectra = file["raw_data_1/detector_1/counts"][0, :2400].sum()
    assert counts.sum().value == pytest.approx(spectra, rel=1e-9)


@pytest.mark.real_data
def test_a_bank_that_saw_nothing_in_the_range_is_an_error(
    steps: SimpleNamespace, ceria: Path
) -> None:
    with pytest.raises(steps.reference.ReductionError, match="has no counts between"):
        steps.engin.focus(steps.engin.read_run(ceria), 20.0, 21.0)


@pytest.mark.real_data
def test_a_period_that_is_not_there_is_an_error(
    steps: SimpleNamespace, ceria: Path, quartz: Path
) -> None:
    with pytest.raises(steps.reference.ReductionError, match="no period 2"):
        steps.engin.focus(steps.engin.read_run(ceria), period=2)
    with pytest.raises(steps.hifi.ReductionError, match="no period 2"):
        steps.hifi.read_run(quartz, period=2)


@pytest.mark.real_data
def test_real_muons_live_as_long_as_muons_do(steps: SimpleNamespace, quartz: Path) -> None:
    lifetime, asymmetry = lifetime_fit(steps, quartz)
    value, error, _ = lifetime.parameters["lifetime"]
    assert abs(value - MUON_LIFETIME) < 0.02
    assert abs(value - MUON_LIFETIME) < 3 * error < 0.012
    assert lifetime.chi_square / lifetime.freedom < 1.2
    assert asymmetry.chi_square / asymmetry.freedom < 1.3


@pytest.mark.real_data
def test_the_instruments_files_are_not_taken_for_each_other(
    steps: SimpleNamespace, ceria: Path, quartz: Path
) -> None:
    with pytest.raises(steps.reference.ReductionError, match="ENGIN-X histogram file"):
        steps.engin.focus(steps.engin.read_run(quartz))
    with pytest.raises(steps.hifi.ReductionError, match="HIFI histogram file"):
        steps.hifi.read_run(ceria)


def good_runs(instrument: str, count: int) -> list[PlannedRun]:
    return plan_day(11, count, (instrument,), bad_every=0)


def test_virtual_ceria_is_strained_as_planned(steps: SimpleNamespace, tmp_path: Path) -> None:
    for planned in good_runs("ENGINX", 3):
        table = peak_table(steps, write_run(planned, tmp_path))
        value, error = table.lattice_parameter
        truth = 5.4113 * (1 + planned.sample["strain"])
        assert len(table.peaks) >= 12
        assert abs(value - truth) < 4 * error + 2e-5 * truth
        assert error < 4e-4


def test_virtual_muons_live_and_precess_as_planned(steps: SimpleNamespace, tmp_path: Path) -> None:
    for planned in good_runs("HIFI", 4):
        lifetime, asymmetry = lifetime_fit(steps, write_run(planned, tmp_path))
        value, error, _ = lifetime.parameters["lifetime"]
        frequency, uncertainty, _ = asymmetry.parameters["frequency"]
        assert abs(value - MUON_LIFETIME) < 4 * error < 0.03
        assert abs(frequency - 0.0135539 * planned.sample["field"]) < 4 * uncertainty


def test_virtual_runs_without_signal_fail_with_the_planned_words(
    steps: SimpleNamespace, tmp_path: Path
) -> None:
    bad = [run for run in plan_day(11, 64) if run.kind == "no_signal"]
    assert {run.instrument for run in bad} == {"ENGINX", "HIFI"}
    for planned in bad:
        path = write_run(planned, tmp_path)
        with pytest.raises(ValueError, match=planned.expected_reason):
            (peak_table if planned.instrument == "ENGINX" else lifetime_fit)(steps, path)


def test_virtual_runs_are_read_or_refused_as_planned(tmp_path: Path) -> None:
    one_of_each = {(run.instrument, run.kind): run for run in plan_day(11, 64)}
    templates = {"ENGINX": "powder", "HIFI": "asymmetry"}
    library = TemplateLibrary(TEMPLATES)
    assert len(one_of_each) == 10
    with MetadataReader() as reader:
        for (instrument, kind), planned in one_of_each.items():
            path = write_run(planned, tmp_path)
            rule = library.template(instrument, templates[instrument]).metadata.runs
            try:
                found = reader.read(path, library.instrument(instrument).prefixes)
                objection = rule.objection(found)
            except UnreadableRun as why:
                objection = str(why)
            else:
                assert (found.run_number, found.title) == (planned.run_number, planned.title)
                assert (found.experiment, found.start) == (planned.experiment, planned.start)
            if planned.expected_state == "skipped":
                assert planned.expected_reason in str(objection), kind
            else:
                assert objection is None, kind


@pytest.mark.real_data
@pytest.mark.parametrize("instrument", ["ENGINX", "HIFI"])
def test_virtual_files_are_laid_out_as_real_ones(
    instrument: str, ceria: Path, quartz: Path, tmp_path: Path
) -> None:
    real = layout(ceria if instrument == "ENGINX" else quartz)
    virtual = layout(write_run(good_runs(instrument, 1)[0], tmp_path))
    assert {name: kind for name, kind in virtual.items() if real.get(name) != kind} == {}


def layout(path: Path) -> dict[str, tuple[Any, ...]]:
    """Return class or type, shape and unit of everything in a file, under each of its names."""
    found: dict[str, tuple[Any, ...]] = {}

    def note(group: h5py.Group) -> None:
        for name, item in group.items():
            if isinstance(item, h5py.Group):
                found[item.name] = (item.attrs.get("NX_class"),)
                note(item)
            else:
                kind = "text" if item.dtype.kind == "S" else str(item.dtype)
                found[f"{group.name}/{name}"] = (kind, item.shape, item.attrs.get("units"))

    with h5py.File(path) as file:
        note(file)
    return found


def execute(template: Path, run_file: Path, folder: Path, then: str = "") -> Any:
    """Run a template, and a last cell where given, as the platform does but with nothing of the platform."""
    import nbclient
    import nbformat
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    (folder / "outputs").mkdir(parents=True)
    for module in template.parent.glob("*.py"):
        shutil.copy(module, folder)
    values = {"run_file": str(run_file), "output_dir": "outputs"}
    notebook = parameterize_notebook(load_notebook_node(str(template)), values)
    if then:
        notebook.cells.append(nbformat.v4.new_code_cell(then))
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    nbformat.write(notebook, folder / "executed.ipynb")
    return notebook


def bundles(notebook: Any) -> list[Any]:
    return [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("template", "run", "limit", "outputs"),
    [
        (
            "ENGINX/powder.ipynb",
            "ENGINX00241391.nxs",
            200_000,
            ["ENGINX241391-peaks.txt", "ENGINX241391-powder.nxs"],
        ),
        (
            "HIFI/asymmetry.ipynb",
            "HIFI00180594.nxs",
            200_000,
            ["HIFI180594-asymmetry.nxs", "HIFI180594-fits.txt"],
        ),
    ],
)
def test_whole_notebooks_run_on_real_runs(
    template: str,
    run: str,
    limit: int,
    outputs: list[str],
    real_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "platform"))
    notebook = execute(TEMPLATES / template, real_data / "ISIS" / run, tmp_path)
    kinds = [kind for bundle in bundles(notebook) for kind in bundle]
    declared = [
        bundle["application/vnd.nbreduce.output+json"]["path"]
        for bundle in bundles(notebook)
        if "application/vnd.nbreduce.output+json" in bundle
    ]
    assert kinds.count("application/vnd.nbreduce.plot+json") == 2
    assert kinds.count("application/vnd.nbreduce.control+json") == 1
    assert sorted(declared) == [f"outputs/{name}" for name in outputs]
    assert sorted(path.name for path in (tmp_path / "outputs").iterdir()) == outputs
    assert (tmp_path / "executed.ipynb").stat().st_size < limit
    assert not any(o.get("name") == "stderr" for c in notebook.cells for o in c.get("outputs", []))


@pytest.mark.parametrize(
    ("template", "before", "move", "after"),
    [
        ("ENGINX/powder.ipynb", "220: 1.91", "menu.value = 0", "111: 3.1"),
        ("HIFI/asymmetry.ipynb", "asymmetry, ", "slider.value = 1.23", "asymmetry, \u03b1 = 1.230"),
    ],
)
def test_moving_the_control_changes_the_plot(
    template: str,
    before: str,
    move: str,
    after: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "platform"))
    instrument = template.partition("/")[0]
    run_file = write_run(good_runs(instrument, 1)[0], tmp_path)
    still = plot_titles(execute(TEMPLATES / template, run_file, tmp_path / "still"))
    moved = plot_titles(execute(TEMPLATES / template, run_file, tmp_path / "moved", then=move))
    assert still[0] == moved[0]
    assert still[1].startswith(before)
    assert moved[1].startswith(after)
    assert still[1] != moved[1]


def plot_titles(notebook: Any) -> list[str]:
    kind = "application/vnd.nbreduce.plot+json"
    documents = [json.loads(b[kind]["doc_json"]) for b in bundles(notebook) if kind in b]
    return [
        document["doc"]["roots"][0]["attributes"]["title"]["attributes"]["text"]
        for document in documents
    ]
