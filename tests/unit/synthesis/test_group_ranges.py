"""The range of a group: made once, read by each enterprise, and silent where one could be told from it."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.synthesis.test_indicator_scores import CHOICES, TREE, cells
from vises_methods.batch.exit_codes import ALL_WELL
from vises_methods.cli import run_command
from vises_methods.language.words import indicators as words
from vises_methods.methodology import UncertaintyChoices
from vises_methods.plots import indicator_profile
from vises_methods.study import data_root, open_enterprise, open_study, simulate_study
from vises_methods.study.rules.files import study_problems
from vises_methods.synthesis import (
    group_ranges,
    profile_on_scales,
    score_uncertainty,
    stale_group_ranges,
    write_group_ranges,
)

RANGES = pd.DataFrame(
    {
        "group": "G1",
        "indicator": ["A1", "other"],
        "year": 2020,
        "low": [1.0, 0],
        "median": [2.0, 0],
        "high": [3.0, 0],
        "n": [6, 9],
    }
)


def shown(ranges: pd.DataFrame | None):
    now = cells(4, 8, 5)
    return profile_on_scales(str(now.numbers.index[0]), {2020: now}, TREE, CHOICES, year=2020, ranges=ranges)


def test_three_enterprises_of_a_group_give_no_range():
    assert group_ranges(open_study("demo")).empty


def test_enough_give_quartiles_that_their_profiles_read(tmp_path: Path):
    study = open_study(simulate_study(15, folder=tmp_path / "study", seed=1))
    path, count = write_group_ranges(study)
    table = pd.read_csv(path)
    assert count > 10
    assert table["n"].min() >= 5
    assert (table["low"] <= table["median"]).all()
    assert (table["median"] <= table["high"]).all()
    case = open_enterprise(study, study.enterprises[0].id)
    assert set(case.group_ranges["group"]) == {case.card.group}
    assert not stale_group_ranges(study)
    table_of = study.enterprises[0].path / "indicators.csv"
    lines = table_of.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(",")[0] not in set(table["indicator"])]
    table_of.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert stale_group_ranges(study)
    assert "@ranges" in case.inputs().details["files"]["file"].tolist()
    assert not list(study_problems(study.path))


def test_the_range_stands_beside_the_value_on_what_both_share():
    result = shown(RANGES)
    row = result.estimates.set_index("subject").loc["A1"]
    assert (row["group_low"], row["group_high"], row["group_n"]) == (1, 3, 6)
    assert (row["range_low"], row["range_high"]) == pytest.approx((10, 30))
    assert "other" not in set(result.estimates["subject"])
    assert result.estimates.set_index("subject").loc["A2", "group_n"] != 6
    assert "1" in words.profile(result, "en")[-1]
    assert words.profile(shown(None), "en")[-1].startswith("The range of the group is not shown")
    assert indicator_profile.alt_text(result, "nl").endswith("1 ervan.")


def test_what_is_silent_widens_an_interval_only_where_it_is_drawn():
    kept = {"draws": 200, "means": ["arithmetic"], "weight_noise": 0.1, "leave_out": False}
    drawn, left = (
        score_uncertainty(cells(10, None, 5), TREE, CHOICES, UncertaintyChoices(**kept, silence=how), seed=1)
        for how in ("scale", "none")
    )
    width = [
        float((row["high"] - row["low"]).iloc[0])
        for row in (result.estimates[result.estimates["measure"] == "A"] for result in (drawn, left))
    ]
    assert width[0] > 30 > width[1]
    assert "multiple_imputation" in set(drawn.details["drivers"]["factor"])
    assert any("lies outside this range" in said for said in words.uncertainty(drawn, "en"))


def test_the_check_warns_of_ranges_that_the_data_no_longer_give(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Ranges of before stay on the pages until somebody makes them again: who checks a study is told."""
    study = open_study(shutil.copytree(data_root() / "demo", tmp_path / "demo"))
    RANGES.to_csv(study.group_ranges_path, index=False)
    assert run_command(["check", "--study", str(study.path), "--ui", "nl"]) == ALL_WELL
    assert "vises ranges" in capsys.readouterr().out
    write_group_ranges(study)
    assert run_command(["check", "--study", str(study.path), "--ui", "nl"]) == ALL_WELL
    assert "vises ranges" not in capsys.readouterr().out
