"""No choice of the methodology is accepted and ignored: each one moves a result of a demo enterprise, or is refused."""

import json
from functools import cache
from pathlib import Path
from typing import get_args, get_type_hints

import pandas as pd
import pytest

from vises_methods.errors import MethodologyError
from vises_methods.methodology import Methodology, OutcomeChoices, load_methodology
from vises_methods.outcomes import detect_design
from vises_methods.study import open_enterprise, open_study
from vises_methods.synthesis import (
    ComparisonChoices,
    all_ways,
    compare_outcomes,
    compare_series,
    likeness,
    outcome_frame,
    plan_of,
    pooled_outcomes,
    rank_effects,
    what_would_overturn,
    who_left,
)

ROOT = Path(__file__).parents[3]
ENTERPRISES = ("pimpernoot", "marmite-zinneke", "vire-lune", "tournepapillon")
"""With a comparison group and sites, with people of one place, with a series, with a waiting list."""
BASELINE = OutcomeChoices()
ALTERNATIVES = [
    (name, value)
    for name, kind in get_type_hints(OutcomeChoices).items()
    for value in get_args(kind)
    if isinstance(value, str) and value != getattr(BASELINE, name)
] + [("min_items", 1.0), ("confidence", 0.9)]


@cache
def case(enterprise):
    return open_enterprise("demo", enterprise)


@cache
def results(enterprise, choices_as_text):
    """Return what notebook 05 publishes that a choice may move, as text."""
    choices = OutcomeChoices(**json.loads(choices_as_text))
    opened = case(enterprise)
    items = opened.survey_items
    frame = outcome_frame(opened.survey, items, min_items=choices.min_items)
    design = detect_design(frame if len(frame) else None, opened.series if len(opened.series) else None, plan_of(items))
    used = ComparisonChoices(
        measure=choices.measure, estimator=choices.estimator, interval=choices.interval,
        standard_errors=choices.standard_errors, correction=choices.correction, level=choices.confidence,
    )  # fmt: skip
    left = who_left(frame, items, level=choices.confidence)
    compared = compare_outcomes(frame, items, design, balance=likeness(frame, items), attrition=left, choices=used)
    series = compare_series(opened.series, plan_of(items), errors=choices.series_errors, level=choices.confidence)
    return {"outcomes": compared.estimates, "series": series.estimates, "attrition": left.estimates}


@cache
def portfolio(pooling, pooling_test):
    enterprises = []
    for each in open_study("demo").enterprises:
        rows = results(each.id, "{}")["outcomes"]
        enterprises.append(rows.assign(enterprise=each.id, group=each.group, region=each.region, result="outcomes"))
    return pooled_outcomes(pd.concat(enterprises, ignore_index=True), method=pooling, test=pooling_test).estimates


def moved(one, other):
    return not one.round(9).equals(other.round(9))


@pytest.mark.parametrize(("name", "value"), ALTERNATIVES)
def test_every_choice_moves_a_result_of_a_demo_enterprise(name, value):
    if name in ("pooling", "pooling_test"):
        pooled = {"pooling": "REML", "pooling_test": "adhoc"}
        assert moved(portfolio(**pooled), portfolio(**{**pooled, name: value}))
        return
    for enterprise in ENTERPRISES:
        baseline, other = results(enterprise, "{}"), results(enterprise, json.dumps({name: value}))
        if any(moved(baseline[part], other[part]) for part in baseline):
            return
    pytest.fail(f"{name}={value} moves nothing")


def test_the_notebooks_hand_every_choice_on():
    """What is not written there cannot move anything, whatever the methods could do with it."""
    written = "".join((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
                      for name in ("05_outcome_comparison", "80_portfolio"))  # fmt: skip
    wanted = set(OutcomeChoices.model_fields)
    assert {name for name in wanted if f"outcomes.{name}" in written or f"choices.{name}" in written} == wanted


def test_confidence_reaches_every_result_that_has_an_interval():
    opened = case("vire-lune")
    frame = outcome_frame(opened.survey, opened.survey_items)
    compared = results("vire-lune", '{"confidence": 0.9}')["outcomes"]
    assert set(compared["level"]) == {0.9}
    for result in (
        rank_effects(frame, opened.survey_items, level=0.9),
        all_ways(frame, opened.survey_items, level=0.9),
    ):
        assert set(result.estimates["level"].dropna()) == {0.9}
    design = detect_design(frame, None, plan_of(opened.survey_items))
    plain = compare_outcomes(frame, opened.survey_items, design, balance=likeness(frame, opened.survey_items),
                             attrition=who_left(frame, opened.survey_items))  # fmt: skip
    one, other = (what_would_overturn(frame, opened.survey_items, plain, level=level) for level in (0.95, 0.9))
    assert moved(one.estimates.drop(columns="level"), other.estimates.drop(columns="level"))


@pytest.mark.parametrize(
    "wrong",
    [{"measure": "d"}, {"standard_errors": "HC1"}, {"correction": "Holm"}, {"confidence": 95}, {"min_items": 3},
     {"pooling": "HKSJ"}, {"pooling_test": "t"}, {"series_errors": "OLS"}, {"interval": "z"}, {"unknown": 1}],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_a_choice_that_there_is_not_is_refused(wrong, tmp_path, monkeypatch):
    folder = tmp_path / "data" / "reference" / "methodologies"
    folder.mkdir(parents=True)
    text = (ROOT / "data" / "reference" / "methodologies" / "baseline.yml").read_text(encoding="utf-8")
    name, value = next(iter(wrong.items()))
    head, outcomes = text.split("\noutcomes:\n")
    kept = [line for line in outcomes.splitlines() if not line.strip().startswith(f"{name}:")]
    (folder / "own.yml").write_text("\n".join([head, "outcomes:", *kept, f"  {name}: {value}", ""]), encoding="utf-8")
    monkeypatch.setenv("VISES_HOME", str(tmp_path))
    with pytest.raises(MethodologyError) as raised:
        load_methodology("own")
    assert name in str(raised.value)


def test_the_baseline_is_the_default():
    assert load_methodology("baseline").outcomes == BASELINE
    assert isinstance(load_methodology("baseline"), Methodology)
