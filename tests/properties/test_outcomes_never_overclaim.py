"""No causal verb below the grade that allows it: every design, what caps it, every language, all that a reader sees.

Surveys and series of every design are made, compared as the notebook compares them, and told: sentences, tables, words
of figures and every word on the figures themselves.
"""

from functools import cache
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from vises_methods import plots, synthesis
from vises_methods.catalogue import LANGUAGES, entries
from vises_methods.language import words
from vises_methods.language.tables import table_html
from vises_methods.outcomes import causal_words, detect_design, grade, match, overclaims, weight, wording
from vises_methods.outcomes.design import REACHABLE
from vises_methods.outcomes.sentences import CAUSAL_GRADE
from vises_methods.synthesis.outcome_frame import one_row_each

BOTH = ("participants", "comparison")
LABELS = {"fr": "La confiance", "nl": "Vertrouwen", "en": "Trust"}
CONDUCT = {
    "planned": {"primary": ["trust"], "model": "difference_in_differences", "comparison_chosen": "before",
                "attrition_bound": 0.2},
    "unplanned": {},
    "chosen_after": {"primary": ["trust"], "model": "difference_in_differences", "comparison_chosen": "after"},
}  # fmt: skip
MADE = {
    "one_wave": (("participants",), (0,), False),
    "after_only_comparison": (BOTH, (1,), False),
    "before_after": (("participants",), (0, 1), False),
    "before_after_trend": (("participants",), (0, 1), ("control",)),
    "interrupted_series": (("participants",), (0, 1), ("served",)),
    "interrupted_series_control": (("participants",), (0, 1), ("served", "control")),
    "comparison": (BOTH, (0, 1), False),
    "waiting_list": (BOTH, (0, 1, 2), False),
    "threshold": (BOTH, (0, 1), False),
    "lottery": (BOTH, (0, 1), False),
    "random": (BOTH, (0, 1), False),
}
ITEMS = {
    "items": [{"id": "t", "min": 1, "max": 5, "reverse": False}],
    "outcomes": [{"id": "trust", "items": ["t"], "kind": "ordinal", "aggregate": "single", "primary": True,
                  "unit": "likert_1_5", "label": LABELS, "direction": "higher"}],
    "covariates": [],
    "plan": {},
}  # fmt: skip
ASSIGNED = ("waiting_list", "threshold", "lottery", "random")


def survey(arms, waves, shift: float) -> pd.DataFrame:
    random = np.random.default_rng(3)
    rows = []
    for arm in arms:
        for person in range(24):
            start = 1 + person % 4
            for wave in waves:
                up = shift * wave * (arm == "participants") + 0.3 * random.normal()
                rows.append(
                    (f"{arm}{person}", wave, arm, f"s{person % 6}{arm[0]}", "c", float(np.clip(start + up, 1, 5)))
                )
    return pd.DataFrame(rows, columns=["respondent", "wave", "arm", "site", "cohort", "t"])


