"""What a reduction was made of, whether that is as it was, and copies to work on."""

import shlex

from nbreduce.archive.layout import MANIFEST_FILE
from nbreduce.copies import copy_reduction
from nbreduce.domain.model import Model
from nbreduce.domain.reduction import Reduction, Run
from nbreduce.lookup import known_reduction
from nbreduce.provenance import (
    InputCheck,
    UsedValue,
    check_inputs,
    lists_conda_packages,
    published_as,
    template_then,
    used_values,
)
from nbreduce.server.base import ResourceHandler
from nbreduce.server.operation import operation
from nbreduce.server.wire import NothingAsked
from nbreduce.templates.publications import Publication, PublicationError


class ProvenanceAnswer(Model):
    """What stands behind a reduction's own fields.

    Attributes
    ----------
    title:
        The template's, as it was then; empty where it was not kept.
    published:
        The published version that its template is; None where it is none, or where `publications_problem` says why that
        is not known.
    manifest:
        Path of the lock file in Jupyter's contents; None where it is not there.
    verify, install:
        Commands that compare the environment with what it is now, and that make it again: one of conda packages, all
        of them with hashes. None where there is none.
    """

    title: str
    published: Publication | None
    publications_problem: str
    parameters: tuple[UsedValue, ...]
    manifest: str | None
    verify: str | None
    install: str | None


class InputChecks(Model):
    """Input files as they are now."""

    inputs: tuple[InputCheck, ...]


class CopyAnswer(Model):
    """A copy: its notebook, also as Jupyter's contents have it, and the files that were too large to come along."""

    notebook: str | None
    place: str
    left_out: tuple[str, ...]


class ProvenanceHandler(ResourceHandler):
    """`/reductions/{name}/provenance`."""

    @operation("Show what a reduction was made of", ProvenanceAnswer)
    def get(self, name: str) -> ProvenanceAnswer:
        """Show provenance."""
        run, reduction = known_reduction(self.workspace, name)
        template = template_then(self.workspace, reduction)
        manifest = self.workspace.archive.layout.reduction(run, reduction) / MANIFEST_FILE
        there = reduction.manifest is not None and manifest.is_file()
        published, problem = self._published(run, reduction)
        return ProvenanceAnswer(
            title=template.metadata.title if template else "",
            published=published,
            publications_problem=problem,
            parameters=used_values(reduction, template),
            manifest=self.shared.contents_path(manifest) if there else None,
            verify=self._verify(reduction) if there else None,
            install=self._install(run, reduction) if there else None,
        )

    def _published(self, run: Run, reduction: Reduction) -> tuple[Publication | None, str]:
        try:
            return published_as(self.workspace, run, reduction), ""
        except PublicationError as error:
            return None, str(error)

    def _verify(self, reduction: Reduction) -> str:
        words = ["nbreduce", "environment", "verify", reduction.name]
        return shlex.join([*words, "--workspace", str(self.workspace.path)])

    def _install(self, run: Run, reduction: Reduction) -> str | None:
        manifest = self.workspace.archive.layout.reduction(run, reduction) / MANIFEST_FILE
        # What has no hash may have no address either.
        complete = reduction.manifest is not None and not reduction.manifest.hashes_missing
        if not complete or not lists_conda_packages(manifest):
            return None
        return shlex.join(["conda-lock", "install", "--name", reduction.name, str(manifest)])


class CheckInputsHandler(ResourceHandler):
    """`/reductions/{name}/check-inputs`."""

    @operation("Compare input files with what they were", InputChecks, body=NothingAsked)
    def post(self, name: str, body: NothingAsked) -> InputChecks:
        """Check inputs."""
        _, reduction = known_reduction(self.workspace, name)
        return InputChecks(inputs=check_inputs(reduction))


class CopyHandler(ResourceHandler):
    """`/reductions/{name}/copy`."""

    @operation("Copy an executed notebook to work on", CopyAnswer, body=NothingAsked, status=201)
    def post(self, name: str, body: NothingAsked) -> CopyAnswer:
        """Make a copy."""
        run, reduction = known_reduction(self.workspace, name)
        made = copy_reduction(self.workspace, run, reduction)
        return CopyAnswer(
            notebook=self.shared.contents_path(made.notebook),
            place=str(made.notebook),
            left_out=made.left_out,
        )
