"""Codings made with an earlier version of the codebook, carried to the current one by the recorded changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from vises_methods.study.definitions import LIST_SEPARATOR

SHAPES = {"add": (0, 1), "remove": (1, 0), "rename": (1, 1), "merge": (2, 1), "split": (1, 2), "move": (1, 1)}
"""How many codes each operation takes and makes; 2 stands for two and more."""
TO_RECODE = ("previous_code", "to_review")


def well_formed(operation: Mapping[str, Any]) -> bool:
    """Say whether an operation takes and makes as many codes as its kind asks.

    Examples
    --------
    >>> well_formed({"kind": "split", "before": ["A"], "after": ["B"]})
    False
    """
    before, after = operation["before"], operation["after"]
    sizes = (min(len(before), 2), min(len(after), 2))
    return sizes == SHAPES[operation["kind"]] and (operation["kind"] != "move" or before == after)


def carried(code: str, operations: Sequence[Mapping[str, Any]]) -> tuple[str, str | None]:
    """Carry a code through operations in their order.

    Returns
    -------
    code : str
        The code it became.
    to_review : str or None
        The codes to choose from, where it was split; ``removed``, where it is gone: then ``code`` is the last it had.

    Examples
    --------
    >>> carried("A", [{"kind": "rename", "before": ["A"], "after": ["B"]}])
    ('B', None)
    """
    for operation in operations:
        if code not in operation["before"]:
            continue
        if operation["kind"] in ("rename", "merge"):
            code = operation["after"][0]
        elif operation["kind"] == "split":
            return code, LIST_SEPARATOR.join(operation["after"])
        elif operation["kind"] == "remove":
            return code, "removed"
    return code, None


def operations_since(changes: Mapping[str, Any] | None, version: str) -> list[dict[str, Any]]:
    """Return the operations recorded from a version of the codebook on; none where the version is the current one."""
    steps = changes["versions"] if changes else []
    places = [place for place, step in enumerate(steps) if step["from"] == version]
    return [operation for step in steps[places[0] :] for operation in step["operations"]] if places else []


def operations_after(changes: Mapping[str, Any] | None, day: Any) -> list[dict[str, Any]]:
    """Return the operations decided after a day: what was settled on that day knew nothing of them."""
    steps = changes["versions"] if changes else []
    return [operation for step in steps if step["date"] > day for operation in step["operations"]]


def carry_over(segments: pd.DataFrame, changes: Mapping[str, Any] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Carry codings, or adjudications, to the current version.

    Parameters
    ----------
    segments : DataFrame
        Codings with ``code, codebook_version``, or adjudications with ``code, date``.
    changes : mapping or None
        The content of ``codebook_changes.yml``.

    Returns
    -------
    carried : DataFrame
        The rows that have a code of the current version. Two rows that a merge made one are listed once.
    to_recode : DataFrame
        The others, with ``previous_code`` and ``to_review`` (the codes to choose from, or ``removed``): nothing is
        lost.
    """
    if not changes or segments.empty:
        return segments, segments.iloc[:0].assign(**{name: pd.Series(dtype="str") for name in TO_RECODE})
    found = [carried(code, operations) for code, operations in _with_operations(segments, changes)]
    codes = pd.Series([code for code, _ in found], index=segments.index, dtype="str")
    review = pd.Series([choice for _, choice in found], index=segments.index, dtype="object")
    moved = segments.assign(code=codes)
    left = moved[review.isna()]
    same = [name for name in ("document", "coder", "code", "start", "end", "decision") if name in left]
    open_rows = segments[review.notna()]
    to_recode = open_rows.assign(previous_code=open_rows["code"], to_review=review[review.notna()])
    return left.drop_duplicates(same, ignore_index=True), to_recode.reset_index(drop=True)


def _with_operations(segments: pd.DataFrame, changes: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    versioned = "codebook_version" in segments
    marks = segments["codebook_version"] if versioned else segments["date"]
    known: dict[Any, list[dict[str, Any]]] = {}
    for code, mark in zip(segments["code"], marks, strict=True):
        if mark not in known:
            known[mark] = operations_since(changes, mark) if versioned else operations_after(changes, mark.date())
        yield code, known[mark]
