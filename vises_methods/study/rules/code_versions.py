"""Versions of the codebook: the recorded changes make one chain, up to the version that the study has now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.code_changes import carried, operations_after, operations_since, well_formed
from vises_methods.study.rules.context import Context

FILE = "codebook_changes"


def problems(context: Context) -> Iterator[Problem]:
    """Check the recorded changes, and that every coding was made with a version that they lead on from."""
    changes = context.folder.yaml(FILE).content
    current = context.reference.codebook_version
    if changes is not None:
        yield from _operations(context, changes)
        yield from _chain(context, changes, current)
    if context.folder.yaml(FILE).usable and current is not None:
        yield from _versions(context, changes, current)


def outdated(context: Context, table: str) -> dict[int, str]:
    """Return the rows whose code the recorded changes replace, each with the code it has now; empty where it is split.

    The code of such a row need not stand in the codebook of today.
    """
    changes = context.folder.yaml(FILE).content
    mark = "codebook_version" if table == "codings" else "date"
    replaced: dict[int, str] = {}
    for record in context.records(table, "code", mark) if changes else ():
        since = operations_since if table == "codings" else operations_after
        code, review = carried(record["code"], since(changes, record[mark]))
        if review is not None or code != record["code"]:
            replaced[record["row"]] = "" if review is not None else code
    return replaced


def _operations(context: Context, changes: dict[str, Any]) -> Iterator[Problem]:
    steps = changes["versions"]
    for i, step in enumerate(steps):
        if context.implausible(step["date"]):
            yield context.key("implausible_date", FILE, ("versions", i, "date"), **context.limits(step["date"]))
        deciders = context.deciders()
        path = ("versions", i, "decided_by")
        yield from context.unknown_keys(FILE, path, step["decided_by"], deciders, "stakeholders.csv, study.yml")
        for j, operation in enumerate(step["operations"]):
            where = ("versions", i, "operations", j)
            if not well_formed(operation):
                values = {"value": operation["kind"], "before": operation["before"], "after": operation["after"]}
                yield context.key("code_operation", FILE, (*where, "kind"), **values)
                continue
            rest = [*step["operations"][j + 1 :], *(o for later in steps[i + 1 :] for o in later["operations"])]
            yield from _made(context, operation["after"], rest, (*where, "after"))


def _made(
    context: Context, codes: Collection[str], rest: list[dict[str, Any]], path: tuple[str | int, ...]
) -> Iterator[Problem]:
    """Tell the codes that an operation makes and that are neither in the codebook of today nor changed later."""
    known = context.reference.codes
    for k, code in enumerate(codes):
        now, review = carried(code, rest)
        if known is not None and review is None and now not in known:
            yield from context.unknown_key(FILE, (*path, k), now, known, context.reference.codebook_file)


def _chain(context: Context, changes: dict[str, Any], current: str | None) -> Iterator[Problem]:
    steps = changes["versions"]
    expected = [*(step["from"] for step in steps[1:]), current]
    for i, (step, following) in enumerate(zip(steps, expected, strict=False)):
        if following is not None and step["to"] != following:
            yield context.key("version_gap", FILE, ("versions", i, "to"), value=step["to"], next=following)


def _versions(context: Context, changes: dict[str, Any] | None, current: str) -> Iterator[Problem]:
    known = [*(step["from"] for step in (changes or {"versions": []})["versions"]), current]
    found: dict[str, list[int]] = {}
    for record in context.records("codings", "codebook_version"):
        if record["codebook_version"] not in known:
            found.setdefault(record["codebook_version"], []).append(record["row"])
    for version, rows in found.items():
        values = {"value": version, "allowed": known, "count": len(rows), "current": current}
        yield context.cell("unknown_version", "codings", rows[0], "codebook_version", **values)
