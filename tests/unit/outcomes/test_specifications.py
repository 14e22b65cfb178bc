"""The specification curve."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import ancova, difference_in_differences, specification_curve


def survey(effect=1.0, clusters=8, seed=3):
    random = np.random.default_rng(seed)
    people = pd.DataFrame({"respondent": np.arange(clusters * 6), "site": np.repeat(np.arange(clusters), 6)})
    people["arm"] = np.where(people["site"] % 2 == 0, "participants", "comparison")
    people["age"] = random.integers(20, 60, len(people))
    people["weight"] = random.uniform(0.5, 2, len(people))
    start = random.normal(5, 1, len(people))
    end = start + random.normal(0, 0.7, len(people)) + effect * (people["arm"] == "participants")
    return pd.concat([people.assign(wave=0, y=start), people.assign(wave=1, y=end)], ignore_index=True)


def way(result, **choices):
    rows = result.estimates
    return rows[np.logical_and.reduce([rows[name] == value for name, value in choices.items()])].iloc[0]


def test_each_way_is_the_analysis_that_it_names():
    frame = survey()
    found = specification_curve(frame, "y", clusters="site", covariates=["age"], weights="weight")
    plain = {"covariates": "none", "sample": "everyone", "weights": "unweighted"}
    wide = frame[frame["wave"] == 1].assign(before=frame.loc[frame["wave"] == 0, "y"].to_numpy())
    expected = {
        "difference_in_differences": difference_in_differences(frame, "y", clusters="site"),
        "ancova": ancova(wide, "y", "arm", "before", "site"),
        "after": ancova(wide, "y", "arm", None, "site"),
    }
    for model, result in expected.items():
        row = way(found, model=model, **plain)
        assert [row["estimate"], row["se"], row["df"]] == pytest.approx(
            [result.value, result.se, result.estimates["df"].iloc[0]]
        )
    weighted = way(found, model="ancova", covariates="age", sample="everyone", weights="weighted")
    assert weighted["estimate"] == pytest.approx(
        ancova(wide, "y", "arm", "before", "site", covariates=["age"], weights="weight").value
    )


def test_the_curve_is_ordered_and_says_which_way_was_planned():
    found = specification_curve(
        survey(), "y", clusters="site", covariates=["age"], planned={"model": "ancova", "covariates": "age",
                                                                     "sample": "everyone"}
    )  # fmt: skip
    curve = found.estimates
    assert len(curve) == 3 * 2 * 2
    assert curve["estimate"].is_monotonic_increasing
    assert curve.loc[curve["planned"], ["model", "covariates", "sample"]].to_numpy().tolist() == [
        ["ancova", "age", "everyone"]
    ]
    assert set(found.details["choices"]["choice"]) == {"model", "covariates", "sample"}
    assert len(found.details["choices"]) == 3 * len(curve)


def test_someone_who_changed_beyond_measure_is_left_out_of_one_sample():
    frame = survey()
    frame.loc[frame.index[-1], "y"] = 500.0
    found = specification_curve(frame, "y", clusters="site", models=["difference_in_differences"])
    everyone, without = way(found, sample="everyone"), way(found, sample="without_outliers")
    assert everyone["n"] > without["n"] > 40
    assert without["estimate"] == pytest.approx(1.0, abs=0.5)


def test_every_assignment_of_eight_sites_is_counted_and_the_least_p_is_two_in_seventy():
    joint = specification_curve(survey(effect=20.0), "y", clusters="site").details["joint"].set_index("measure")
    assert joint["permutations"].tolist() == [70] * 3
    assert joint["all_counted"].all()
    assert joint.loc["median", "p"] == pytest.approx(2 / 70)
    assert joint.loc["share_significant", "estimate"] == 1.0


def test_where_nothing_happened_the_joint_test_keeps_its_size():
    p = [
        specification_curve(survey(effect=0.0, seed=seed), "y", clusters="site", models=["ancova", "after"],
                            samples=["everyone"]).details["joint"]["p"].to_numpy()
        for seed in range(40)
    ]  # fmt: skip
    assert ((np.array(p) <= 0.2).mean(axis=0) <= 0.4).all()


def test_people_are_permuted_within_sites_that_have_both_arms():
    frame = survey(effect=0.0)
    frame["arm"] = np.where(frame["respondent"] % 2 == 0, "participants", "comparison")
    joint = specification_curve(frame, "y", clusters="site", permutations=199).details["joint"]
    assert not joint["all_counted"].any()
    assert joint["p"].between(1 / 200, 1).all()


def test_what_cannot_be_compared_has_a_reason():
    frame = survey()
    assert specification_curve(frame[frame["wave"] == 0], "y").not_estimable.code.endswith("one_wave")
    assert specification_curve(frame[frame["arm"] == "comparison"], "y").not_estimable.code.endswith("one_arm")
    few = specification_curve(frame[frame["respondent"].isin([0, 1, 6])], "y", clusters="site")
    assert few.estimates["reason"].eq("outcomes.reasons.few_people").all()


def test_a_plan_with_an_unknown_choice_is_an_error():
    with pytest.raises(InputError):
        specification_curve(survey(), "y", planned={"model": "magic"})
    with pytest.raises(InputError):
        specification_curve(survey(), "y", planned={"method": "ancova"})
