"""How notebooks and results are written: the bytes that nbformat and ``json`` would write, sooner."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import Any

from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient

_PLAIN = frozenset({str, int, float, bool, type(None)})


def json_text(value: Any) -> str:
    """Return what ``json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)`` does.

    Python's library leaves its fast encoder aside where lines are indented. Here the lists and mappings that hold no
    other ones, which rows of tables are, go through it, with the line break and the indentation as their separator.

    Parameters
    ----------
    value : dict, list, tuple, str, int, float, bool or None
        As ``json.loads`` returns them; the keys of mappings are text.

    Raises
    ------
    TypeError
        When something else is in it.

    Examples
    --------
    >>> print(json_text({"rows": [[1, "é"], []], "n": 2}))
    {
     "n": 2,
     "rows": [
      [
       1,
       "é"
      ],
      []
     ]
    }
    """
    return _indented(value, 1)


def notebook_text(notebook: NotebookNode) -> str:
    """Return what ``nbformat.writes`` does, without checking the notebook and without copying its outputs deeply."""
    copied = NotebookNode(notebook, metadata=NotebookNode(notebook.metadata))
    copied.cells = [_copied(cell) for cell in notebook.cells]
    return json_text(strip_transient(split_lines(copied)))


def _copied(cell: NotebookNode) -> NotebookNode:
    """Copy a cell as far down as writing it changes something."""
    copied = NotebookNode(cell, metadata=NotebookNode(cell.metadata))
    if "attachments" in cell:
        copied.attachments = NotebookNode({name: NotebookNode(each) for name, each in cell.attachments.items()})
    if cell.cell_type == "code":
        copied.outputs = [_with_own_data(output) for output in cell.outputs]
    return copied


def _with_own_data(output: NotebookNode) -> NotebookNode:
    copied = NotebookNode(output)
    if "data" in output:
        copied.data = NotebookNode(output.data)
    return copied


def _indented(value: Any, level: int) -> str:
    """Write a value whose lines are indented by ``level``, beginning in the line above them."""
    if type(value) is str:
        return encode_basestring(value)
    if isinstance(value, dict):
        if not value:
            return "{}"
        if _PLAIN.issuperset(map(type, value.values())):
            inner = _flat(level)(value)
        else:
            items = [f"{encode_basestring(key)}: {_indented(each, level + 1)}" for key, each in sorted(value.items())]
            inner = _separator(level).join(items)
        return f"{{\n{' ' * level}{inner}\n{' ' * (level - 1)}}}"
    if isinstance(value, (list, tuple)):
        if not value:
            return "[]"
        if _PLAIN.issuperset(map(type, value)):
            inner = _flat(level)(value)
        else:
            inner = _separator(level).join([_indented(each, level + 1) for each in value])
        return f"[\n{' ' * level}{inner}\n{' ' * (level - 1)}]"
    if type(value) not in _PLAIN:
        raise TypeError(type(value).__name__)
    return json.dumps(value, ensure_ascii=False)


def _separator(level: int) -> str:
    return ",\n" + " " * level


@cache
def _flat(level: int) -> Callable[[Any], str]:
    """Return what writes a list or a mapping of plain values without its brackets, a line each."""
    separator = _separator(level)
    if c_make_encoder is None:
        encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(separator, ": ")).encode
        return lambda value: encode(value)[1:-1]
    pieces = c_make_encoder(None, None, encode_basestring, None, ": ", separator, True, False, True)
    return lambda value: "".join(pieces(value, 0))[1:-1]
