"""Who left, by arm."""

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from vises_methods.outcomes import attrition


def survey():
    one = pd.DataFrame({"respondent": range(20), "wave": 0, "arm": ["participants"] * 12 + ["comparison"] * 8,
                        "trust": [float(i) for i in range(20)]})  # fmt: skip
    two = one.assign(wave=1)[~one["respondent"].isin([0, 1, 2, 15])]
    return pd.concat([one, two], ignore_index=True)


def test_shares_and_their_difference():
    table = attrition(survey(), "trust").estimates.set_index("subject")
    assert table["estimate"].to_dict() == pytest.approx(
        {"participants": 0.25, "comparison": 0.125, "all": 0.2, "participants - comparison": 0.125}
    )
    assert table["n"].tolist() == [12, 8, 20, 20]
    low, high = proportion_confint(3, 12, method="wilson")
    assert table.loc["participants", ["low", "high"]].tolist() == pytest.approx([low, high])


def test_an_empty_answer_counts_as_gone():
    frame = survey()
    frame.loc[(frame["respondent"] == 5) & (frame["wave"] == 1), "trust"] = None
    assert attrition(frame, "trust").estimates.set_index("subject").loc["participants", "estimate"] == 4 / 12


def test_leavers_are_shown_where_they_started():
    leavers = attrition(survey(), "trust").details["leavers"].set_index(["arm", "stayed"])
    assert leavers.loc[("participants", False), "mean"] == 1.0


def test_without_arms_all_are_served():
    assert attrition(survey().drop(columns="arm"), "trust").estimates["subject"].tolist() == ["participants"]


def test_one_survey_has_no_leavers():
    result = attrition(survey().query("wave == 0"), "trust")
    assert result.not_estimable.code == "outcomes.reasons.one_wave"
