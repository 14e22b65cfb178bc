"""What would overturn a comparison: each check on data whose answer is known, and the words that go with it."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.language import words
from vises_methods.outcomes import detect_design
from vises_methods.synthesis import compare_outcomes, likeness, plan_of, what_would_overturn, who_left
from vises_methods.synthesis.outcome_checks import CHECKS

NAMES = ("y", "weather")


def about(**plan):
    items = [{"id": name, "min": 0, "max": 10, "reverse": False} for name in NAMES]
    outcomes = [
        {"id": name, "items": [name], "kind": "continuous", "primary": name == "y", "aggregate": "single",
         "unit": "points", "label": dict.fromkeys(LANGUAGES, name)}
        for name in NAMES
    ]  # fmt: skip
    return {"items": items, "outcomes": outcomes, "covariates": [], "plan": {"primary": ["y"], **plan}}


def people(effect=2.0, n=80, waves=2, noise=0.4, *, drift=0.0, leave=0, placebo=0.0):
    """Half served; ``drift`` is how much the served rise a wave before the start, which is the last wave."""
    random = np.random.default_rng(5)
    rows = []
    for person in range(n):
        served, level = person % 2, random.normal(4, 1)
        for wave in range(waves):
            last = wave == waves - 1
            y = level + drift * wave * served + effect * served * last + noise * random.normal()
            weather = 5 + placebo * served * last + noise * random.normal()
            gone = last and person < leave
            rows.append({"respondent": person, "wave": wave, "arm": ("comparison", "participants")[served], "site": "s",
                         "cohort": "c", "y": np.nan if gone else y, "weather": weather})  # fmt: skip
    return pd.DataFrame(rows)


def overturned(frame, **plan):
    items = about(**plan)
    design = detect_design(frame, None, plan_of(items))
    compared = compare_outcomes(frame, items, design, balance=likeness(frame, items), attrition=who_left(frame, items))
    return what_would_overturn(frame, items, compared)


def check(result, measure, subject="y"):
    rows = result.estimates
    found = rows[(rows["measure"] == measure) & (rows["subject"] == subject)]
    return found.iloc[0] if len(found) else None


def test_the_margin_of_the_plan_is_held_against_the_interval():
    assert check(overturned(people(), margin={"y": 1.0}), "equivalence")["verdict"] == "beyond"
    assert check(overturned(people(0.0), margin={"y": 1.0}), "equivalence")["verdict"] == "within"
    assert check(overturned(people(0.0), margin={"y": 0.01}), "equivalence")["verdict"] == "too_weak"
    assert check(overturned(people()), "equivalence") is None


def test_those_who_left_are_put_at_either_end_of_the_scale():
    """Of 40 served 10 left: at 0 in place of about 6 the mean falls by a quarter of what they would have had."""
    few, many = (
        check(overturned(people(leave=2)), "attrition_bounds"),
        check(overturned(people(leave=40)), "attrition_bounds"),
    )
    assert few["verdict"] == "holds"
    assert many["verdict"] == "may_turn"
    assert many["low"] < few["low"] < few["estimate"] < few["high"] < many["high"]
    assert check(overturned(people()), "attrition_bounds") is None


def test_hidden_bias_in_pairs_who_began_alike():
    strong, nothing = check(overturned(people()), "pairs"), check(overturned(people(0.0)), "pairs")
    assert strong["verdict"] == "closed"
    assert strong["estimate"] > 3
    assert nothing["verdict"] == "open"
    assert 10 <= strong["n"] <= 40
    assert check(overturned(people(n=18)), "pairs") is None
    fallen = check(overturned(people(-2.0)), "pairs")
    assert fallen["verdict"] == "closed"


@pytest.mark.parametrize(
    ("drift", "noise", "verdict"), [(0.8, 0.3, "contradicted"), (0.0, 0.1, "not_contradicted"), (0.0, 3.0, "too_weak")]
)
def test_an_earlier_trend_has_three_answers(drift, noise, verdict):
    found = overturned(people(waves=3, drift=drift, noise=noise), margin={"y": 0.3}, start=2)
    assert check(found, "earlier_trends")["verdict"] == verdict


@pytest.mark.parametrize(("moved", "verdict"), [(1.5, "contradicted"), (0.0, "not_contradicted")])
def test_an_outcome_that_nothing_could_have_moved(moved, verdict):
    found = overturned(people(placebo=moved), placebo=["weather"], margin={"weather": 0.5})
    assert check(found, "placebo", "weather")["verdict"] == verdict
    assert check(found, "placebo") is None


def test_a_margin_of_a_share_is_in_points_before_the_start_too():
    """The plan writes 0.1, the frame holds per cent: 3 points of drift are within ten."""
    items = about(margin={"y": 0.1}, start=2)
    items["outcomes"][0]["kind"] = "binary"
    frame = people(waves=3, noise=0.1, drift=3.0, effect=20.0)
    design = detect_design(frame, None, plan_of(items))
    compared = compare_outcomes(frame, items, design, balance=likeness(frame, items), attrition=who_left(frame, items))
    found = what_would_overturn(frame.assign(y=frame["y"] + 0.0), items, compared)
    earlier = check(found, "earlier_trends")
    assert earlier["estimate"] == pytest.approx(3.0, abs=0.2)
    assert earlier["verdict"] == "contradicted"
    calm = what_would_overturn(people(waves=3, noise=3.0, effect=20.0), items, compared)
    assert check(calm, "earlier_trends")["verdict"] == "not_contradicted"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_has_its_sentence(lang):
    found = overturned(
        people(waves=3, leave=4, noise=0.1), margin={"y": 0.3, "weather": 0.5}, start=2, placebo=["weather"]
    )
    said = " ".join(words.overturning(found, lang))
    assert set(CHECKS) == set(found.estimates["measure"])
    assert "words.overturning" not in said
    assert {"en": "does not prove", "fr": "ne la prouve pas", "nl": "bewijst haar niet"}[lang] in said
