"""The survey with its items and plan, and the administrative series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.definitions import table
from vises_methods.study.rules.context import EARLIEST_YEAR, Context

_WHOLE = ("ordinal", "binary", "count")


def problems(context: Context) -> Iterator[Problem]:
    """Check the items and the plan, the answers, and the series."""
    yield from _items(context)
    yield from _outcomes(context)
    yield from _plan(context)
    yield from _answers(context)
    yield from _respondents(context)
    yield from _series(context)


def _content(context: Context) -> dict[str, Any] | None:
    return context.folder.yaml("survey_items").content


def _items(context: Context) -> Iterator[Problem]:
    content = _content(context)
    if content is None:
        return
    taken = set(table("survey").names)
    for part in ("items", "covariates"):
        for i, entry in enumerate(content[part]):
            if entry["id"] in taken:
                yield context.key("doubled_id", "survey_items", (part, i, "id"), value=entry["id"])
            taken.add(entry["id"])
    for i, item in enumerate(content["items"]):
        if item["min"] is not None and item["max"] is not None and item["min"] >= item["max"]:
            values = {"low": item["min"], "high": item["max"], "value": item["id"]}
            yield context.key("item_limits", "survey_items", ("items", i, "max"), **values)
    for i, covariate in enumerate(content["covariates"]):
        if covariate["kind"] == "categorical" and not covariate["categories"]:
            path = ("covariates", i, "categories")
            yield context.key("no_categories", "survey_items", path, value=covariate["id"])
        for name in covariate["category_labels"]:
            label = ("covariates", i, "category_labels", name)
            target = "survey_items.yml (categories)"
            yield from context.unknown_key("survey_items", label, name, covariate["categories"], target)


def _outcomes(context: Context) -> Iterator[Problem]:
    content = _content(context)
    yield from context.doubled("survey_items", "outcomes")
    for i, outcome in enumerate(content["outcomes"] if content else []):
        path = ("outcomes", i, "items")
        known = context.listed("survey_items", "items")
        yield from context.unknown_keys("survey_items", path, outcome["items"], known, "survey_items.yml (items)")
        if outcome["aggregate"] == "single" and len(outcome["items"]) != 1:
            yield context.key("single_item", "survey_items", path, value=outcome["id"], count=len(outcome["items"]))


def _plan(context: Context) -> Iterator[Problem]:
    content = _content(context)
    if content is None:
        return
    plan, known, target = content["plan"], context.listed("survey_items", "outcomes"), "survey_items.yml (outcomes)"
    for part in ("primary", "family", "placebo"):
        yield from context.unknown_keys("survey_items", ("plan", part), plan[part], known, target)
    for name in plan["margin"]:
        yield from context.unknown_key("survey_items", ("plan", "margin", name), name, known, target)
    if plan["design"]:
        logged, path = context.values("decisions", "decision"), ("plan", "design", "decision")
        yield from context.unknown_key("survey_items", path, plan["design"]["decision"], logged, "decisions.csv")
    day = plan["registered_on"]
    if day and context.implausible(day):
        yield context.key("implausible_date", "survey_items", ("plan", "registered_on"), **context.limits(day))


def _answers(context: Context) -> Iterator[Problem]:
    survey, items = context.folder.table("survey"), context.folder.yaml("survey_items")
    if survey.present and not items.present:
        yield Problem("study.errors.survey_without_items", f"{context.folder.where}/survey.csv")
    content = items.content
    for item in content["items"] if content and survey.present else []:
        if item["kind"] not in _WHOLE or item["id"] not in survey.frame:
            continue
        for record in context.records("survey", item["id"]):
            answer = record[item["id"]]
            if answer is not None and answer % 1:
                yield context.cell("not_whole", "survey", record["row"], item["id"], value=answer)


def _respondents(context: Context) -> Iterator[Problem]:
    yield from context.implausible_days("survey", "date")
    plan = (_content(context) or {}).get("plan")
    waves = plan["waves"] if plan else []
    first: dict[str, dict[str, Any]] = {}
    for record in context.records("survey", "respondent", "arm"):
        known = first.setdefault(record["respondent"], record)
        if record["arm"] != known["arm"]:
            values = {"value": record["arm"], "name": known["arm"], "respondent": record["respondent"]}
            yield context.cell("arm_changes", "survey", record["row"], "arm", **values)
    for record in context.records("survey", "wave"):
        if waves and record["wave"] not in waves:
            values = {"value": record["wave"], "allowed": [str(wave) for wave in waves]}
            yield context.cell("wave_not_planned", "survey", record["row"], "wave", **values)
    yield from _order(context)


def _order(context: Context) -> Iterator[Problem]:
    records = context.records("survey", "respondent", "wave", "date")
    dated = [record for record in records if record["date"] is not None and not context.implausible(record["date"])]
    before: dict[str, Any] = {}
    for record in sorted(dated, key=lambda record: int(record["wave"])):
        respondent, day = record["respondent"], record["date"]
        if respondent in before and day < before[respondent]:
            values = {"value": day.isoformat(), "respondent": respondent}
            yield context.cell("wave_before", "survey", record["row"], "date", **values)
        before[respondent] = day


def _series(context: Context) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for record in context.records("series", "indicator", "period"):
        period = record["period"]
        known = first.setdefault(record["indicator"], period)
        if _form(period) != _form(known):
            values = {"value": period, "first": known, "name": record["indicator"]}
            yield context.cell("mixed_periods", "series", record["row"], "period", **values)
        elif context.horizon and int(period[:4]) > context.horizon.year:
            values = {"value": period, "first": str(EARLIEST_YEAR), "last": str(context.horizon.year)}
            yield context.cell("implausible_year", "series", record["row"], "period", **values)


def _form(period: str) -> str:
    return "year" if len(period) == 4 else "quarter" if "Q" in period else "month"
