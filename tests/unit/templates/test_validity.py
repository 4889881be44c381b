"""What passes as a notebook can be executed and written; what does not says why; nothing raises."""

import json
import warnings
from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from nbreduce.templates.notebook import TemplateError, check_form
from nbreduce.templates.validity import validity_problems
from support.making import code_cell, notebook

# Lone surrogates too: JSON's escapes can say them, UTF-8 cannot.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=5)
PLAIN = st.none() | st.booleans() | st.integers(-3, 9) | TEXTS
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
CHANGES = st.dictionaries(
    st.sampled_from(["cell_type", "id", "metadata", "source", "outputs", "execution_count"]), JSON
)


@st.composite
def notebooks(draw: st.DrawFn) -> dict[str, Any]:
    cells = [{**code_cell("x = 1"), **draw(CHANGES)} for _ in range(draw(st.integers(0, 2)))]
    others = draw(st.lists(JSON, max_size=1))
    minor = draw(st.sampled_from([5, 5, 5, 4, 0, 99]) | JSON)
    metadata = draw(st.just({}) | JSON)
    return {**notebook(), "cells": cells + others, "nbformat_minor": minor, "metadata": metadata}


@given(notebooks())
def test_what_passes_can_be_written_and_nothing_raises(content: dict[str, Any]) -> None:
    try:
        form = check_form(content, "work.ipynb")
    except TemplateError:
        return
    if list(validity_problems(form)):
        return
    with warnings.catch_warnings(action="ignore"):
        read = nbformat.v4.upgrade(nbformat.reads(json.dumps(content), as_version=4))
        _, whole = nbformat.validator.normalize(read)
    nbformat.writes(whole).encode()


def test_an_ordinary_notebook_passes() -> None:
    assert list(validity_problems(notebook(cells=["1 + 1"]))) == []
