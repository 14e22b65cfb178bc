"""Interrupted time series."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import detect_design, grade, interrupted_series


def line(before=12, after=8, level=5.0, slope=0.5, noise=0.0, role="served", seed=1):
    time = np.arange(before + after)
    later = time >= before
    random = np.random.default_rng(seed)
    value = 20 + 0.3 * time + level * later + slope * np.where(later, time - before + 1, 0)
    value = value + noise * random.normal(size=len(time))
    return pd.DataFrame({"indicator": "jobs", "period": time, "value": value, "event": later.astype(int), "role": role})


@pytest.mark.parametrize("errors", ["HAC", "classical", "AR1"])
def test_planted_changes_are_found(errors):
    found = interrupted_series(line(noise=0.05), errors=errors).estimates["estimate"]
    assert found.tolist() == pytest.approx([5.0, 0.5, 0.3], abs=0.15)


def test_a_control_series_takes_away_what_happened_to_all():
    both = pd.concat([line(), line(level=2.0, slope=0.0, role="control")])
    result = interrupted_series(both.assign(value=both["value"] + 0.01 * np.tile(np.sin(np.arange(20)), 2)))
    assert result.method == "interrupted time series with control series"
    assert result.estimates["estimate"].tolist()[:2] == pytest.approx([3.0, 0.5], abs=1e-6)


def test_the_expected_course_goes_on_as_before():
    lines = interrupted_series(line(noise=0.01)).details["counterfactual"]
    gap = (lines["fitted"] - lines["expected"]).to_numpy()
    assert np.abs(gap[:12]).max() < 1e-9
    assert gap[12] == pytest.approx(5.5, abs=0.05)


def test_words_as_periods_are_taken_in_order():
    named = line(noise=0.1).assign(period=lambda rows: rows["period"].map("{:03d}".format))
    assert interrupted_series(named).value == pytest.approx(interrupted_series(line(noise=0.1)).value)


def test_missing_periods_keep_their_distance():
    gap = line(noise=0.05)
    assert interrupted_series(gap[gap["period"] != 5], errors="AR1").value == pytest.approx(5, abs=0.2)


def test_too_few_points_give_a_reason_and_few_a_notice():
    short = interrupted_series(line(before=2))
    assert short.not_estimable.code == "outcomes.reasons.few_points"
    assert interrupted_series(line(before=5, noise=0.1)).notices[0].code == "outcomes.notices.few_points_before"


def test_its_grade_is_two_and_with_controls_four():
    plan = {"primary": ["jobs"], "model": "interrupted_time_series"}
    alone = line(noise=0.1)
    assert grade(interrupted_series(alone), detect_design(None, alone), plan=plan).grade == 2
    both = pd.concat([alone, line(level=0, slope=0, noise=0.1, role="control", seed=4)])
    plan = {"primary": ["jobs"], "model": "interrupted time series with control series"}
    assert grade(interrupted_series(both), detect_design(None, both), plan=plan).grade == 4


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (lambda rows: rows, {"errors": "white"}),
        (lambda rows: rows, {"indicator": "trust"}),
        (lambda rows: pd.concat([rows, rows.assign(indicator="trust")]), {}),
        (lambda rows: rows.assign(value=-1.0), {"logarithm": True}),
        (lambda rows: rows.drop(columns="event"), {}),
    ],
)
def test_what_is_not_known_is_refused(change, options):
    with pytest.raises(InputError):
        interrupted_series(change(line()), **options)
