"""Multiple imputation."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import ancova, combine_imputations, impute


def people(n=80):
    random = np.random.default_rng(11)
    before, arm = random.normal(50, 10, n), np.arange(n) % 2
    after = 0.6 * before + 20 + 3 * arm + random.normal(0, 5, n)
    seen = random.random(n) > 0.8 / (1 + np.exp(-(before - 55) / 6))
    school = np.where(before > 50, "long", "short")
    return pd.DataFrame({"arm": arm, "before": before, "after": np.where(seen, after, np.nan), "school": school})


def test_only_gaps_are_filled_and_only_with_answers_of_the_same_arm():
    frame = people()
    for done in impute(frame, ["after"], ["before", "school"], imputations=3):
        seen = frame["after"].notna()
        pd.testing.assert_series_equal(done.loc[seen, "after"], frame.loc[seen, "after"])
        for _, part in done.groupby("arm"):
            assert part["after"].isin(frame.loc[part.index, "after"].dropna()).all()


def test_the_seed_decides_and_each_data_set_differs():
    one, two = impute(people(), ["after"], ["before"], imputations=2)
    again = impute(people(), ["after"], ["before"], imputations=2)[0]
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(two)


def test_words_are_completed_with_words():
    frame = people()
    frame.loc[[0, 5, 11], "school"] = None
    done = impute(frame, ["school", "after"], ["before"], imputations=1)[0]
    assert done["school"].isin(["long", "short"]).all()
    assert done["after"].notna().all()


def test_combined_imputations_are_wider_than_one_data_set():
    """The truth of 3 is inside, with less certainty than one completed data set pretends."""
    done = impute(people(), ["after"], ["before"], imputations=20)
    results = [ancova(frame, "after", "arm", "before", se="classical") for frame in done]
    pooled = combine_imputations([r.value for r in results], [r.se**2 for r in results], complete_df=77)
    assert pooled.se > max(r.se for r in results)
    assert pooled.low < 3 < pooled.high


def test_a_column_nobody_of_an_arm_answered_stays_missing_there():
    frame = people()
    frame.loc[frame["arm"] == 1, "after"] = np.nan
    done = impute(frame, ["after"], ["before"], imputations=1)[0]
    assert done.groupby("arm")["after"].apply(lambda column: column.isna().all()).tolist() == [False, True]


@pytest.mark.parametrize("option", ["imputations", "cycles", "donors"])
def test_no_imputation_at_all_is_an_error(option):
    with pytest.raises(InputError):
        impute(people(), ["after"], **{option: 0})
