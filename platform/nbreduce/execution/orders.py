"""Work orders from reductions."""

from nbreduce.archive.store import Archive
from nbreduce.catalogue import reductions
from nbreduce.catalogue.core import Catalogue
from nbreduce.config import Config
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.domain.template import TemplateMetadata
from nbreduce.execution.order import WorkOrder
from nbreduce.templates.notebook import read_notebook, understand


class Orders:
    """Makes work orders: everything a worker needs, from the workspace."""

    def __init__(self, catalogue: Catalogue, archive: Archive, config: Config) -> None:
        self.catalogue = catalogue
        self.archive = archive
        self.config = config

    def make(self, run: Run, reduction: Reduction) -> WorkOrder:
        """Make the order for a reduction.

        Raises
        ------
        ArchiveUnavailable
            The archive cannot be written.
        """
        environment = self.config.environments.get(reduction.environment)
        return WorkOrder(
            run=run,
            reduction=reduction,
            base=self._base(reduction),
            template=self._template(reduction),
            template_folder=self.archive.layout.templates / reduction.template_sha256,
            kernel_path=self.archive.keep_kernel_modules(),
            archive=self.archive.root,
            # A name that is not configured is left to the worker, whose error then stands in the record.
            kernelspec=environment.kernelspec if environment else reduction.environment,
            ask_index=self.config.manifests.ask_index,
            manifest_timeout=self.config.manifests.timeout,
            keep=self.config.kernels.rules(self.config.kept_kernels_path),
        )

    def record_unexecuted(self, run: Run, ended: Reduction) -> None:
        """Put a reduction that ended without a kernel into the archive.

        Raises
        ------
        ArchiveUnavailable
            The archive cannot be written.
        """
        from nbreduce.execution.worker import record_unexecuted

        record_unexecuted(self.make(run, ended), ended)

    def _template(self, reduction: Reduction) -> TemplateMetadata:
        folder = self.archive.layout.templates / reduction.template_sha256
        return understand(
            read_notebook(folder / f"{reduction.template}.ipynb"), reduction.template
        ).metadata

    def _base(self, reduction: Reduction) -> Reduction | None:
        if reduction.rerun_of is None:
            return None
        with self.catalogue.read() as session:
            return reductions.find_reduction(session, reduction.rerun_of)
