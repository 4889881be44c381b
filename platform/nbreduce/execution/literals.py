"""Values into a notebook, as literals only."""

import ast
from pathlib import Path
from typing import Any

import nbformat
from papermill.parameterize import parameterize_notebook
from papermill.translators import PythonTranslator, papermill_translators

from nbreduce.domain.parameters import Source
from nbreduce.domain.reduction import Reduction
from nbreduce.templates.notebook import read_notebook, understand
from nbreduce.templates.values import as_literals

_LANGUAGE = "nbreduce-python"


class LiteralTranslator(PythonTranslator):  # type: ignore[misc]
    """Writes every value as the Python literal that reads back as the same value; nothing else can be written."""

    @classmethod
    def translate(cls, val: Any) -> str:
        """Return the literal of a value.

        Raises
        ------
        ValueError
            The value has no literal.
        """
        text = repr(val)
        if ast.literal_eval(text) != val:
            raise ValueError(f"{val!r} has no literal")
        return text


papermill_translators.register(_LANGUAGE, LiteralTranslator)


def inject(notebook: Any, values: dict[str, Any], kernel_name: str) -> Any:
    """Return the notebook with papermill's cell `injected-parameters` after its parameters cell."""
    return parameterize_notebook(
        notebook, values, kernel_name=kernel_name, language=_LANGUAGE, engine_name="nbreduce"
    )


def parameterised(folder: Path, reduction: Reduction, kernelspec: str) -> Any:
    """Read a reduction's template and inject every value that is not its cell's own default.

    Parameters
    ----------
    folder:
        Where the template is as it was when the reduction was planned.

    Raises
    ------
    TemplateError
        It is not there, or not usable.
    """
    path = folder / f"{reduction.template}.ipynb"
    parameters = understand(read_notebook(path), reduction.template).parameters
    given = {
        name: value.value
        for name, value in reduction.parameters.items()
        if value.source is not Source.TEMPLATE
    }
    notebook = nbformat.v4.upgrade(nbformat.read(path, as_version=4))
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    notebook.metadata.setdefault("papermill", nbformat.NotebookNode())
    # The kernel tells more, but only at the end of what succeeds; without it no viewer colours the code.
    notebook.metadata.setdefault("language_info", nbformat.NotebookNode(name="python"))
    return inject(notebook, as_literals(parameters, given), kernelspec)
