"""Difference in differences and analysis of covariance."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes import ancova, difference_in_differences


def survey(people=24, sites=8, effect=2.0, seed=5):
    random = np.random.default_rng(seed)
    site = np.arange(people) % sites
    served = (site < sites / 2).astype(int)
    start = random.normal(50, 8, people)
    end = start + 1 + effect * served + random.normal(0, 3, people)
    common = {"respondent": np.arange(people), "site": site, "arm": np.where(served, "participants", "comparison"),
              "age": random.integers(20, 60, people)}  # fmt: skip
    waves = [pd.DataFrame({**common, "wave": wave, "y": values}) for wave, values in ((0, start), (1, end))]
    return pd.concat(waves, ignore_index=True)


def test_it_is_the_difference_of_the_two_changes():
    frame = survey()
    means = frame.groupby(["arm", "wave"])["y"].mean().unstack()
    change = means[1] - means[0]
    result = difference_in_differences(frame, "y", clusters="site")
    assert result.value == pytest.approx(change["participants"] - change["comparison"])
    assert list(result.details["cells"]["n"]) == [12, 12, 12, 12]


def test_panel_and_four_means_agree_on_complete_data():
    frame = survey()
    panel = difference_in_differences(frame, "y", clusters="site").estimates.iloc[0]
    means = difference_in_differences(frame, "y", clusters="site", respondent=None).estimates.iloc[0]
    assert panel[["estimate", "se", "df"]].tolist() == pytest.approx(means[["estimate", "se", "df"]].tolist())
    assert (panel["n"], means["n"]) == (24, 48)


def test_without_clusters_and_covariates_the_standard_error_is_welchs():
    frame = survey().pivot(index="respondent", columns="wave", values="y")
    arm = survey().drop_duplicates("respondent").set_index("respondent")["arm"]
    change = frame[1] - frame[0]
    expected = stats.ttest_ind(change[arm == "participants"], change[arm == "comparison"], equal_var=False)
    found = difference_in_differences(survey(), "y").estimates.iloc[0]
    assert found["statistic"] == pytest.approx(expected.statistic)
    assert found["df"] == pytest.approx(22)


def test_people_seen_once_are_left_out_and_counted():
    frame = survey()
    frame = frame[~((frame["respondent"] < 6) & (frame["wave"] == 1))]
    row = difference_in_differences(frame, "y").estimates.iloc[0]
    assert (row["n"], row["coverage"]) == (18, 0.75)
    assert row["n_served"] + row["n_comparison"] == 18


def test_several_outcomes_give_a_row_each():
    frame = survey().assign(z=lambda rows: rows["y"] * 2)
    table = difference_in_differences(frame, ["y", "z"], clusters="site").estimates
    assert table["subject"].tolist() == ["y", "z"]
    assert table["estimate"].iloc[1] == pytest.approx(2 * table["estimate"].iloc[0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda frame: frame[frame["wave"] == 0], "one_wave"),
        (lambda frame: frame[frame["arm"] == "participants"], "one_arm"),
        (lambda frame: frame[frame["respondent"].isin([0, 4])], "few_people"),
        (lambda frame: frame.assign(y=1.0), "no_variation"),
        (lambda frame: frame.assign(site=1), "one_cluster"),
    ],
)
def test_what_cannot_be_estimated_says_why(change, reason):
    result = difference_in_differences(change(survey()), "y", clusters="site")
    row = result.estimates.iloc[0]
    assert row["reason"] == f"outcomes.reasons.{reason}"
    assert result.value is None


def test_few_sites_give_an_interval_without_a_p_value():
    frame = survey(sites=2)
    frame["site"] = frame["respondent"] % 3
    row = difference_in_differences(frame, "y", clusters="site").estimates.iloc[0]
    assert row["p_reason"] == "outcomes.reasons.few_clusters"
    assert pd.isna(row["p"])
    assert row["low"] < row["estimate"] < row["high"]


def test_two_rows_for_a_person_and_wave_are_an_error():
    frame = pd.concat([survey(), survey().head(1)])
    with pytest.raises(InputError, match="more than once"):
        difference_in_differences(frame, "y")


def test_an_unknown_arm_is_named():
    with pytest.raises(InputError, match="control"):
        difference_in_differences(survey().replace({"arm": {"comparison": "control"}}), "y")


def test_numbers_as_arms_are_understood():
    coded = survey().assign(arm=lambda rows: (rows["arm"] == "participants").astype(int))
    assert difference_in_differences(coded, "y").value == pytest.approx(difference_in_differences(survey(), "y").value)


def wide():
    frame = survey()
    one, two = (frame[frame["wave"] == wave].set_index("respondent") for wave in (0, 1))
    return one.assign(before=one["y"], after=two["y"]).reset_index()


def test_ancova_without_a_baseline_compares_means():
    frame = wide()
    result = ancova(frame, "after", "arm")
    means = frame.groupby("arm")["after"].mean()
    assert result.method == "difference of means"
    assert result.value == pytest.approx(means["participants"] - means["comparison"])


def test_lin_adjustment_equals_separate_regressions_at_the_common_mean():
    frame = wide()
    fits = {arm: np.polyfit(part["before"], part["after"], 1) for arm, part in frame.groupby("arm")}
    middle = frame["before"].mean()
    expected = np.polyval(fits["participants"], middle) - np.polyval(fits["comparison"], middle)
    assert ancova(frame, "after", "arm", "before", adjustment="lin").value == pytest.approx(expected)


def test_words_as_covariates_become_indicators():
    frame = wide().assign(education=lambda rows: np.where(rows["age"] > 40, "high", "low"))
    by_word = ancova(frame, "after", "arm", "before", covariates=["education"]).value
    frame["high"] = (frame["education"] == "high").astype(float)
    assert by_word == pytest.approx(ancova(frame, "after", "arm", "before", covariates=["high"]).value)


@pytest.mark.parametrize(
    "options", [{"se": "HC9"}, {"clusters": "site", "se": "HC1"}, {"adjustment": "none"}, {"covariates": ["nope"]}]
)
def test_ancova_refuses_what_it_does_not_know(options):
    with pytest.raises(InputError):
        ancova(wide(), "after", "arm", "before", **options)


def test_input_is_left_as_it_was():
    frame = survey()
    copy = frame.copy(deep=True)
    difference_in_differences(frame, "y", clusters="site", covariates=["age"])
    pd.testing.assert_frame_equal(frame, copy)
