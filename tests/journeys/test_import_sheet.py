"""A coordinator takes a partner's sheet in by the command line: seen first, then written, nothing lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED, WRONG_USE
from vises_methods.catalogue import LANGUAGES, text
from vises_methods.cli import run_command
from vises_methods.study import data_root, open_enterprise

MAPPING = """
layout: long
lang: fr
columns: {indicator: Code, year: Année, value: Valeur}
indicators: {M1: A1.1, M2: A2.2, M3: A2.3}
missing: {secret: refused}
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_root() / "demo", tmp_path / "demo"))


def sheet(folder: Path, rows: list[list[object]]) -> list[str]:
    book = openpyxl.Workbook()
    book.active.append(["Code", "Année", "Valeur"])
    for row in rows:
        book.active.append(row)
    book.save(folder / "sheet.xlsx")
    (folder / "sheet.yml").write_text(MAPPING, encoding="utf-8")
    return [str(folder / "sheet.xlsx"), "--mapping", str(folder / "sheet.yml"), "--enterprise", "vire-lune"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_would_change_is_told_in_the_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    assert run_command(["import", *sheet(tmp_path, [["M1", 2021, "51,25"]]), "--ui", lang]) == ALL_WELL
    shown = capsys.readouterr().out
    for key, values in (
        ("new", {"row": "2", "indicator": "A1.1", "year": "2021", "value": "51.25" if lang == "en" else "51,25"}),
        ("counted", {"new": 1, "same": 0, "conflict": 0, "others": 0, "empty": 0}),
        ("not_written", {}),
    ):
        assert text(f"cli.import.{key}", lang, **values) in shown


def test_seen_then_written(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lang = "fr"
    table = study / "enterprises" / "vire-lune" / "indicators.csv"
    before = table.read_text(encoding="utf-8")
    standing = next(row for row in before.splitlines() if row.startswith("A1.1,2024"))
    rows = [["M1", 2024, "60,5 %"], ["M1", 2021, "51,25"], ["M2", 2021, "secret"], ["M3", 2021, None]]
    asked = ["import", *sheet(tmp_path, rows), "--study", str(study), "--ui", lang]
    assert run_command(asked) == ALL_WELL
    shown = capsys.readouterr().out
    assert text("cli.import.counted", lang, new=2, same=0, conflict=1, others=0, empty=1) in shown
    assert text("cli.import.not_written", lang) in shown
    assert "A1.1, 2024" in shown
    assert table.read_text(encoding="utf-8") == before

    assert run_command([*asked, "--write"]) == SOME_FAILED
    written = table.read_text(encoding="utf-8").splitlines()
    assert set(before.splitlines()) < set(written)
    assert standing in written
    assert "A1.1,2021,,51.25,percent,,,,," in written
    assert any(row.startswith("A2.2,2021,,,") and ",refused," in row for row in written)

    assert run_command([*asked, "--overwrite"]) == ALL_WELL
    after = table.read_text(encoding="utf-8").splitlines()
    assert standing not in after
    assert standing.replace(standing.split(",")[3], "60.5", 1) in after
    frame = open_enterprise(study, "vire-lune").indicators
    assert frame.query("indicator == 'A1.1' and year == 2024")["value"].tolist() == [60.5]
    capsys.readouterr()
    assert run_command(asked) == ALL_WELL
    assert text("cli.import.counted", lang, new=0, same=3, conflict=0, others=0, empty=1) in capsys.readouterr().out


def test_a_sheet_with_faults_changes_nothing_and_tells_them_all(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = study / "enterprises" / "vire-lune" / "indicators.csv"
    before = table.read_bytes()
    rows = [["M1", 2021, "1.234"], ["M9", 2021, "4"], ["M2", 2021, "beaucoup"]]
    asked = ["import", *sheet(tmp_path, rows), "--study", str(study), "--ui", "fr", "--write"]
    assert run_command(asked) == WRONG_USE
    told = capsys.readouterr()
    for part in ("1.234", "M9", "beaucoup"):
        assert part in told.out + told.err
    assert table.read_bytes() == before


def test_what_the_study_refuses_is_put_back(study: Path, tmp_path: Path) -> None:
    """A year out of range passes the sheet, and not the table: the table stands as it stood."""
    table = study / "enterprises" / "vire-lune" / "indicators.csv"
    before = table.read_bytes()
    asked = ["import", *sheet(tmp_path, [["M1", 2150, "60,5"]]), "--study", str(study), "--write"]
    assert run_command(asked) == WRONG_USE
    assert table.read_bytes() == before
    assert not list(table.parent.glob(".indicators*"))
