"""Change of the same people between two surveys."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes import (
    change_beyond_trend,
    detect_design,
    effect_size,
    grade,
    paired_change,
    regression_to_the_mean,
    wording,
)
from vises_methods.outcomes.paired_measures import PAIRED_MEASURES

BEFORE = [12.0, 15.5, 9.0, 11.0, 14.0, 13.5, 10.0, 16.0, 12.5]
AFTER = [14.5, 15.5, 12.0, 13.0, 18.5, 13.0, 12.0, 19.0, 13.5]


def row(result, measure):
    table = result.estimates
    return table[table["measure"] == measure].iloc[0]


def test_the_raw_change_is_the_paired_t_test():
    expected = stats.ttest_rel(AFTER, BEFORE)
    found = row(paired_change(BEFORE, AFTER), "change")
    assert [found["statistic"], found["p"], found["df"]] == pytest.approx([expected.statistic, expected.pvalue, 8])


def test_the_default_yardstick_is_the_baseline():
    x, y = np.array(BEFORE), np.array(AFTER)
    sizes = effect_size("SMCR", m1i=[y.mean()], m2i=[x.mean()], sd1i=[x.std(ddof=1)], ni=[9],
                        ri=[np.corrcoef(x, y)[0, 1]])  # fmt: skip
    result = paired_change(BEFORE, AFTER)
    assert result.estimates["measure"].iloc[0] == "SMCR"
    assert [result.value, result.se] == pytest.approx([sizes["yi"].iloc[0], np.sqrt(sizes["vi"].iloc[0])])


@pytest.mark.parametrize("measure", PAIRED_MEASURES)
def test_every_measure_changes_sign_with_time_reversed_in_numerator(measure):
    result = paired_change(BEFORE, AFTER, measure=measure)
    assert result.estimates["measure"].iloc[0] == measure
    assert result.low < result.value < result.high
    unchanged = {"SMCR"}
    reverse = paired_change(AFTER, BEFORE, measure=measure).value
    assert (reverse == pytest.approx(-result.value)) == (measure not in unchanged)


@pytest.mark.parametrize("measure", PAIRED_MEASURES)
def test_sites_widen_what_people_of_one_site_share(measure):
    random = np.random.default_rng(3)
    site = np.repeat(np.arange(6), 6)
    before = random.normal(10, 2, 36)
    after = before + random.normal(0, 2, 6)[site] + random.normal(0, 0.5, 36) + 1
    alone = paired_change(before, after, measure=measure)
    together = paired_change(before, after, site, measure=measure)
    assert together.value == pytest.approx(alone.value)
    assert together.high - together.low > alone.high - alone.low
    assert row(together, "change")["clusters"] == 6


def test_missing_answers_lower_the_coverage():
    after = [*AFTER[:8], np.nan]
    found = row(paired_change(BEFORE, after), "change")
    assert (found["n"], found["coverage"]) == (8, 8 / 9)


@pytest.mark.parametrize(
    ("before", "after", "sites", "reason"),
    [
        ([1.0], [2.0], None, "few_people"),
        ([1.0, 2.0], [2.0, 3.0], None, "no_variation"),
        ([1.0, 2.0, 4.0], [2.0, 5.0, 5.0], ["a"] * 3, "one_cluster"),
        ([], [], None, "few_people"),
    ],
)
def test_what_cannot_be_estimated_says_why(before, after, sites, reason):
    result = paired_change(before, after, sites)
    assert result.not_estimable.code == f"outcomes.reasons.{reason}"
    assert result.value is None


def test_different_lengths_and_words_are_errors():
    with pytest.raises(InputError, match="lengths"):
        paired_change([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match="often"):
        paired_change([1, 2], ["often", 2])
    with pytest.raises(InputError, match="cohen"):
        paired_change(BEFORE, AFTER, measure="cohen")


def test_the_outcome_takes_the_name_of_the_later_column():
    assert paired_change(BEFORE, pd.Series(AFTER, name="trust")).estimates["subject"].unique().tolist() == ["trust"]


def test_a_perfectly_reliable_scale_does_not_fall_back_to_the_mean():
    exact = regression_to_the_mean(BEFORE, AFTER, reliability=1.0, population_mean=20)
    assert exact.estimates["estimate"].iloc[0] == 0
    assert exact.estimates["estimate"].iloc[1] == pytest.approx(np.mean(AFTER) - np.mean(BEFORE))


def test_a_useless_scale_falls_back_wholly():
    found = regression_to_the_mean(BEFORE, AFTER, reliability=0.0, population_mean=20).estimates["estimate"]
    assert found.tolist() == pytest.approx([20 - np.mean(BEFORE), np.mean(AFTER) - 20])


def test_what_moved_elsewhere_is_taken_off_with_its_error():
    plain = row(paired_change(BEFORE, AFTER), "change")
    found = change_beyond_trend(BEFORE, AFTER, trend=0.5, trend_se=0.3).estimates.iloc[0]
    assert found["estimate"] == pytest.approx(plain["estimate"] - 0.5)
    assert found["se"] == pytest.approx(np.hypot(plain["se"], 0.3))


def test_an_outside_trend_lifts_the_grade_to_two_with_words_of_its_own():
    people = pd.DataFrame({"respondent": [*range(9)] * 2, "wave": [0] * 9 + [1] * 9, "arm": "participants",
                           "trust": BEFORE + AFTER})  # fmt: skip
    outside = pd.DataFrame({"indicator": "trust", "period": range(4), "value": 1.0, "event": [0, 0, 1, 1],
                            "role": "control"})  # fmt: skip
    design = detect_design(people, outside)
    beyond = change_beyond_trend(BEFORE, AFTER, trend=0.5, outcome="trust")
    graded = grade(beyond, design, plan={"primary": "trust", "model": "change beyond an outside trend"})
    assert (design.kind, graded.grade) == ("before_after_trend", 2)
    assert "elsewhere" in wording(graded, beyond, outcome="Trust")[0].sentence("en")
    assert grade(paired_change(BEFORE, AFTER), design).grade == 1


def test_the_interval_for_skewed_changes_is_never_narrower_and_agrees_with_its_p_value():
    """Hall's interval joined with Student's leaves out nought exactly where its p value is below 0.05."""
    random = np.random.default_rng(4)
    for shift in np.linspace(0, 1.4, 15):
        change = random.exponential(size=9) - 1 + shift
        plain, adjusted = (
            paired_change(np.arange(9.0), np.arange(9.0) + change, measure="MC", interval=interval, draws=1)
            .estimates.iloc[0] for interval in ("t", "skew")
        )  # fmt: skip
        assert adjusted["low"] <= plain["low"]
        assert adjusted["high"] >= plain["high"]
        assert (adjusted["p"] < 0.05) == (adjusted["low"] > 0 or adjusted["high"] < 0)


def test_symmetric_changes_leave_the_interval_as_it_is_and_sites_take_no_notice_of_it():
    change = np.array([-2.0, -1, 0, 1, 2])
    rows = [paired_change(np.arange(5.0), np.arange(5.0) + change, measure="MC", interval=interval).estimates
            for interval in ("t", "skew")]  # fmt: skip
    assert rows[0]["low"].iloc[0] == pytest.approx(rows[1]["low"].iloc[0])
    sites = [
        paired_change([1, 2, 3, 4], [2, 2, 5, 9], [1, 1, 2, 2], "MC", interval=interval) for interval in ("t", "skew")
    ]
    assert sites[0].low == sites[1].low


@pytest.mark.parametrize("measure", ["SMCR", "d_av", "d_z"])
@pytest.mark.parametrize("turned", [False, True])
def test_where_all_began_or_ended_at_one_point_the_change_is_still_told(measure, turned):
    level, moved = np.zeros(8), np.array([0, 1, 1, 2, 3, 2, 4, 1.0])
    before, after = (moved, level) if turned else (level, moved)
    found = paired_change(before, after, measure=measure)
    rows = found.estimates.set_index("measure")
    assert rows.loc["change", "estimate"] == pytest.approx((after - before).mean())
    assert rows.loc["change", "low"] < rows.loc["change", "high"]
    known = rows.loc[measure, "reason"] is None
    assert known == (measure != "SMCR")
    assert found.not_estimable is None