def series(roles) -> pd.DataFrame:
    random = np.random.default_rng(5)
    parts = [
        pd.DataFrame({"indicator": "jobs", "label": "Jobs", "period": [f"2022-{month:02d}" for month in range(1, 13)],
                      "value": random.normal(size=12).round(1), "role": role, "event": [None] * 8 + ["x"] + [None] * 3})
        for role in roles
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@cache
def results(kind: str, conduct: str, shift: float):
    arms, waves, roles = MADE[kind]
    plan = {**CONDUCT[conduct], "assignment": kind if kind in ASSIGNED else "unknown"}
    items = ITEMS | {"plan": plan}
    frame = synthesis.outcome_frame(survey(arms, waves, shift), items)
    line = series(roles) if roles else pd.DataFrame()
    design = detect_design(frame, line if roles else None, plan)
    left, alike = synthesis.who_left(frame, items), synthesis.likeness(frame, items)
    compared = synthesis.compare_outcomes(frame, items, design, balance=alike, attrition=left)
    ended = 0 if compared.not_estimable else int(max(compared.estimates["grade"]))
    course = synthesis.compare_series(line, plan)
    departed = 0 if course.not_estimable else int(max(course.estimates["grade"]))
    found = [
        (words.design, None, design, design.grade),
        (words.attrition, plots.attrition, left, ended),
        (words.balance, plots.balance, alike, ended),
        (words.outcomes, plots.outcomes, compared, ended),
        (None, plots.paired_slopes, compared, ended),
        (words.rank_effects, None, synthesis.rank_effects(frame, items), ended),
        (words.overturning, None, synthesis.what_would_overturn(frame, items, compared), ended),
        (words.series, plots.series_course, course, departed),
        (words.specifications, plots.specification_curve, synthesis.all_ways(frame, items, permutations=9), ended),
    ]
    return design, found, ended


def told(tell, figure, result, lang: str, drawn: bool) -> str:
    if result.not_estimable is not None:
        return result.not_estimable.sentence(lang)
    said = [notice.sentence(lang) for notice in result.notices]
    said += tell(result, lang) if tell else []
    if figure is not None:
        said.append(figure.alt_text(result, lang))
    if figure is not None and drawn:
        said += [word.get_text() for word in figure.plot(result, lang=lang).figure.findobj(Text)]
    said.append(table_html(result.estimates, lang=lang, caption="outcomes", columns=words.OUTCOME_COLUMNS))
    return "\n".join(said)


@pytest.mark.parametrize("kind", MADE)
def test_no_text_on_a_design_says_more_than_its_grade(kind):
    """Each part is held to the grade of its own result; figures, whose words do not vary with conduct, once."""
    for conduct, shift in product(CONDUCT, (0.0, 0.8)):
        design, found, grade = results(kind, conduct, shift)
        assert design.kind == kind
        assert grade <= REACHABLE[kind]
        drawn = (conduct, shift) == ("planned", 0.0)
        for lang, (tell, figure, result, allowed) in product(LANGUAGES, found):
            said = told(tell, figure, result, lang, drawn)
            assert overclaims(said, lang, allowed) == (), (conduct, shift, lang, result.method)
        plt.close("all")


def test_every_design_is_made():
    assert set(MADE) == set(REACHABLE) - {"outputs_only"}


def test_outputs_without_a_survey_are_told_as_activity():
    items = {"items": [], "outcomes": [], "covariates": [], "plan": {}}
    design = detect_design(pd.DataFrame(columns=["respondent", "wave", "arm"]))
    assert (design.kind, design.grade) == ("outputs_only", 0)
    frame = synthesis.outcome_frame(pd.DataFrame(), None)
    left, alike = synthesis.who_left(frame, items), synthesis.likeness(frame, items)
    compared = synthesis.compare_outcomes(frame, items, design, balance=alike, attrition=left)
    for lang in LANGUAGES:
        said = [*words.design(design, lang), compared.not_estimable.sentence(lang)]
        assert causal_words("\n".join(said), lang) == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_matching_by_itself_is_told_without_a_causal_word(lang):
    """What ``match`` and ``weight`` say when called alone: their notices, and what may be said of their estimates."""
    frame = synthesis.outcome_frame(survey(BOTH, (0, 1), 0.8), ITEMS)
    wide = one_row_each(frame, "trust")
    weighted = weight(wide, "arm", ["before"], outcome="trust")
    matched = match(wide, "arm", ["before"])
    said = [notice.sentence(lang) for result in (weighted, matched) for notice in result.notices]
    for conduct in CONDUCT.values():
        graded = grade(weighted, detect_design(frame, plan=conduct), balance=weighted, plan=conduct)
        text = " ".join(remark.sentence(lang) for remark in wording(graded, weighted, outcome="Trust"))
        assert overclaims(" ".join([*said, text]), lang, graded.grade) == ()


ALLOWED = {
    "cli.help": "says what the workbook is for",
    "language.values.effect": "names a kind of arrow that the enterprise itself drew",
    "language.values.impact": "names a box that the enterprise itself filled",
    "notebooks.00_start_here.title": "says what the workbook is for",
    "notebooks.03_qualitative_coding.together": "warns that what occurs together need not be cause and effect",
    "outcomes.grades.label.3": "the label of grade 3 itself",
    "synthesis.errors.circle.allowed": "names a box that the enterprise itself filled",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_the_whole_workbook_is_causal_by_itself(lang):
    """Indexes, portfolio, synthesis, notebooks: what stands in the catalogue is shown beside estimates of any grade."""
    loud = {key for key, value in entries(lang).items() if causal_words(value, lang)}
    assert loud <= set(ALLOWED)
    assert CAUSAL_GRADE == 3
