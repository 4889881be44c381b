"""What a workspace has, found by its name."""

from nbreduce.archive.layout import LOG_FILE
from nbreduce.catalogue import reductions, runs
from nbreduce.domain.errors import NotFound
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.workspace import Workspace


def known_run(workspace: Workspace, instrument: str, name: str) -> Run:
    """Return a run by its instrument and name.

    Raises
    ------
    NotFound
        There is none.
    """
    with workspace.catalogue.read() as session:
        run = runs.find_run(session, instrument, name)
    if run is None:
        raise NotFound(f"there is no run {instrument} {name}", "List them with 'nbreduce runs'")
    return run


def known_reduction(workspace: Workspace, name: str) -> tuple[Run, Reduction]:
    """Return a reduction by its name, and its run.

    Raises
    ------
    NotFound
        There is none.
    """
    with workspace.catalogue.read() as session:
        reduction = reductions.find_reduction(session, name)
        if reduction is None:
            raise NotFound(
                f"there is no reduction {name!r}", "List them with 'nbreduce reductions'"
            )
        return runs.get_run(session, reduction.run_id), reduction


def log_of(workspace: Workspace, run: Run, reduction: Reduction) -> str | None:
    """Return what a reduction has written to its log so far, None where it has none yet."""
    layout = workspace.archive.layout
    places = [layout.reduction(run, reduction)]
    if reduction.attempts:
        places.append(layout.staging(reduction, reduction.attempts[-1].number))
    for place in places:
        try:
            return (place / LOG_FILE).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            continue
    return None
