"""Is it a notebook at all, by the notebook format's own schema, and can it be written again?"""

import json
from collections.abc import Iterator
from typing import Any

from nbreduce.templates.problem import Problem

_FORMAT_WITH_IDS = 5
_MOST = 10
_HALF = "half of a character (a lone surrogate), which no file can keep"


def validity_problems(content: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a notebook's form, before anything of it is looked at.

    Parameters
    ----------
    content:
        A notebook of format 4 as JSON, as `check_form` lets it pass.

    Notes
    -----
    By the schemas of nbformat. Cells without an id are let pass: they get one when they are executed.
    """
    minor = content.get("nbformat_minor", 0)
    strange = [
        index
        for index, cell in enumerate(content["cells"])
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw")
    ]
    if strange:
        words = "it is neither code nor text (cell_type)"
        yield from (Problem(message=words, cell=index) for index in strange[:_MOST])
        return
    yield from _schema_problems(content, minor)
    yield from _text_problems(content)


def _schema_problems(content: dict[str, Any], minor: int) -> Iterator[Problem]:
    from nbformat.validator import iter_validate

    cells = content["cells"]
    if minor >= _FORMAT_WITH_IDS:
        cells = [{"id": f"cell-{index}", **cell} for index, cell in enumerate(cells)]
    complete = {**content, "cells": cells, "nbformat_minor": minor}
    errors = iter_validate(complete, version=4, version_minor=minor, relax_add_props=True)
    for error, _ in zip(errors, range(_MOST), strict=False):
        place = list(error.absolute_path)
        cell = place[1] if len(place) > 1 and place[0] == "cells" else None
        where = ".".join(map(str, place if cell is None else place[2:]))
        words = error.message[:200]
        message = f"not a valid notebook: {f'{where}: ' if where else ''}{words}"
        yield Problem(message=message, cell=cell)


def _text_problems(content: dict[str, Any]) -> Iterator[Problem]:
    for index, cell in enumerate(content["cells"]):
        if not _can_be_written(cell):
            yield Problem(message=f"it holds {_HALF}", hint="Type the text anew", cell=index)
    if not _can_be_written({**content, "cells": []}):
        yield Problem(message=f"its metadata hold {_HALF}")


def _can_be_written(content: Any) -> bool:
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
