"""Trials of templates on runs that were measured before."""

from nbreduce.comparison.source import trial_name
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire_authoring import TrialAnswer, TrialLine, TrialList
from nbreduce.trials.filing import file_trial
from nbreduce.trials.folder import TrialFolder, Trials
from nbreduce.trials.record import TrialRecord, TrialRequest, TrialRow, differences


class TrialMixin(ResourceHandler):
    """What handlers of trials share."""

    @property
    def trials(self) -> Trials:
        """The trials of the person who asks."""
        return Trials(self.workspace.path, self.person)

    def told(self, folder: TrialFolder, record: TrialRecord) -> TrialAnswer:
        """Return a trial as it now stands."""
        shared = TrialAnswer.model_fields.keys() - {"ahead", "rows"}
        return TrialAnswer(
            **{name: getattr(record, name) for name in shared},
            ahead=self.shared.trials.ahead(folder),
            rows=tuple(self._line(folder, row) for row in record.rows),
        )

    def _line(self, folder: TrialFolder, row: TrialRow) -> TrialLine:
        shared = TrialLine.model_fields.keys() - {"differences", "notebook", "comparable"}
        both = row.old is not None and row.new is not None
        notebook = row.notebook and self.shared.contents_path(folder.path / row.notebook)
        return TrialLine(
            **{name: getattr(row, name) for name in shared},
            differences=differences(row.old, row.new) if both else None,  # type: ignore[arg-type]
            notebook=notebook or None,
            comparable=trial_name(folder.path.name, row.run) if both and row.notebook else None,
        )


class TrialsHandler(TrialMixin):
    """`/trials`."""

    @operation("List one's own trials, newest first", TrialList)
    def get(self) -> TrialList:
        """List trials."""
        return TrialList(trials=tuple(self.told(*one) for one in self.trials.all()))

    @operation(
        "Try a template, saved or not, on runs, apart from the archive",
        TrialAnswer,
        body=TrialRequest,
        status=202,
    )
    async def post(self, body: TrialRequest) -> TrialAnswer:
        """Try a template."""
        # A draft is any code.
        await self.require_kernels()
        return await self.shared.operations.run(self._begin, body)

    def _begin(self, body: TrialRequest) -> TrialAnswer:
        folder = file_trial(self.workspace, body, self.person)
        self.shared.trials.submit(folder)
        return self.told(folder, folder.read())


class TrialHandler(TrialMixin):
    """`/trials/{id}`."""

    @operation("Show a trial", TrialAnswer)
    def get(self, id: str) -> TrialAnswer:
        """Show a trial."""
        folder = self.trials.find(id)
        return self.told(folder, folder.read())

    @operation("Cancel a trial", TrialAnswer, status=202)
    def delete(self, id: str) -> TrialAnswer:
        """Cancel a trial."""
        folder = self.trials.find(id)
        self.shared.trials.cancel(folder)
        return self.told(folder, folder.read())
