"""Three verdicts, and the bounds between them: at the bound is on the better side."""

import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES, text
from vises_methods.results import Result
from vises_methods.synthesis import (
    fit_for_aggregation,
    fit_for_coding,
    fit_for_comparison,
    fit_for_portrait,
    fit_for_synthesis,
)


def checks(result: Result) -> dict[str, tuple[str, float]]:
    return {row["check"]: (row["verdict"], row["value"]) for row in result.details["checks"].to_dict("records")}


def test_a_heading_counts_when_it_has_words_in_any_language():
    portrait = {"needs": {"nl": "Werk."}, "missions": {"fr": ""}, "means": None, "activities": {"fr": "", "en": "x"}}
    assert checks(fit_for_portrait({"portrait": portrait}, pd.DataFrame()))["headings"] == ("stop", 2.0)


@pytest.mark.parametrize(("count", "verdict"), [(0, "stop"), (1, "read"), (3, "read"), (4, "fit")])
def test_the_bounds_themselves_are_on_the_better_side(count, verdict):
    stakeholders = pd.DataFrame({"stakeholder": [f"s{number}" for number in range(count)]})
    assert checks(fit_for_portrait({"portrait": {}}, stakeholders))["stakeholders"] == (verdict, count)


def test_a_text_that_nobody_read_is_no_text_and_names_are_parted_by_semicolons():
    documents = pd.DataFrame(
        {
            "coders": ["ana;ben", "ana; ", None, ["ana", "ben"]],
            "stakeholder_group": ["staff", "staff", "users", "staff"],
        }
    )
    assert checks(fit_for_coding(documents)) == {
        "texts": ("read", 3.0),
        "double_coded": ("fit", 0.5),
        "voices": ("read", 2.0),
    }


def test_nothing_collected_is_three_stop_signs_and_no_error():
    empty = pd.DataFrame({"coders": [], "stakeholder_group": []})
    assert [verdict for verdict, _ in checks(fit_for_coding(empty)).values()] == ["stop"] * 3
    survey = pd.DataFrame({"respondent": [], "wave": [], "arm": []})
    assert [verdict for verdict, _ in checks(fit_for_comparison(survey)).values()] == ["stop"] * 3


def indicators(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["indicator", "year", "breakdown", "value", "missing", "quality"])


def test_the_latest_year_is_the_latest_with_a_value():
    """An empty year laid out in advance does not make everything missing."""
    table = indicators(
        ("A", 2024, None, 1.0, None, 3),
        ("B", 2024, None, None, "refused", None),
        ("C", 2024, None, None, "not_applicable", None),
        ("A", 2025, None, None, "not_collected", None),
        ("B", 2025, None, None, "not_collected", None),
    )
    assert checks(fit_for_aggregation(table)) == {
        "reported": ("read", 0.5),
        "years": ("read", 1.0),
        "documented": ("fit", 1.0),
    }


def test_values_all_missing_are_a_stop():
    table = indicators(("A", 2024, None, None, "refused", None))
    assert checks(fit_for_aggregation(table))["reported"] == ("stop", 0.0)


def test_only_served_people_who_answered_first_and_last_are_followed():
    survey = pd.DataFrame(
        [
            ("r1", 0, "participants"),
            ("r1", 2, "participants"),
            ("r2", 0, "participants"),
            ("r3", 2, "participants"),
            ("c1", 0, "comparison"),
            ("c1", 2, "comparison"),
        ],
        columns=["respondent", "wave", "arm"],
    )
    assert checks(fit_for_comparison(survey)) == {
        "waves": ("fit", 2.0),
        "followed": ("stop", 1.0),
        "kept": ("read", 0.5),
    }


def test_an_approach_that_published_nothing_is_no_source():
    something = fit_for_portrait({"portrait": {}}, pd.DataFrame())
    found = checks(fit_for_synthesis([{"fit": something}, {}, {}], {"questions": [{"id": "q1"}]}))
    assert found["sources"][1] == 1.0
    assert found["questions"][1] == 1.0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_has_its_words(lang):
    for check in ("headings", "stakeholders", "texts", "double_coded", "voices", "reported", "years", "documented"):
        said = {
            text(f"synthesis.checks.{check}.{verdict}", lang, value=0.5, bound=1.0)
            for verdict in ("fit", "read", "stop")
        }
        assert len(said) == 3
