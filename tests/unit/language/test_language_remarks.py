"""Remarks are told with the names that readers know: of outcomes, of categories, of units."""

from dataclasses import replace

import pandas as pd
import pytest

from vises_methods.language.remarks import sentence
from vises_methods.plots import balance
from vises_methods.results import Remark, Result
from vises_methods.synthesis import outcome_labels

EMPTY = pd.DataFrame({"measure": [], "subject": [], "estimate": []})
RESULT = Result("m", "r", EMPTY).labelled(
    {"conf": {"fr": "Confiance", "en": "Confidence"}, "home": {"en": "Household"}}
)


@pytest.mark.parametrize(
    ("lang", "unit", "said"),
    [
        ("en", " likert_1_5", "Confidence changed by +0.27 points on a scale of 1 to 5 more than in the comparison"),
        ("fr", " percentage_points", "Confiance a évolué de +0,27 points de pourcentage de plus que"),
        ("en", "", "Confidence changed by +0.27 more than in the comparison"),
    ],
)
def test_outcome_and_unit_are_named_and_the_number_is_parted_from_its_unit(lang, unit, said):
    values = {"y": "conf", "d": 0.27, "lo": -0.04, "hi": 0.59, "s": 61, "c": 38, "level": 0.95, "n": 99, "unit": unit}
    assert said in sentence(Remark("outcomes.wording.grade_2", values), RESULT, lang)


def test_a_category_is_named_after_its_covariate():
    remark = Remark("outcomes.notices.not_alike", {"covariates": ["conf", "home[couple]"]})
    assert "Confidence, Household (couple)" in sentence(remark, RESULT, "en")


@pytest.mark.parametrize(("lang", "said"), [("fr", "Âge (moins de 30 ans)"), ("nl", "Leeftijd (jonger dan 30)")])
def test_a_category_bears_the_words_that_the_enterprise_gave_it(lang, said):
    labels = outcome_labels(
        {
            "outcomes": [],
            "covariates": [
                {"id": "age", "label": {"fr": "Âge", "nl": "Leeftijd"},
                 "category_labels": {"under 30": {"fr": "moins de 30 ans", "nl": "jonger dan 30"}}}
            ],
        }
    )  # fmt: skip
    result = Result("m", "r", EMPTY).labelled(labels)
    remark = Remark("outcomes.notices.not_alike", {"covariates": ["age[under 30]"]})
    assert said in sentence(remark, result, lang)
    rows = pd.DataFrame({"measure": ["smd"], "subject": ["age[under 30]"], "estimate": [0.4]})
    drawn = balance.plot(replace(result, estimates=rows), lang=lang)
    apart = {"fr": "\u00a0: ", "nl": ": "}[lang]
    assert said.replace(" (", apart).rstrip(")") in [words.get_text() for words in drawn.texts]
