"""The audit of a framework, section by section, and another version of it beside the study's own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.indicators import Cells, IndicatorTree
from vises_methods.indicators.audit_document import SECTIONS
from vises_methods.language import words
from vises_methods.methodology import IndicatorChoices, UncertaintyChoices, load_methodology
from vises_methods.results import Result
from vises_methods.study import open_study
from vises_methods.synthesis import framework_audit, framework_soundness, framework_versions

FEWER = IndicatorChoices(uncertainty=UncertaintyChoices(draws=100))
NODES = pd.DataFrame(
    {
        "code": ["A", "A1", "a", "b", "c", "B", "B1", "d"],
        "parent": [None, "A", "A1", "A1", "A1", None, "B", "B1"],
        "level": [3, 2, 1, 1, 1, 3, 2, 1],
        "min": [None, None, 0, 0, 0, None, None, 0],
        "max": [None, None, 100, 100, 100, None, None, 100],
        "unit": [None, None, "percent", "percent", "percent", None, None, "percent"],
    }
)
TREE = IndicatorTree.from_frame(NODES)


@pytest.fixture(scope="module")
def audited() -> Result:
    """Thirty enterprises: b repeats a, c pulls against both, d is reported by four."""
    draws = np.random.default_rng(3).uniform(0, 100, size=30)
    numbers = pd.DataFrame({"a": draws, "b": draws, "c": 100 - draws, "d": np.nan}, index=[f"u{i}" for i in range(30)])
    numbers.iloc[:4, 3] = [100.0, 100, 100, 20]
    states = numbers.notna().replace({True: "reported", False: "not_collected"})
    return framework_audit(Cells(numbers, states, pd.Series("G1", index=numbers.index)), TREE, FEWER)


def test_every_section_stands_and_names_no_enterprise(audited: Result) -> None:
    assert set(audited.details) >= set(SECTIONS) - {"sensitivity"}
    for name in SECTIONS:
        if name in audited.details:
            table = audited.details[name].astype(str)
            assert not table.isin([f"u{i}" for i in range(30)]).to_numpy().any(), name


def test_sections_hold_what_their_words_say(audited: Result) -> None:
    states = audited.details["states"].set_index("indicator")
    assert states.loc["a", ["reported", "not_collected"]].tolist() == [30, 0]
    quality = audited.details["quality"].set_index(["subject", "other"])
    assert quality.loc[("a", "b"), "flag"] == "indicators.audit.values.flag.high"
    assert quality.loc[("a", "c"), "flag"] == "indicators.audit.values.flag.low"
    assert quality.loc[("c", "A1"), "flag"] == "indicators.audit.values.flag.weak"
    weights = audited.details["weights"].set_index("element")
    assert weights.loc[["a", "b", "c"], "variance_share"].tolist() == pytest.approx([1, 1, -1])
    assert weights.loc["a", "effective"] == pytest.approx(1 / 3)
    removed = audited.details["removal"].set_index("subject")
    assert set(removed.index) == {"a", "b", "c"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_section_is_told_in_words(audited: Result, lang: str) -> None:
    told = {
        name: " ".join(getattr(words, name)(audited, lang))
        for name in ("reporting", "scales", "extremes", "correlations", "consistency", "components", "exerted")
    }
    assert all(told.values())
    assert told["exerted"].count("4") == 2, "of four elements, one of them a heading, all four"
    assert words.to_look_at(audited)["flag"].notna().all()


def test_numbers_of_fewer_than_five_enterprises_are_not_shown() -> None:
    """Of three who report d, the mean would give one of them away to the other two."""
    numbers = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6], "b": [1.0, 5, 9, np.nan, np.nan, np.nan]}, index=list("uvwxyz"))
    states = numbers.notna().replace({True: "reported", False: "not_collected"})
    tree = IndicatorTree.from_frame(NODES[NODES["code"].isin(["A", "A1", "a", "b"])])
    cells = Cells(numbers, states, pd.Series("G1", index=numbers.index))
    scales = framework_audit(cells, tree, FEWER).details["scales"].set_index("indicator")
    assert scales.loc["b", ["mean", "sd", "at_floor"]].isna().all()
    assert scales.loc["b", "reason"] == "synthesis.reasons.few_to_show"
    assert scales.loc["a", "mean"] == pytest.approx(3.5)


def test_soundness_counts_what_weakens_a_score() -> None:
    study = open_study("demo")
    found = framework_soundness(study, IndicatorTree.from_yaml(study.framework_path))
    rows = found.estimates.set_index("subject")
    assert rows.loc["faults", "estimate"] == 0
    assert rows.loc["single_child", "concerns"] == "B3~D2~E"
    assert rows.loc["nothing_scored", "concerns"] == "E2"
    assert len(words.soundness(found, "nl")) == 4


def test_another_version_of_the_framework_over_the_same_values() -> None:
    """In the short version C2 keeps one of three indicators: who reports the others alone has no score by it."""
    study = open_study("demo")
    tree = IndicatorTree.from_yaml(study.framework_path)
    found = framework_versions(study, tree, load_methodology("baseline").indicators)
    rows = found.estimates.set_index("subject")
    assert found.options["indicators"] == [37, 12]
    assert rows.loc["A3", ["estimate", "high"]].tolist() == [0, 0]
    assert rows.loc["A3", "low"] < 0, "a narrower band lowers who lies between the old and the new"
    assert rows.loc["C2", "only_first"] == 2
    assert pd.isna(rows.loc["C1", "low"]), "the extremes of three enterprises are not shown"
    assert rows.loc["F2", "reason"] == "synthesis.reasons.few_to_show"
    differences = found.details["differences"].set_index("node")
    assert differences.loc["B2.4", ["first", "second"]].tolist() == ["1 – 5", "2 – 5"]
    same = dataclasses.replace(study, framework_beside_path=study.framework_path)
    assert (framework_versions(same, tree, load_methodology("baseline").indicators).estimates["moved"] == 0).all()


def test_without_another_version_a_reason_is_given() -> None:
    study = dataclasses.replace(open_study("demo"), framework_beside_path=None)
    tree = IndicatorTree.from_yaml(study.framework_path)
    reason = framework_versions(study, tree, FEWER).not_estimable
    assert reason is not None
    assert "study.yml" in reason.sentence("fr")
