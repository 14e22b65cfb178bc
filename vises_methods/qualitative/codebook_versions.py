"""Versions of a codebook: what was changed, recorded as operations, and old codings carried along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Code, Codebook
from vises_methods.qualitative.tables import (
    CODING_COLUMNS,
    require_columns,
    require_names,
    require_option,
    require_type,
)
from vises_methods.results import NotEstimable, Result, fingerprint

OperationKind = Literal["add", "remove", "rename", "merge", "split", "move"]
_CHANGES = ("added", "removed", "renamed", "merged", "split", "moved", "relabelled", "redefined", "unchanged")
_DONE = {"add": "added", "remove": "removed", "rename": "renamed", "merge": "merged", "split": "split", "move": "moved"}


@dataclass(frozen=True)
class Operation:
    """One recorded change of a codebook.

    Attributes
    ----------
    kind : {"add", "remove", "rename", "merge", "split", "move"}
    before : tuple of str
        The codes changed; none for ``add``.
    after : tuple of str
        The codes they become; none for ``remove``, the same code for ``move``.
    parent : str or None
        For ``add``, ``merge``, ``split`` and ``move``: the code the new ones stand under.
    reason, by, on : str
        Why, who decided, and the date.
    """

    kind: OperationKind
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    parent: str | None = None
    reason: str = ""
    by: str = ""
    on: str = ""

    def __post_init__(self) -> None:
        require_option(self.kind, get_args(OperationKind), "Operation(kind=)")
        wanted = {"add": (0, 1), "remove": (1, 0), "rename": (1, 1), "merge": (2, 1), "split": (1, 2), "move": (1, 1)}
        sizes = (min(len(self.before), 2), min(len(self.after), 2))
        if sizes != wanted[self.kind] or (self.kind == "move" and self.before != self.after):
            raise InputError(
                "qualitative.errors.operation", "Operation", kind=self.kind, before=self.before, after=self.after
            )

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> Operation:
        """Read an operation as a file has it: ``kind, before, after, parent, reason, by, on``."""
        texts = {name: str(entry.get(name) or "") for name in ("reason", "by", "on")}
        parent = entry.get("parent")
        return cls(
            kind=entry.get("kind", ""),
            before=_as_tuple(entry.get("before")),
            after=_as_tuple(entry.get("after")),
            parent=None if parent is None else str(parent),
            **texts,
        )


def _as_tuple(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


@checked_arguments
def apply_operations(codebook: Codebook, operations: Iterable[Operation], /, *, version: str) -> Codebook:
    """Return the codebook that the operations make of this one.

    New codes of a merge or a split keep the texts of the first code they come from; add labels and definitions to the
    file afterwards.

    Parameters
    ----------
    codebook : Codebook
    operations : sequence of Operation
        In the order in which they were decided.
    version : str
        Of the new codebook.

    Raises
    ------
    InputError
        For an operation on a code that does not exist, or onto one that does.
    InvalidStudyError
        Where the tree that results has no sense, as a code whose parent was removed.

    Examples
    --------
    >>> book = Codebook("b", "1", (Code("A"), Code("A.X", parent="A")))
    >>> [code.id for code in apply_operations(book, [Operation("rename", ("A.X",), ("A.Y",))], version="2")]
    ['A', 'A.Y']
    """
    codes = {code.id: code for code in codebook}
    for operation in operations:
        codes = _applied(codes, operation, codebook.id)
    return replace(codebook, version=version, codes=tuple(codes.values()))


def _applied(codes: dict[str, Code], operation: Operation, book: str) -> dict[str, Code]:
    unknown = [code for code in operation.before if code not in codes]
    kept = operation.kind in ("merge", "split", "move")
    taken = [code for code in operation.after if code in codes and not (kept and code in operation.before)]
    if unknown or taken:
        where, kind = f"Codebook {book}", operation.kind
        raise InputError(
            "qualitative.errors.operation", where, kind=kind, before=operation.before, after=operation.after
        )
    if operation.kind == "add":
        (new,) = operation.after
        return codes | {new: Code(new, parent=operation.parent)}
    first = codes[operation.before[0]]
    parent = first.parent if operation.kind == "rename" else operation.parent
    made = {new: replace(first, id=new, parent=parent) for new in operation.after}
    below = dict.fromkeys(operation.before, operation.after[0]) if operation.kind in ("rename", "merge") else {}
    result: dict[str, Code] = {}
    for identity, code in codes.items():
        if identity == operation.before[0]:
            result |= made
        elif identity not in operation.before:
            result[identity] = replace(code, parent=below.get(code.parent or "", code.parent))
    return result


@checked_arguments
def carry_codings(codings: pd.DataFrame, operations: Iterable[Operation], /) -> pd.DataFrame:
    """Carry codings made with an old version over to the new one.

    Renamed and merged codes are replaced. A split code or a removed one cannot be decided by rule: its codings keep the
    old code and ask for review.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``; further columns are kept.
    operations : sequence of Operation
        From the version the codings were made with to the new one, in order.

    Returns
    -------
    DataFrame
        The codings with ``code`` replaced, ``previous_code``, and ``to_review``: the codes to choose from (with ``|``
        between), or "removed"; missing where nothing is to be done. A span that a coder gave two codes which were
        merged is listed once.

    Raises
    ------
    InputError
        For missing columns.

    Examples
    --------
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [2]})
    >>> carry_codings(marks, [Operation("rename", ("X",), ("Y",))])[["code", "previous_code"]].to_numpy().tolist()
    [['Y', 'X']]
    """
    require_columns(codings, CODING_COLUMNS, "carry_codings(codings)")
    require_names(codings, ("code",), "carry_codings(codings)")
    target = {str(code): str(code) for code in codings["code"]}
    review: dict[str, str] = {}
    for operation in operations:
        for origin, code in target.items():
            if origin in review or code not in operation.before:
                continue
            if operation.kind in ("rename", "merge"):
                target[origin] = operation.after[0]
            elif operation.kind == "split":
                review[origin] = "|".join(operation.after)
            elif operation.kind == "remove":
                review[origin] = "removed"
    previous = codings["code"].astype(str)
    carried = codings.assign(
        code=[target[code] for code in previous],
        previous_code=previous.to_numpy(),
        to_review=pd.Series([review.get(code) for code in previous], index=codings.index, dtype=object),
    )
    return carried.drop_duplicates(list(CODING_COLUMNS), ignore_index=True)


@checked_arguments
def compare_codebooks(old: Codebook, new: Codebook, /, *, operations: Sequence[Operation] = ()) -> Result:
    """Show what differs between two versions of a codebook.

    Parameters
    ----------
    old, new : Codebook
    operations : sequence of Operation, optional
        What was recorded between them; without it a rename looks like a code removed and another added.

    Returns
    -------
    Result
        One row per kind of change (``added, removed, renamed, merged, split, moved, relabelled, redefined,
        unchanged``): ``estimate`` the number of codes, n the codes of both versions together. ``details["changes"]``:
        ``code, change, before, after, reason``, one row per change; labels and definitions in several languages are
        JSON.

    References
    ----------
    MacQueen, K. M., McLellan, E., Kay, K., & Milstein, B. (1998). Codebook development for team-based qualitative
    analysis. CAM Journal 10(2), p. 31.

    Examples
    --------
    >>> first, second = (Codebook("b", v, codes) for v, codes in (("1", (Code("A"),)), ("2", (Code("A"), Code("B")))))
    >>> compare_codebooks(first, second).details["changes"][["code", "change"]].to_numpy().tolist()
    [['B', 'added']]
    """
    for place, book in (("old", old), ("new", new)):
        require_type(book, Codebook, f"compare_codebooks({place})")
    recorded = [
        (code, _DONE[operation.kind], "|".join(operation.before), "|".join(operation.after), operation.reason)
        for operation in operations
        for code in operation.after or operation.before
    ]
    known = {code for operation in operations for code in (*operation.before, *operation.after)}
    moved = {operation.after[0] for operation in operations if operation.kind == "move"}
    changes = [*recorded, *_found(old, new, known, moved)]
    frame = pd.DataFrame(changes, columns=["code", "change", "before", "after", "reason"])
    everything = {code.id for code in old} | {code.id for code in new}
    counts = frame.groupby("change")["code"].nunique().to_dict()
    counts["unchanged"] = len(everything - set(frame["code"]) - known)
    rows = [
        {
            "measure": change,
            "subject": "codes",
            "estimate": float(counts.get(change, 0)),
            "n": len(everything),
            "coverage": 1.0,
        }
        for change in _CHANGES
    ]
    return Result(
        method="Comparison of codebook versions",
        reference="MacQueen, McLellan, Kay & Milstein (1998), CAM Journal 10(2), p. 31",
        estimates=pd.DataFrame(rows),
        details={"changes": frame},
        options={"old": f"{old.id} {old.version}", "new": f"{new.id} {new.version}", "operations": len(operations)},
        not_estimable=None if everything else NotEstimable("qualitative.reasons.no_codes"),
        inputs={"old": fingerprint(_content(old)), "new": fingerprint(_content(new))},
    )


def _found(old: Codebook, new: Codebook, known: set[str], moved: set[str]) -> list[tuple[str, str, str, str, str]]:
    changes = [(code.id, "added", "", code.id, "") for code in new if code.id not in old and code.id not in known]
    changes += [(code.id, "removed", code.id, "", "") for code in old if code.id not in new and code.id not in known]
    for code in (code for code in new if code.id in old):
        was = old[code.id]
        if was.parent != code.parent and code.id not in known | moved:
            changes.append((code.id, "moved", was.parent or "", code.parent or "", ""))
        if was.label != code.label:
            changes.append((code.id, "relabelled", _in_text(was.label), _in_text(code.label), ""))
        told = [(getattr(was, part), getattr(code, part)) for part in ("definition", "include", "exclude")]
        differing = [(_in_text(before), _in_text(after)) for before, after in told if before != after]
        changes += [(code.id, "redefined", *pair, "") for pair in differing]
    return changes


def _in_text(words: Any) -> str:
    """Return words as text; those in several languages as JSON, which a page reads back in its own."""
    return words if isinstance(words, str) else json.dumps(words, ensure_ascii=False, sort_keys=True)


def _content(codebook: Codebook) -> dict[str, Any]:
    """Return the codes as plain data, for the fingerprint."""
    return {
        code.id: [code.parent, code.label, code.definition, code.include, code.exclude, code.codable]
        for code in codebook
    }
