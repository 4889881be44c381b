import threading
from pathlib import Path

from nbreduce.simulation.facility import VirtualFacility
from nbreduce.simulation.files import data_folder, lastrun_file


def test_a_day_is_written_run_by_run(tmp_path: Path) -> None:
    facility = VirtualFacility(tmp_path, 6, instruments=("HIFI",), seed=4)
    for planned, path in facility.play():
        assert path.name == planned.file_name
        assert path.is_file()
        assert f"{planned.run_number:08d}" in lastrun_file(tmp_path, "HIFI").read_text()
    names = sorted(path.name for path in data_folder(tmp_path, "HIFI").iterdir())
    assert names == [planned.file_name for planned in facility.day]


def test_before_the_day_the_last_run_is_the_one_before_the_first(tmp_path: Path) -> None:
    facility = VirtualFacility(tmp_path, 2)
    facility.prepare()
    assert lastrun_file(tmp_path, "ENGINX").read_text() == "ENGINX 00300000 0\n"
    assert list(data_folder(tmp_path, "HIFI").iterdir()) == []


def test_a_day_can_end_early(tmp_path: Path) -> None:
    stop = threading.Event()
    written = []
    for planned, _ in VirtualFacility(tmp_path, 9, ("HIFI",), interval=60).play(stop):
        written.append(planned)
        stop.set()
    assert len(written) == 1
