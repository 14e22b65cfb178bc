"""Sentences by grade: no causal word below grade 3, in any language, for any design."""

import pandas as pd
import pytest

from vises_methods import outcomes
from vises_methods.catalogue import LANGUAGES, entries
from vises_methods.outcomes.design import REACHABLE
from vises_methods.outcomes.grades import CEILINGS, Grade
from vises_methods.outcomes.inference import estimate_row
from vises_methods.results import Result

LABELS = {"en": ("Trust", "points"), "fr": ("La confiance", "points"), "nl": ("Vertrouwen", "punten")}


def estimate(low=1.0, measure="difference_in_differences"):
    row = estimate_row(measure, "trust", low + 2.0, 1.0, 20.0, n=40, coverage=0.9)
    row |= {"n_served": 21, "n_comparison": 19}
    return Result(method="difference in differences", reference="", estimates=pd.DataFrame([row]))


def a_grade(value, claim="comparison", exploratory=False, design="comparison"):
    summary = {"grade": value, "reached": value, "design": design, "claim": claim, "exploratory": exploratory}
    return Grade(
        method="grade of evidence", reference="",
        estimates=pd.DataFrame([{"measure": "grade", "estimate": float(value)}]),
        details={"grade": pd.DataFrame([summary]), "caps": pd.DataFrame(columns=["code", "cap"])},
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("design", REACHABLE)
@pytest.mark.parametrize("claim", CEILINGS)
def test_no_design_and_language_says_more_than_its_grade(design, claim, lang):
    value = min(REACHABLE[design], CEILINGS[claim])
    outcome, unit = LABELS[lang]
    for low in (1.0, -2.5):
        said = outcomes.wording(a_grade(value, claim, True, design), estimate(low), outcome=outcome, unit=unit)
        text = " ".join(remark.sentence(lang) for remark in said)
        assert outcomes.overclaims(text, lang, value) == ()
        assert "{" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_the_room_below_grade_three_is_clean(lang):
    texts = {key: value for key, value in entries(lang).items() if key.startswith("outcomes.")}
    allowed = ("outcomes.wording.grade_3", "outcomes.wording.grade_4", "outcomes.wording.grade_5",
               "outcomes.grades.label.3", "outcomes.grades.label.4", "outcomes.grades.label.5")  # fmt: skip
    loud = {key: outcomes.causal_words(value, lang) for key, value in texts.items() if key not in allowed}
    assert {key: words for key, words in loud.items() if words} == {}


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("en", "It had an effect, improved by ten, thanks to us; it led to jobs and caused joy: an impact.", 6),
        ("en", "The effective sample size; other causes; not an effect.", 0),
        ("fr", "Grâce à nous ; l’effet, l'impact ; cela a permis, a entraîné et a amélioré.", 6),
        ("fr", "En effet, ce n'est pas un effet ; c'est une évolution, non un effet.", 0),
        ("nl", "Dankzij ons; het effect, de impact; het leidde tot, zorgde voor en verbeterde.", 6),
        ("nl", "Dit is geen effect en leidt af.", 0),
    ],
)
def test_causal_words_are_found_and_denials_are_not(lang, text, words):
    assert len(outcomes.causal_words(text, lang)) == words


def test_verbs_grow_with_the_grade():
    said = [outcomes.wording(a_grade(value), estimate(), outcome="trust")[0].sentence("en") for value in (3, 4, 5)]
    assert ["may have" in said[0], "probably" in said[1], "The programme changed" in said[2]] == [True] * 3


@pytest.mark.parametrize(("lang", "number"), [("en", "+3.00 points"), ("fr", "+3,00 points"), ("nl", "+3,00 punten")])
def test_numbers_are_written_as_the_language_does(lang, number):
    outcome, unit = LABELS[lang]
    assert number in outcomes.wording(a_grade(2), estimate(), outcome=outcome, unit=unit)[0].sentence(lang)


def test_an_interval_that_holds_zero_says_what_was_too_small_to_see():
    rider = outcomes.wording(a_grade(3), estimate(-2.5), outcome="trust")[1]
    assert rider.code == "outcomes.wording.rider_zero"
    assert rider.sentence("en").endswith("a difference under 2.95 could not have been seen.")
    assert len(outcomes.wording(a_grade(3), estimate(1.0), outcome="trust")) == 1


def test_a_comparison_after_only_is_not_called_a_change():
    said = outcomes.wording(a_grade(1, "levels"), estimate(measure="difference"), outcome="Trust")[0]
    assert said.code == "outcomes.wording.grade_1_after_only"


def test_what_could_not_be_estimated_gives_its_reason():
    missing = outcomes.paired_change([1.0], [2.0])
    assert outcomes.wording(a_grade(0), missing, outcome="Trust")[0].code == "outcomes.reasons.few_people"


def test_the_raw_change_is_told_not_the_standardised_one():
    change = outcomes.paired_change([1, 2, 3, 5], [2, 4, 4, 5])
    said = outcomes.wording(a_grade(1, "change"), change, outcome="Trust")[0]
    assert "changed by +1.00 between" in said.sentence("en")


def test_an_estimate_without_interval_says_so():
    row = {"measure": "difference", "subject": "trust", "estimate": 1.0, "n": 9, "coverage": 1.0, "level": 0.95}
    bare = Result(method="difference of means", reference="", estimates=pd.DataFrame([row]))
    assert outcomes.wording(a_grade(1), bare, outcome="Trust")[0].code == "outcomes.wording.no_interval"
