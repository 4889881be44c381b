import os
from pathlib import Path

from data.powers import bound_by_permissions
from nbreduce.triggers.matching import Matcher
from nbreduce.triggers.scanning import Scanner


class Look:
    """A scanner of a folder that keeps its complaints."""

    def __init__(self, root: Path, pattern: str = "**/*.nxs") -> None:
        self.root = root
        self.complaints: list[str] = []
        self.scanner = Scanner(str(root), Matcher(pattern), self.complaints.append)

    def all(self) -> set[str]:
        return {os.path.relpath(item.path, self.root) for item in self.scanner.scan()}

    def at(self, name: str) -> set[str]:
        found = self.scanner.look(str(self.root / name))
        return {os.path.relpath(item.path, self.root) for item in found}


def _files(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(os.fsencode(name))


def test_all_raw_files_are_found_and_nothing_else(tmp_path: Path) -> None:
    raw = {"a.nxs", "B.NXS", "cycle_1/c d.nxs", "x/y/é.nxs"}
    _files(tmp_path, *raw, ".hidden.nxs", ".git/e.nxs", "f.nxs.part", "g.txt", "h.nxs.tmp")
    assert Look(tmp_path).all() == raw
    assert Look(tmp_path, "*.nxs").all() == {"a.nxs", "B.NXS"}
    assert Look(tmp_path, "cycle_*/*.nxs").all() == {"cycle_1/c d.nxs"}


def test_what_was_found_carries_its_stamp(tmp_path: Path) -> None:
    _files(tmp_path, "a.nxs")
    os.utime(tmp_path / "a.nxs", ns=(1, 123))
    (found,) = Look(tmp_path).scanner.scan()
    assert (found.path, found.mtime_ns, found.stamp) == (str(tmp_path / "a.nxs"), 123, (5, 123))


def test_a_look_at_one_path_sees_what_a_scan_sees(tmp_path: Path) -> None:
    _files(tmp_path, "a.nxs", "b.txt", "x/c.nxs", "x/y/d.nxs", ".h/e.nxs", "f.part")
    look = Look(tmp_path)
    assert look.at("a.nxs") == {"a.nxs"}
    assert look.at("x") == {"x/c.nxs", "x/y/d.nxs"}
    for other in ("b.txt", ".h", ".h/e.nxs", "f.part", "gone.nxs", "", "x/gone/z.nxs"):
        assert look.at(other) == set(), other


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "in", tmp_path / "out"
    _files(root, "a.nxs", "sub/b.nxs")
    _files(outside, "secret.nxs", "more/secret.nxs")
    (root / "inner.nxs").symlink_to(root / "a.nxs")
    (root / "outer.nxs").symlink_to(outside / "secret.nxs")
    (root / "nowhere.nxs").symlink_to(outside / "gone.nxs")
    (root / "loop.nxs").symlink_to("loop.nxs")
    (root / "folder").symlink_to(outside)
    (root / "sub/up").symlink_to(root)
    look = Look(root)
    assert look.all() == {"a.nxs", "sub/b.nxs", "inner.nxs"}
    assert sorted(look.complaints) == [
        f"the link {root}/folder leads to a folder; not followed",
        f"the link {root}/outer.nxs leads out of the folder; not followed",
        f"the link {root}/sub/up leads to a folder; not followed",
    ]
    assert look.at("folder/secret.nxs") == look.at("outer.nxs") == look.at("sub/up/a.nxs") == set()


def test_the_watched_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    _files(tmp_path / "real", "a.nxs", "x/b.nxs")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    look = Look(tmp_path / "link")
    assert look.all() == {"a.nxs", "x/b.nxs"}
    assert look.at("x/b.nxs") == {"x/b.nxs"}


def test_a_folder_named_like_a_run_is_found_as_such(tmp_path: Path) -> None:
    _files(tmp_path, "odd.nxs/inner.nxs")
    found = {Path(item.path).name: item.stamp for item in Look(tmp_path).scanner.scan()}
    assert found["odd.nxs"] is None
    assert found["inner.nxs"] is not None
    assert Look(tmp_path, "**/*").all() == {"odd.nxs/inner.nxs"}


def test_names_that_are_not_utf8_are_found(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.nxs")
    _files(tmp_path, name)
    assert Look(tmp_path).all() == {name}


def test_a_folder_without_permission_is_told_and_the_rest_found(tmp_path: Path) -> None:
    _files(tmp_path, "a.nxs", "closed/b.nxs", "open/c.nxs")
    (tmp_path / "closed").chmod(0)
    look = Look(tmp_path)
    with bound_by_permissions():
        found = look.all()
    (tmp_path / "closed").chmod(0o700)
    assert found == {"a.nxs", "open/c.nxs"}
    assert look.complaints == [f"the folder {tmp_path}/closed can't be read: Permission denied"]
