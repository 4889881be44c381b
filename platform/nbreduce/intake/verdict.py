"""What a report means for what is known of its run."""

from nbreduce.domain.model import Model
from nbreduce.domain.record import ReportRecord
from nbreduce.domain.reduction import Run
from nbreduce.domain.run import FileStamp
from nbreduce.planning.plan import Plan


class Verdict(Model):
    """What a report means for what is known of its run."""

    note: str
    save_run: bool
    reduce: bool


def judge(
    known: Run | None, reduced: bool, record: ReportRecord, stamp: FileStamp | None, plan: Plan
) -> Verdict:
    """Decide what a report means for its run: a run seen twice is one run.

    A run that was skipped gets another chance when its file is not what it was, or when what kept it from being reduced
    (a template, an instrument) was mended since. One that is reduced is reduced again only when the report asks for
    templates or values of its own.
    """
    if known is None:
        return Verdict(note=plan.skipped or "new run", save_run=True, reduce=True)
    unchanged = stamp == known.stamp
    if known.skipped is None and not reduced:
        note = plan.skipped or "its reductions were lost; reduced anew"
        return Verdict(note=note, save_run=not unchanged or plan.skipped is not None, reduce=True)
    mended = known.skipped is not None and plan.skipped is None
    if record.parameters or record.templates:
        save = mended or not unchanged
        return Verdict(note=plan.skipped or "reduced as asked", save_run=save, reduce=True)
    if mended or (known.skipped is not None and not unchanged):
        return Verdict(note=plan.skipped or "usable now", save_run=True, reduce=True)
    if unchanged or stamp is None:
        return Verdict(note="known already", save_run=False, reduce=False)
    return Verdict(
        note="the file has changed since it was reduced; rerun to reduce it as it is now",
        save_run=False,
        reduce=False,
    )
