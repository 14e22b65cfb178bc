"""The portrait and what is missing of it: hand-made inputs, numbers counted by hand."""

import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.results import Notice
from vises_methods.synthesis import completeness, missing_values, stakeholder_map, theory_of_change

PEOPLE = ["stakeholder", "group", "label", "position", "influence", "concern"]


def people(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=PEOPLE)


def heard(*groups: str) -> pd.DataFrame:
    return pd.DataFrame({"stakeholder_group": pd.Series(list(groups), dtype="str")})


def test_a_group_is_heard_as_often_as_it_has_documents_and_silence_is_told():
    result = stakeholder_map(
        people(("a", "staff", "Équipe 🧵", "internal", 4, 5), ("b", "funders", "Région", "external", 5, 2)),
        heard("staff", "staff", "users"),
    )
    assert result.details["stakeholders"]["heard"].tolist() == [2, 0]
    assert result.notices == (Notice("synthesis.notices.never_heard", {"groups": ["Région"]}),)
    assert result.estimates[["measure", "subject", "estimate", "n"]].to_numpy().tolist() == [
        ["influence", "a", 4.0, 2],
        ["influence", "b", 5.0, 0],
        ["concern", "a", 5.0, 2],
        ["concern", "b", 2.0, 0],
    ]


def test_without_stakeholders_there_is_a_reason_and_no_notice():
    result = stakeholder_map(people(), heard("staff"))
    assert result.not_estimable.code == "synthesis.reasons.no_stakeholders"
    assert result.notices == ()


def test_an_influence_that_nobody_gave_is_a_reason_and_not_a_zero():
    result = stakeholder_map(people(("a", "staff", "Team", "internal", None, 3)), heard())
    assert result.estimates["reason"].tolist()[0] == "synthesis.reasons.not_asked"
    assert result.estimates["estimate"].isna().tolist() == [True, False]


def node(name: str, *, codes=(), indicators=(), label=None) -> dict:
    return {"id": name, "kind": "activity", "label": label or {"fr": name}, "codes": codes, "indicators": indicators}


def edge(origin: str, to: str, confidence: str | None, assumption=None) -> dict:
    return {"from": origin, "to": to, "confidence": confidence, "assumption": assumption}


def test_arrows_are_counted_by_confidence_and_nodes_by_whether_something_watches_them():
    result = theory_of_change(
        {
            "nodes": [node("n1", codes=["X"]), node("n2"), node("n3", indicators=["A1"]), node("n4")],
            "edges": [edge("n1", "n2", "high"), edge("n2", "n3", None), edge("n1", "n3", "low")],
        }
    )
    rows = result.estimates.set_index("subject")["estimate"]
    assert rows[["high", "medium", "low", "unsaid"]].tolist() == [1, 0, 1, 1]
    assert rows["nodes"] == 0.5
    assert result.notices == (Notice("synthesis.notices.alone", {"count": 1}),)


def test_a_label_in_one_language_is_shown_to_everyone():
    result = theory_of_change({"nodes": [node("n1", label={"nl": "Atelier 🪡"})], "edges": []})
    assert result.label("n1", "fr") == "Atelier 🪡"


@pytest.mark.parametrize("theory", [None, {"nodes": [], "edges": []}])
def test_without_a_theory_there_is_a_reason(theory):
    assert theory_of_change(theory).not_estimable.code == "synthesis.reasons.no_theory"


def test_arrows_in_a_circle_are_refused_and_the_circle_is_shown():
    circle = {"nodes": [node("a"), node("b")], "edges": [edge("a", "b", "high"), edge("b", "a", "low")]}
    with pytest.raises(InputError, match=r"a → b → a|b → a → b"):
        theory_of_change(circle)


def values(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["indicator", "year", "breakdown", "value", "missing"])


def test_the_share_with_a_value_is_of_what_applies():
    """Of four, one does not apply and one was refused: 2 of 3."""
    table = values(
        ("A", 2024, None, 0.0, None),
        ("B", 2024, None, 7.0, None),
        ("C", 2024, None, None, "refused"),
        ("D", 2024, None, None, "not_applicable"),
        ("A", 2024, "women", None, "suppressed"),
    )
    result = missing_values(table)
    assert result.value == pytest.approx(2 / 3)
    assert result.estimates["n"].tolist() == [3]
    assert result.details["states"]["2024"].to_dict() == {
        "A": "reported",
        "B": "reported",
        "C": "refused",
        "D": "not_applicable",
    }


def test_a_year_in_which_nothing_applies_has_a_reason():
    result = missing_values(values(("A", 2023, None, None, "not_applicable"), ("A", 2024, None, 1.0, None)))
    assert result.estimates["estimate"].isna().tolist() == [True, False]
    assert result.estimates["reason"].tolist()[0] == "synthesis.reasons.nothing_applies"


def test_a_cell_without_a_row_stays_empty_and_is_not_called_missing():
    result = missing_values(values(("A", 2023, None, 1.0, None), ("B", 2024, None, 2.0, None)))
    assert pd.isna(result.details["states"].loc["A", "2024"])
    assert result.estimates["n"].tolist() == [1, 1]


def test_no_row_at_all_is_a_reason():
    assert missing_values(values()).not_estimable.code == "synthesis.reasons.no_indicators"


def test_things_that_a_withdrawn_consent_took_out_are_counted_and_not_the_rows_that_tell_of_them():
    """One person took back: two turns and five segments are seven things, told in two rows."""
    left_out = pd.DataFrame({"person": ["p1", "p1"], "kind": ["turns", "codings"], "count": [2, 5]})
    result = completeness({"survey": pd.DataFrame({"respondent": ["r1"]}), "series": pd.DataFrame()}, left_out=left_out)
    assert result.notices == (Notice("synthesis.notices.left_out", {"count": 7}),)
    counted = result.estimates[["subject", "estimate", "coverage"]].to_numpy().tolist()
    assert counted == [["survey", 1, 1], ["series", 0, 0]]


@pytest.mark.parametrize("left_out", [None, pd.DataFrame({"person": [], "kind": [], "count": []})])
def test_where_nothing_was_taken_out_nothing_is_said(left_out):
    assert completeness({"survey": pd.DataFrame()}, left_out=left_out).notices == ()
