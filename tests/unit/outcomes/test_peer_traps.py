"""Traps of other packages that this room does not set: one test each; others stand beside the references."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES, text
from vises_methods.errors import InputError
from vises_methods.outcomes import (
    ancova,
    attrition,
    balance,
    detect_design,
    difference_in_differences,
    grade,
    placebo,
    pool,
    pool_multilevel,
    pre_trends,
    sensitivity_to_confounding,
    weight,
    wild_bootstrap,
)
from vises_methods.synthesis import pooled_outcomes


def test_knapp_hartung_is_not_applied_unasked():
    """PyMARE 0.0.13 reports Knapp-Hartung errors by default."""
    effects, variances = [0.2, 0.5, 0.9, 0.1], [0.04, 0.05, 0.03, 0.06]
    plain, asked = pool(effects, variances), pool(effects, variances, test="knha")
    assert plain.df is None
    assert plain.se != asked.se
    assert np.isclose(plain.se, np.sqrt(1 / (1 / (np.array(variances) + plain.tau2)).sum()))


def people():
    random = np.random.default_rng(8)
    frame = pd.DataFrame({"age": random.normal(40, 8, 80), "site": np.repeat(np.arange(16), 5)})
    frame["arm"] = (frame["age"] + random.normal(0, 8, 80) > 40).astype(int)
    return frame.assign(y=frame["age"] + 2 * frame["arm"] + random.normal(0, 2, 80))


def test_an_effect_bears_the_name_of_the_people_it_is_for():
    """statsmodels 0.15 labels the row ATE also where the effect on the treated was asked for."""
    for estimand in ("ATT", "ATE"):
        assert weight(people(), "arm", ["age"], "ipw", estimand, "y").estimates["measure"].iloc[0] == estimand


def test_people_taken_as_independent_are_told():
    """A bootstrap that leaves clusters out where an argument is left out says nothing; here they cannot be left out."""
    notices = [notice.code for notice in ancova(people(), "y", "arm").notices]
    assert "outcomes.notices.independent_people" in notices
    assert wild_bootstrap(people(), "y ~ arm", "arm", "site").details["draws"]["clusters"].iloc[0] == 16


def followed(effect=1.0, drift=0.0, n=80, noise=0.3):
    """Three waves, the start before the last; the served drift away by so much a wave before it."""
    random = np.random.default_rng(2)
    rows = [
        {"respondent": person, "wave": wave, "arm": ("comparison", "participants")[person % 2], "site": person % 20,
         "y": person % 5 + (person % 2) * (drift * wave + effect * (wave == 2)) + noise * random.normal()}
        for person in range(n) for wave in range(3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


VERDICTS = [
    ({"drift": 1.0}, 0.5, "contradicted"),
    ({"noise": 0.05}, 0.5, "not_contradicted"),
    ({"noise": 5.0}, 0.5, "too_weak"),
    ({"noise": 0.05}, None, "too_weak"),
]


@pytest.mark.parametrize(("made", "margin", "verdict"), VERDICTS)
def test_a_check_has_three_verdicts_and_passing_is_not_proof(made, margin, verdict):
    """Packages print "parallel trends hold" for p > 0.05. Without a margin ours can contradict, never reassure."""
    frame = followed(**made)
    earlier = pre_trends(frame, "y", start=2, margin=margin)
    told = earlier.details["verdict"].iloc[0]
    assert told["verdict"] == verdict
    assert told["detectable"] > 0
    nothing = difference_in_differences(frame[frame["wave"] < 2], "y")
    assert placebo(nothing, margin=margin).details["verdict"]["verdict"].iloc[0] == verdict
    code = next(notice.code for notice in earlier.notices if "check" in notice.code)
    doubt = {"en": "does not prove", "fr": "ne la prouve pas", "nl": "bewijst haar ook niet"}
    weak = {"en": "too weak", "fr": "trop faible", "nl": "te zwak"}
    for lang in LANGUAGES:
        wanted = {"not_contradicted": doubt[lang], "too_weak": weak[lang], "contradicted": ""}[verdict]
        assert wanted in text(code, lang)


def test_a_check_that_passes_raises_no_grade_and_one_that_fails_lowers_it():
    for made, lowered in (({"noise": 0.05}, False), ({"drift": 1.0}, True)):
        frame = followed(**made)
        first = frame[frame["wave"] == 0]
        known = {"balance": balance(first, "arm", ["y"]), "attrition": attrition(frame, "y")}
        compared = difference_in_differences(frame[frame["wave"] != 1], "y")
        plan = {"primary": ["y"], "model": "difference_in_differences"}
        without = grade(compared, detect_design(frame), plan=plan, **known)
        checked = grade(compared, detect_design(frame), plan=plan, **known,
                        pre_trends=pre_trends(frame, "y", start=2, margin=0.5))  # fmt: skip
        assert checked.grade <= without.grade
        assert ("pre_trend_contradicted" in checked.caps) == lowered


def test_a_staggered_start_needs_a_test_that_could_tell():
    """A flat line of five wide intervals before the start has tested nothing: grade 4 is for those that could see."""
    frame = followed(noise=0.05)
    known = {"balance": balance(frame[frame["wave"] == 0], "arm", ["y"]), "attrition": attrition(frame, "y")}
    plan = {"primary": ["y"], "model": "difference_in_differences", "assignment": "waiting_list"}
    design = detect_design(frame, plan=plan)
    assert design.kind == "waiting_list"
    wide = frame.pivot(index="respondent", columns="wave", values="y").add_prefix("y").reset_index()
    wide["arm"] = (wide["respondent"] % 2).astype(int)
    unseen = sensitivity_to_confounding(wide, "y2", "arm", ["y0"], ["y0"])
    compared = difference_in_differences(frame[frame["wave"] != 1], "y")
    grades = {}
    for margin in (None, 0.5):
        check = pre_trends(frame, "y", start=2, margin=margin)
        found = grade(compared, design, plan=plan, **known, pre_trends=check, sensitivity=unseen)
        grades[margin] = found.grade
    assert grades == {None: 3, 0.5: 4}


def test_changes_are_never_averaged_with_comparisons():
    """Meta-analysis packages average whatever they are given: a change without comparison would pass for an effect."""
    with pytest.raises(InputError, match="1, 3"):
        pool([0.8, 0.3, 0.2], [0.1, 0.1, 0.1], grades=[1, 3, 3])
    with pytest.raises(InputError):
        pool_multilevel([0.8, 0.3, 0.2], [0.1, 0.1, 0.1], ["a", "b", "c"], grades=[1, 3, 3])


def test_the_portfolio_pools_each_grade_and_each_claim_by_itself():
    made = [("change", 1), ("adjusted_difference", 1), ("adjusted_difference", 3), ("difference_in_differences", 3)]
    rows = [
        {"enterprise": f"{measure}{claimed}{i}", "group": "g", "region": "r", "result": "outcomes", "subject": "y",
         "measure": measure, "grade": claimed, "primary": True, "direction": "higher", "estimate": 0.1 * i,
         "standardised": 0.1 * i, "standardised_low": 0.1 * i - 1, "standardised_high": 0.1 * i + 1, "yardstick": 1.0,
         "se": 0.3, "n": 30}
        for measure, claimed in made for i in range(3)
    ]  # fmt: skip
    pooled = pooled_outcomes(pd.DataFrame(rows))
    means = pooled.estimates[pooled.estimates["measure"] == "mean"].set_index("subject")["n"]
    assert means.to_dict() == {"1:change": 3, "1:comparison": 3, "3:comparison": 6}
