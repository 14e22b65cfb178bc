"""The audit: every check, and its document in three languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import IndicatorTree, audit, audit_document
from vises_methods.indicators.audit_document import SECTIONS
from vises_methods.results import Result

CHECKS = ["reporting", "skewed", "repeats", "opposes", "strays", "consistency", "weights", "leaning"]


@pytest.fixture
def audited() -> Result:
    draws = np.random.default_rng(5).uniform(1, 9, size=(30, 4))
    values = pd.DataFrame(draws, columns=list("abcd"), index=[f"u{i}" for i in range(30)])
    values["b"] = values["a"]
    values["c"] = 10 - values["a"]
    values.loc["u0", "d"] = 4000.0
    values.loc["u10":, "d"] = values.loc["u10":, "d"].where(np.arange(20) > 15)
    tree = IndicatorTree.from_frame(
        pd.DataFrame({"code": ["i", "p", "q", *"abcd"], "parent": [None, "i", "i", "p", "p", "p", "q"]})
    )
    choices = {"weight_noise": 0.5, "aggregation": ["arithmetic", "geometric"]}
    return audit(values, tree, {"normalisation": "minmax", "low": 1.0}, choices, draws=50)


def test_every_check_names_what_it_is_about(audited: Result) -> None:
    rows = audited.estimates.set_index("measure")
    assert list(rows.index) == [*CHECKS, "certainty"]
    assert rows.loc["reporting", ["verdict", "concerns"]].tolist() == ["no", "d"]
    assert rows.loc["skewed", "concerns"] == "d"
    assert rows.loc["repeats", "concerns"] == "a~b"
    assert rows.loc["opposes", "concerns"] == "a~c, b~c"
    assert "c" in rows.loc["strays", "concerns"].split(", ")
    assert rows.loc["consistency", "verdict"] == "read"
    assert rows.loc["certainty", "concerns"] == "i"
    assert 0 <= rows.loc["certainty", "estimate"] <= 1
    assert set(audited.details) == {*SECTIONS, "outliers", "importance", "treated", "ranks"}


@pytest.mark.parametrize(("lang", "word"), [("fr", "Non satisfait"), ("nl", "Voldoet niet"), ("en", "Does not pass")])
def test_the_document_speaks_three_languages(audited: Result, lang: str, word: str) -> None:
    document = audit_document(audited, lang)
    assert document.count("\n## ") == len(CHECKS) + 1 + len(SECTIONS) + bool(audited.notices)
    assert document.count("\n| --- |") == len(SECTIONS), "a table a section"
    assert word in document
    assert "a~b" in document
    assert document == audit_document(Result.from_json(audited.to_json()), lang)


def test_what_was_not_asked_for_is_said_and_not_dropped() -> None:
    """Without alternatives there are no intervals and nothing to share out: the sections stand, with the reason."""
    tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))
    values = pd.DataFrame({"a": [1.0, 2, 4, 3, 5, 6], "b": [2.0, 1, 3, 4, 6, 5]}, index=list("uvwxyz"))
    plain = audit(values, tree)
    assert {"intervals", "sensitivity"}.isdisjoint(plain.details)
    assert audit_document(plain, "en").count("alternative") >= 2
    assert "sensitivity" not in audit(values, tree, None, {"weight_noise": 0.2}, draws=20).details


def test_sections_are_the_functions_they_come_from(audited: Result) -> None:
    """Each table says what the public function of its section says of the same data."""
    alpha = audited.details["alpha"].query("measure == 'alpha'").set_index("heading")["estimate"]
    quality = audited.details["quality"].query("measure == 'alpha'").set_index("heading")["estimate"]
    assert alpha["p"] == pytest.approx(quality["p"])
    weights = audited.details["weights"].set_index("element")
    assert weights.loc["p", "effective"] == pytest.approx(0.5)
    assert audited.details["treated"][["unit", "indicator"]].to_numpy().tolist() == [["u0", "d"]]
    first = audited.details["components"].query("of == 'indicators' and component == 1").iloc[0]
    assert first["share"] > 0.7
    assert audited.details["sensitivity"]["total_mean"].between(-0.1, 1.2).all()


def test_sound_data_pass_and_too_few_units_are_told() -> None:
    tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))
    values = pd.DataFrame({"a": [1.0, 2], "b": [2.0, 1]}, index=["u", "v"])
    rows = audit(values, tree).estimates.set_index("measure")
    assert rows.loc["reporting", "verdict"] == "yes"
    assert rows.loc["consistency", ["verdict", "reason"]].tolist() == ["read", "indicators.reasons.nothing_to_check"]
    assert "–" in audit_document(audit(values, tree), "nl")
