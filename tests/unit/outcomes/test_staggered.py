"""Starts at different times."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import difference_in_differences, staggered_differences


def panel(seed=1, units=40, gain=2.0, noise=0.5):
    random = np.random.default_rng(seed)
    start = np.array([0, 3, 4, 0])[np.arange(units) % 4]
    level = random.normal(size=units)
    rows = [
        (u, t, start[u], u % 10, level[u] + 0.3 * t + gain * (start[u] > 0 and t >= start[u]) * (t - start[u] + 1)
         + noise * random.normal())
        for u in range(units) for t in range(1, 7)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["respondent", "wave", "first_served", "site", "y"])


def test_growing_gains_are_found_where_two_way_regression_would_err():
    table = staggered_differences(panel(noise=0.0), "y", average="event").estimates.set_index("subject")["estimate"]
    assert table[["0", "1", "2"]].tolist() == pytest.approx([2, 4, 6])
    assert table["-1"] == pytest.approx(0, abs=1e-9)


def test_with_a_universal_base_the_steps_before_the_start_add_up():
    one = panel().query("first_served != 3")
    varying, universal = (
        staggered_differences(one, "y", average="event", base=base).estimates.set_index("subject")["estimate"]
        for base in ("varying", "universal")
    )
    assert universal["-1"] == 0
    assert universal["-2"] == pytest.approx(-varying["-1"])
    assert universal["-3"] == pytest.approx(-varying["-1"] - varying["-2"])
    assert universal[["y", "0", "1"]].tolist() == pytest.approx(varying[["y", "0", "1"]].tolist())
    row = staggered_differences(one, "y", average="event", base="universal").estimates.set_index("subject").loc["-1"]
    assert row["p_reason"] == "outcomes.reasons.reference_period"
    assert pd.isna(row["low"])


def test_one_cohort_and_two_waves_are_the_plain_difference():
    frame = panel()
    frame = frame[frame["first_served"].isin([0, 3]) & frame["wave"].isin([2, 3])]
    plain = frame.assign(arm=(frame["first_served"] > 0).astype(int))
    found = staggered_differences(frame, "y")
    assert found.value == pytest.approx(difference_in_differences(plain, "y").value)
    assert found.se == pytest.approx(difference_in_differences(plain, "y", se="HC0").se)


@pytest.mark.parametrize("average", ["simple", "event", "cohort", "period"])
@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_every_average_has_an_overall_row_with_an_interval(average, control):
    row = staggered_differences(panel(), "y", control=control, average=average).estimates.iloc[0]
    assert row["measure"] == "overall"
    assert row["low"] < row["estimate"] < row["high"]


def test_sites_may_hang_together():
    frame = panel()
    frame["y"] += np.random.default_rng(0).normal(size=10)[frame["site"]] * frame["wave"]
    alone, together = (staggered_differences(frame, "y", clusters=name) for name in (None, "site"))
    assert together.value == pytest.approx(alone.value)
    assert together.estimates["clusters"].iloc[0] == 10


def test_a_cohort_of_one_has_no_interval_and_is_noticed():
    frame = panel()
    frame = frame[~((frame["first_served"] == 4) & (frame["respondent"] != 2))]
    result = staggered_differences(frame, "y", average="cohort")
    row = result.estimates.set_index("subject").loc["4"]
    assert row["p_reason"] == "outcomes.reasons.cohort_of_one"
    assert pd.isna(row["low"])
    assert result.notices[0].code == "outcomes.notices.cohort_of_one"


def test_units_with_a_gap_are_left_out_and_counted():
    frame = panel().drop(index=3)
    assert staggered_differences(frame, "y").estimates["coverage"].iloc[0] == 39 / 40


def test_nobody_to_compare_with_gives_a_reason():
    served = panel().query("first_served == 3")
    assert staggered_differences(served, "y").not_estimable.code == "outcomes.reasons.one_arm"


@pytest.mark.parametrize("options", [{"control": "all"}, {"average": "mean"}, {"base": "first"}, {"unit": "person"}])
def test_what_is_not_known_is_refused(options):
    with pytest.raises(InputError):
        staggered_differences(panel(), "y", **options)
