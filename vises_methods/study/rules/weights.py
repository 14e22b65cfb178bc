"""What people say matters: 100 points shared out, or every pair of dimensions judged once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.reference import DIMENSION_LEVEL
from vises_methods.study.rules.context import Context

POINTS, TOLERANCE = 100.0, 0.01
BUDGETS, JUDGEMENTS = "weight_budgets", "weight_judgements"


def problems(context: Context) -> Iterator[Problem]:
    """Check the points and the judgements that persons gave."""
    groups = context.reference.stakeholder_groups
    dimensions = context.reference.nodes_of_level(DIMENSION_LEVEL) if context.reference.nodes else None
    for table, columns in ((BUDGETS, ("dimension",)), (JUDGEMENTS, ("first", "second"))):
        yield from context.unknown_cells(table, "stakeholder_group", groups, context.reference.codebook_file)
        for column in columns:
            yield from context.unknown_cells(table, column, dimensions, context.reference.framework_file)
        yield from _two_groups(context, table)
    yield from _sums(context)
    yield from _pairs(context)
    yield from _two_ways(context)


def _two_groups(context: Context, table: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for record in context.records(table, "respondent", "stakeholder_group"):
        person, group = record["respondent"], record["stakeholder_group"]
        if first.setdefault(person, group) != group:
            values = {"value": group, "name": person, "first": first[person]}
            yield context.cell("two_groups", table, record["row"], "stakeholder_group", **values)


def _sums(context: Context) -> Iterator[Problem]:
    for person, records in _by_person(context, BUDGETS, "points").items():
        total = sum(record["points"] for record in records)
        if abs(total - POINTS) > TOLERANCE and not _faulty(context, BUDGETS, person):
            yield context.cell("budget_sum", BUDGETS, records[0]["row"], "points", value=total, name=person)


def _pairs(context: Context) -> Iterator[Problem]:
    """Each pair of the dimensions that anybody judged, once from each person, whichever comes first."""
    people = _by_person(context, JUDGEMENTS, "first", "second", "preferred", "strength")
    judged = sorted({record[name] for records in people.values() for record in records for name in ("first", "second")})
    for person, records in people.items():
        seen: dict[frozenset[str], int] = {}
        for record in records:
            yield from _judgement(context, record)
            pair = frozenset((record["first"], record["second"]))
            if len(pair) == 2 and pair in seen:
                values = {"value": " / ".join(sorted(pair)), "first": seen[pair]}
                yield context.cell("pair_twice", JUDGEMENTS, record["row"], "second", **values)
            seen.setdefault(pair, record["row"])
        absent = [pair for pair in combinations(judged, 2) if frozenset(pair) not in seen]
        if absent and not _faulty(context, JUDGEMENTS, person):
            values = {"name": person, "value": ", ".join(" / ".join(pair) for pair in absent), "count": len(absent)}
            yield context.cell("pair_missing", JUDGEMENTS, records[0]["row"], "respondent", **values)


def _judgement(context: Context, record: dict[str, Any]) -> Iterator[Problem]:
    if record["first"] == record["second"]:
        yield context.cell("pair_of_one", JUDGEMENTS, record["row"], "second", value=record["second"])
    elif (record["preferred"] == "equal") != (record["strength"] == 1):
        values = {"value": record["strength"], "name": record["preferred"]}
        yield context.cell("strength_contradicts", JUDGEMENTS, record["row"], "strength", **values)


def _two_ways(context: Context) -> Iterator[Problem]:
    people = _by_person(context, JUDGEMENTS)
    for person in sorted(set(_by_person(context, BUDGETS)) & set(people)):
        yield context.cell("two_ways", JUDGEMENTS, people[person][0]["row"], "respondent", value=person)


def _by_person(context: Context, table: str, *columns: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in context.records(table, "respondent", *columns):
        found.setdefault(record["respondent"], []).append(record)
    return found


def _faulty(context: Context, table: str, person: str) -> bool:
    """Say whether a cell of this person has a fault that is told already: what follows from it is not told again."""
    checked = context.folder.table(table)
    told = {row for row, _ in checked.told}
    rows = checked.frame.index[checked.frame["respondent"] == person]
    return bool(told.intersection(int(row) for row in rows)) or not checked.usable
