"""Values into a notebook, as literals only."""

import ast
from typing import Any

from papermill.parameterize import parameterize_notebook
from papermill.translators import PythonTranslator, papermill_translators

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
