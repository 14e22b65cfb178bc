"""The prose of the notebooks in the reader's language: the same cells, the same code, other words."""

from __future__ import annotations

from typing import Any

from vises_methods.catalogue import has_text, text_as_written


def localise(notebook: Any, stem: str, lang: str) -> Any:
    """Put the text cells of a notebook into a language, in place, and return the notebook.

    Notebooks are written in English; the catalogues hold the text of each cell by its identifier. A cell without a
    translation, as in a researcher's own notebook, stays as it is.

    Parameters
    ----------
    notebook : NotebookNode
    stem : str
        The notebook's name without its ending, as in ``"03_qualitative_coding"``.
    lang : {"fr", "nl", "en"}
    """
    for cell in notebook.cells:
        key = f"notebooks.{stem}.{cell.get('id')}"
        if cell.cell_type == "markdown" and has_text(key, lang):
            cell.source = text_as_written(key, lang)
    return notebook
