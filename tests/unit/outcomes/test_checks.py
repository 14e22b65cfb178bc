"""Earlier trends and placebos: three verdicts."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import difference_in_differences, paired_change, placebo, pre_trends


def survey(drift, noise=1.0, waves=3, people=60):
    random = np.random.default_rng(4)
    arm = np.arange(people) % 2
    level = random.normal(20, 3, people)
    rows = [
        pd.DataFrame({"respondent": range(people), "wave": wave, "site": np.arange(people) % 10,
                      "arm": np.where(arm == 1, "participants", "comparison"),
                      "trust": level + wave * drift * arm + random.normal(0, noise, people)})
        for wave in range(waves)
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def verdict(result):
    return result.details["verdict"]["verdict"].iloc[0]


@pytest.mark.parametrize(
    ("drift", "noise", "margin", "expected"),
    [
        (2.0, 1.0, None, "contradicted"),
        (2.0, 1.0, 1.0, "contradicted"),
        (0.0, 0.5, 1.0, "not_contradicted"),
        (0.0, 0.5, None, "too_weak"),
        (0.0, 8.0, 1.0, "too_weak"),
    ],
)
def test_the_three_verdicts(drift, noise, margin, expected):
    result = pre_trends(survey(drift, noise), "trust", start=2, margin=margin)
    assert verdict(result) == expected
    assert result.notices[-1].sentence("fr")


def test_what_could_have_been_seen_is_told():
    small, large = (pre_trends(survey(0, noise), "trust", start=2).details["verdict"]["detectable"].iloc[0]
                    for noise in (0.5, 5.0))  # fmt: skip
    assert 0 < small < large


def test_later_waves_do_not_count():
    frame = survey(0.0, 0.5)
    frame.loc[(frame["wave"] == 2) & (frame["arm"] == "participants"), "trust"] += 50
    assert verdict(pre_trends(frame, "trust", start=2, margin=1.0)) == "not_contradicted"


def test_one_earlier_wave_is_too_weak_and_says_why():
    result = pre_trends(survey(0.0), "trust", start=1)
    assert result.not_estimable.code == "outcomes.reasons.one_wave_before"
    assert verdict(result) == "too_weak"


def test_a_placebo_that_moves_contradicts():
    random = np.random.default_rng(0)
    before = random.normal(size=30)
    assert verdict(placebo(paired_change(before, before + 1 + random.normal(0, 0.1, 30)))) == "contradicted"
    assert verdict(placebo(paired_change(before, before + random.normal(0, 0.1, 30)), margin=0.2)) == "not_contradicted"
    assert verdict(placebo(paired_change([1.0], [2.0]))) == "too_weak"


@pytest.mark.parametrize(
    ("moved", "margin", "expected"),
    [(0, 1.0, "not_contradicted"), (0, 0.99, "too_weak"), (0, None, "too_weak"), (2, 1.0, "contradicted")],
)
def test_a_placebo_group_of_eight_by_hand(moved, margin, expected):
    """Two groups that nobody served, changes 0 1 0 1 each: 0 +- 2.4469 (six degrees of freedom) x sqrt(1/6) = 0.999."""
    changes = np.array([0, 1, 0, 1, 0, 1, 0, 1]) + moved * (np.arange(8) < 4)
    frame = pd.DataFrame({"respondent": [*range(8)] * 2, "arm": ([1] * 4 + [0] * 4) * 2, "wave": [0] * 8 + [1] * 8,
                          "trust": [*range(8), *(np.arange(8) + changes)]})  # fmt: skip
    found = placebo(difference_in_differences(frame, "trust"), margin=margin)
    assert (found.value, found.high - moved) == pytest.approx((moved, 0.99895), abs=1e-5)
    assert verdict(found) == expected


def test_a_margin_is_positive():
    with pytest.raises(InputError):
        pre_trends(survey(0.0), "trust", start=2, margin=-1.0)


def test_a_placebo_that_moved_is_seen_where_all_started_alike():
    moved = paired_change([3, 3, 3, 3, 3], [5, 5, 6, 5, 6], measure="SMCR")
    assert moved.value is None
    assert verdict(placebo(moved)) == "contradicted"
