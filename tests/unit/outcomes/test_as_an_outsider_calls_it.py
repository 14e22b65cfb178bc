"""What someone who only read a docstring tries: a result, a coded reason or an error that says what to do."""

import warnings

import numpy as np
import pandas as pd
import pytest

from vises_methods import outcomes
from vises_methods.errors import InputError

CALLS = {
    "difference_in_differences": lambda f: outcomes.difference_in_differences(f, "y", respondent=None, clusters="site"),
    "ancova": lambda f: outcomes.ancova(f, "y", covariates=["age", "sex"]),
    "match_coarsened": lambda f: outcomes.match(f, "arm", ["age", "sex"], "coarsened"),
    "ordered_logit": lambda f: outcomes.ordered_logit(f, "step", covariates=["age"]),
    "impute": lambda f: outcomes.impute(f, ["y"], ["age"], imputations=2, cycles=1),
    "romano_wolf": lambda f: outcomes.romano_wolf(f, ["y", "step"], clusters="site", draws=19),
    "wild_bootstrap": lambda f: outcomes.wild_bootstrap(f, "y ~ age", "age", "site", 19),
    "sensitivity": lambda f: outcomes.sensitivity_to_confounding(f, "y", "arm", ["age", "sex"], ["age", "sex"]),
    "specification_curve": lambda f: outcomes.specification_curve(f, "y", covariates=["age"], permutations=3),
    "detect_design": outcomes.detect_design,
}
REFUSED = {"endless": {"match_coarsened", "ordered_logit", "detect_design"}, "no_table": set(), "words_missing": {
    "difference_in_differences", "ancova", "ordered_logit", "impute", "romano_wolf", "wild_bootstrap", "sensitivity",
    "specification_curve", "detect_design"}}  # fmt: skip
"""Of the inputs that are refused, by which calls they are taken all the same: they do not look at that column."""


@pytest.fixture(scope="module")
def survey():
    random, people = np.random.default_rng(0), np.arange(24)
    arm = np.where(people % 8 < 4, "participants", "comparison")
    frame = pd.DataFrame(
        {
            "respondent": people,
            "arm": arm,
            "site": np.array(list("abcdefgh"))[people % 8],
            "age": random.integers(20, 60, 24).astype(float),
            "sex": np.array(list("fmx"))[people % 3],
        }
    )
    waves = [frame.assign(wave=wave, y=random.normal(10, 2, 24), step=random.integers(1, 5, 24)) for wave in (0, 1)]
    return pd.concat(waves, ignore_index=True)  # fmt: skip


def tried(name, frame):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return CALLS[name](frame)


CHANGES = {
    "repeated_index": lambda f: f.set_axis(np.zeros(len(f), int), axis=0),
    "numbers_as_objects": lambda f: f.assign(age=f["age"].astype(object)),
    "nobody_answered": lambda f: f.assign(y=np.nan),
    "one_age": lambda f: f.assign(age=40.0),
    "age_is_the_arm": lambda f: f.assign(age=(f["arm"] == "participants").astype(float)),
    "age_unknown": lambda f: f.assign(age=np.nan),
    "nullable": lambda f: f.convert_dtypes(),
    "two_people": lambda f: f[f["respondent"].isin([0, 4])],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", CALLS)
def test_odd_data_give_a_result_a_reason_or_an_error(name, change, survey):
    try:
        found = tried(name, CHANGES[change](survey))
    except InputError:
        found = None
    if isinstance(found, outcomes.Design | tuple | None):
        assert found is None or len(getattr(found, "estimates", found)) > 0
        return
    assert (found.estimates["estimate"].notna() | found.estimates["reason"].notna()).all()


SPOILED = {
    "endless": lambda f: f.assign(y=f["y"].where(f.index != 3, np.inf)),
    "no_table": lambda f: f.to_dict("list"),
    "words_missing": lambda f: f.assign(sex=f["sex"].where(f.index % 5 > 0)),
}


@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("name", CALLS)
def test_what_cannot_be_read_is_an_error_that_says_so(name, spoiled, survey):
    if name in REFUSED[spoiled]:
        assert tried(name, SPOILED[spoiled](survey)) is not None
        return
    with pytest.raises(InputError):
        tried(name, SPOILED[spoiled](survey))


ONE_NUMBER = {
    "proportion": lambda n: outcomes.proportion(1, n),
    "e_value": outcomes.e_value,
    "smallest_detectable": outcomes.smallest_detectable,
    "detection_power": lambda n: outcomes.detection_power(0.5, n),
    "proportions_power": lambda n: outcomes.proportions_power(0.5, 0.4, n, 20),
}


@pytest.mark.parametrize("value", [None, "3", float("nan"), -1, 0])
@pytest.mark.parametrize("name", ONE_NUMBER)
def test_what_is_no_number_of_people_is_an_error(name, value):
    with pytest.raises(InputError):
        ONE_NUMBER[name](value)


def test_flat_or_repeated_columns_have_a_reason():
    y, flat = [1.0, 2, 3, 4], [0.1] * 4
    twice = pd.DataFrame({"a": y, "b": y})
    reasons = [
        outcomes.pool([1, 3, 2, 5, 4], [0.1] * 5, moderators=pd.Series([2.0] * 5)).not_estimable,
        outcomes.pool(y, flat, moderators=twice).not_estimable,
        outcomes.equivalence([1.0] * 4, [1.0] * 4, 1.0).not_estimable,
    ]
    assert [reason.code.rsplit(".", 1)[1] for reason in reasons] == ["covariates_repeat"] * 2 + ["no_variation"]
    same = outcomes.small_study_effects([1, 1, 1, 1.0], [0.1, 0.2, 0.3, 0.4]).estimates.set_index("measure")
    assert same.loc["kendall_tau", "reason"] == "outcomes.reasons.no_variation"
