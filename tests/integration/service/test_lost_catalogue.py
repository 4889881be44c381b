"""A catalogue that is lost: nothing begins anew, and the archive gives it back."""

from pathlib import Path

from nbreduce.domain.states import State
from support.sites import DEMO, Site


def test_a_lost_catalogue_is_not_begun_anew_but_rebuilt(tmp_path: Path) -> None:
    site = Site(tmp_path / "ws")
    with site.serving():
        for number in (1, 2):
            site.check_good_run(number)
    before = site.reductions()
    for path in site.path.glob("catalogue.db*"):
        path.rename(path.with_name(f"lost-{path.name}"))

    told = site.cli("up")
    assert told.code != 0
    assert "the archive holds runs" in told.words
    assert "nbreduce catalogue rebuild" in told.words

    assert site.cli("catalogue", "rebuild", "--replace").code == 0
    with site.serving():
        site.check_good_run(3)
    after = site.reductions()
    assert [one.name for one in after] == [f"{DEMO}{number}-work-v1" for number in (3, 2, 1)]
    assert {one.name: one.ended for one in before}.items() <= {
        one.name: one.ended for one in after
    }.items()
    assert all(one.state is State.SUCCEEDED for one in after)
