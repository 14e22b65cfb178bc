"""Theory of change, evaluative questions and decisions: all they name exists, and no effect is its own cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.rules.context import Context


def problems(context: Context) -> Iterator[Problem]:
    """Check the theory of change, the questions and the decisions."""
    yield from _nodes(context)
    yield from _edges(context)
    yield from _questions(context)
    yield from _decisions(context)


def _nodes(context: Context) -> Iterator[Problem]:
    yield from context.doubled("theory_of_change", "nodes")
    content = context.folder.yaml("theory_of_change").content
    for i, node in enumerate(content["nodes"] if content else []):
        yield from _named(context, "theory_of_change", ("nodes", i), node)
        path = ("nodes", i, "stakeholders")
        known = context.stakeholders()
        yield from context.unknown_keys("theory_of_change", path, node["stakeholders"], known, "stakeholders.csv")


def _edges(context: Context) -> Iterator[Problem]:
    content = context.folder.yaml("theory_of_change").content
    if content is None:
        return
    nodes = [node["id"] for node in content["nodes"]]
    for i, edge in enumerate(content["edges"]):
        for end in ("from", "to"):
            path = ("edges", i, end)
            yield from context.unknown_key("theory_of_change", path, edge[end], nodes, "theory_of_change.yml (nodes)")
    cycle = find_cycle([(edge["from"], edge["to"]) for edge in content["edges"]])
    if cycle:
        closing = next(i for i, edge in enumerate(content["edges"]) if (edge["from"], edge["to"]) == cycle[-2:])
        yield context.key("cycle", "theory_of_change", ("edges", closing), value=" → ".join(cycle))


def find_cycle(edges: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return the nodes of one cycle, the first again at the end; empty where there is none.

    Examples
    --------
    >>> find_cycle([("a", "b"), ("b", "c"), ("c", "b")])
    ('b', 'c', 'b')
    """
    after: dict[str, list[str]] = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)
    done: set[str] = set()
    for root in after:
        path, branches = [root], [iter(after[root])]
        while branches:
            node = next(branches[-1], None)
            if node is None:
                done.add(path.pop())
                branches.pop()
            elif node in path:
                return (*path[path.index(node) :], node)
            elif node not in done:
                path.append(node)
                branches.append(iter(after.get(node, [])))
    return ()


def _questions(context: Context) -> Iterator[Problem]:
    yield from context.doubled("questions", "questions")
    content = context.folder.yaml("questions").content
    for i, question in enumerate(content["questions"] if content else []):
        path = ("questions", i)
        yield from _named(context, "questions", path, question)
        deciders, outcomes = context.deciders(), context.listed("survey_items", "outcomes")
        yield from context.unknown_keys(
            "questions", (*path, "decided_by"), question["decided_by"], deciders, "stakeholders.csv"
        )
        yield from context.unknown_keys(
            "questions", (*path, "outcomes"), question["outcomes"], outcomes, "survey_items.yml (outcomes)"
        )
        decided = question["decided_on"]
        if decided and context.implausible(decided):
            yield context.key("implausible_date", "questions", (*path, "decided_on"), **context.limits(decided))


def _named(context: Context, file: str, path: tuple[str | int, ...], entry: Mapping[str, Any]) -> Iterator[Problem]:
    codes, indicators = context.reference.codes, context.indicators()
    yield from context.unknown_keys(file, (*path, "codes"), entry["codes"], codes, context.reference.codebook_file)
    target = f"{context.reference.framework_file}, framework.yml"
    yield from context.unknown_keys(file, (*path, "indicators"), entry["indicators"], indicators, target)


def _decisions(context: Context) -> Iterator[Problem]:
    questions = context.listed("questions", "questions")
    yield from context.unknown_cells("decisions", "question", questions, "questions.yml")
    yield from context.unknown_cells("decisions", "decided_by", context.deciders(), "stakeholders.csv", several=True)
    yield from context.implausible_days("decisions", "date")
    profile = context.folder.yaml("profile").content
    started = profile["accompaniment"]["started"] if profile else None
    if started is None or context.implausible(started):
        return
    for record in context.records("decisions", "date", "step"):
        day, step = record["date"], record["step"]
        if day and step and day < started and not context.implausible(day):
            values = {"value": day.isoformat(), "first": started.isoformat()}
            yield context.cell("decision_before_start", "decisions", record["row"], "date", **values)
