"""No causal verb below the grade that allows it: every design, what caps it, every language, all that a reader sees.

Surveys and series of every design are made, compared as the notebook compares them, and told: sentences, tables, words
of figures and every word on the figures themselves.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from vises_methods import plots, synthesis
from vises_methods.catalogue import LANGUAGES, entries
from vises_methods.language import words
from vises_methods.language.tables import table_html
from vises_methods.outcomes import causal_words, detect_design, overclaims
from vises_methods.outcomes.design import REACHABLE
from vises_methods.outcomes.sentences import CAUSAL_GRADE

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
    items = {
        "items": [{"id": "t", "min": 1, "max": 5, "reverse": False}],
        "outcomes": [{"id": "trust", "items": ["t"], "kind": "ordinal", "aggregate": "single", "primary": True,
                      "unit": "likert_1_5", "label": LABELS, "direction": "higher"}],
        "covariates": [],
        "plan": plan,
    }  # fmt: skip
    frame = synthesis.outcome_frame(survey(arms, waves, shift), items)
    line = series(roles) if roles else pd.DataFrame()
    design = detect_design(frame, line if roles else None, plan)
    left, alike = synthesis.who_left(frame, items), synthesis.likeness(frame, items)
    compared = synthesis.compare_outcomes(frame, items, design, balance=alike, attrition=left)
    found = [
        (words.design, None, design),
        (words.attrition, plots.attrition, left),
        (words.balance, plots.balance, alike),
        (words.outcomes, plots.outcomes, compared),
        (None, plots.paired_slopes, compared),
        (words.rank_effects, None, synthesis.rank_effects(frame, items)),
        (words.overturning, None, synthesis.what_would_overturn(frame, items, compared)),
        (words.series, plots.series_course, synthesis.compare_series(line, plan)),
        (words.specifications, plots.specification_curve, synthesis.all_ways(frame, items, permutations=9)),
    ]
    grades = [0] if compared.not_estimable else compared.estimates["grade"].tolist()
    return design, found, int(max(grades))


def told(found, lang: str) -> str:
    said = []
    for tell, figure, result in found:
        if result.not_estimable is not None:
            said.append(result.not_estimable.sentence(lang))
            continue
        said += [notice.sentence(lang) for notice in result.notices]
        said += tell(result, lang) if tell else []
        if figure is not None:
            said.append(figure.alt_text(result, lang))
            said += [word.get_text() for word in figure.plot(result, lang=lang).figure.findobj(Text)]
        said.append(table_html(result.estimates, lang=lang, caption="outcomes", columns=words.OUTCOME_COLUMNS))
    return "\n".join(said)


@pytest.mark.parametrize("kind", MADE)
def test_no_text_on_a_design_says_more_than_its_grade(kind):
    for conduct in CONDUCT:
        for shift in (0.0, 0.8):
            design, found, grade = results(kind, conduct, shift)
            assert design.kind == kind
            assert grade <= REACHABLE[kind]
            for lang in LANGUAGES:
                assert overclaims(told(found, lang), lang, grade) == (), (conduct, shift, lang)


def test_every_design_is_made():
    assert set(MADE) == set(REACHABLE) - {"outputs_only"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_comparison_portfolio_and_synthesis_is_causal_by_itself(lang):
    """What stands in the catalogue around estimates is shown at any grade, so none of it may be causal."""
    rooms = ("words.", "plots.", "synthesis.notices", "synthesis.reasons", "language.columns", "language.captions")
    graded = "outcomes.wording.grade_"
    spoken = {key: value for key, value in entries(lang).items() if key.startswith(rooms) and graded not in key}
    loud = {key: causal_words(value, lang) for key, value in spoken.items()}
    assert {key: found for key, found in loud.items() if found} == {}
    assert CAUSAL_GRADE == 3
