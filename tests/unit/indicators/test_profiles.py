"""The profile of one unit."""

from __future__ import annotations

import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES, has_text
from vises_methods.errors import InputError
from vises_methods.indicators import Cells, IndicatorTree, profile


def test_every_indicator_is_shown_and_silence_is_shown_as_silence(values: pd.DataFrame, tree: IndicatorTree) -> None:
    result = profile(values, tree, unit="cedar")
    rows = result.estimates.set_index("subject")
    assert list(rows.index) == list(tree.indicators)
    assert rows.loc["fte", "estimate"] == 7
    assert rows.loc["events", "reason"] == "indicators.reasons.not_collected"
    assert rows.loc["events", "state"] == "not_collected"
    assert pd.isna(rows.loc["events", "group_median"])
    assert rows.loc["trust", "n"] == 3


def test_own_past_and_own_targets(values: pd.DataFrame, tree: IndicatorTree) -> None:
    before = {2022: values * 0.5, 2023: values.assign(turnover=5.0, board=30.0).drop(columns="trust")}
    aims = pd.Series({"turnover": 8.0, "jobs": 60.0})
    rows = profile(values, tree, unit="alder", past=before, targets=aims).estimates.set_index("subject")
    assert rows.loc["turnover", "change"] == 5
    assert rows.loc["turnover", "against_past"] == "indicators.readings.declined"
    assert rows.loc["turnover", "against_target"] == "indicators.readings.target_missed"
    assert rows.loc["jobs", "against_target"] == "indicators.readings.target_met"
    assert rows.loc["board", "against_past"] == "indicators.readings.improved"
    assert rows.loc["board", "against_target"] == "indicators.readings.target_met"
    assert rows.loc["fte", "against_past"] == "indicators.readings.same"
    assert rows.loc["trust", "past_year"] == 2022


def test_the_range_of_the_group(values: pd.DataFrame, tree: IndicatorTree) -> None:
    rows = profile(values, tree, unit="dogwood", min_group=3).estimates.set_index("subject")
    assert rows.loc["fte", ["group_low", "group_median", "group_high"]].tolist() == [9.5, 12, 21]
    assert rows.loc["fte", "against_group"] == "indicators.readings.group_above"
    assert rows.loc["trust", "against_group"] == "indicators.readings.group_below"


def test_a_small_group_is_not_shown(values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree) -> None:
    result = profile(Cells.from_frame(values, groups=groups), tree, unit="alder", min_group=3)
    assert result.estimates["group_low"].isna().all()
    assert "2 others, fewer than 3" in result.notices[-1].sentence("en")
    shown = profile(Cells.from_frame(values, groups=groups), tree, unit="alder", min_group=2)
    assert shown.estimates.set_index("subject").loc["fte", "group_median"] == 18.5


def test_every_reading_has_its_words() -> None:
    for word in ("target_met", "target_missed", "improved", "steady", "declined", "more", "same", "less"):
        assert all(has_text(f"indicators.readings.{word}", lang) for lang in LANGUAGES)
    for word in ("within", "above", "below"):
        assert all(has_text(f"indicators.readings.group_{word}", lang) for lang in LANGUAGES)


def test_an_unknown_unit_or_target_is_an_error(values: pd.DataFrame, tree: IndicatorTree) -> None:
    with pytest.raises(InputError, match="elm"):
        profile(values, tree, unit="elm")
    with pytest.raises(InputError, match="absent"):
        profile(values, tree, unit="alder", targets=pd.Series({"absent": 1.0}))
