"""A CSV file is read as people save it; what cannot be read is told by its cell, as a spreadsheet numbers it."""

from pathlib import Path

import pytest

from vises_methods.study.definitions import table
from vises_methods.study.schemas import validate
from vises_methods.study.table_files import TableFile, empty_frame, read_table

HEADER = "indicator,year,breakdown,value,unit,n,missing,source,quality,note"


def _read(tmp_path: Path, *lines: str, name: str = "indicators", encoding: str = "utf-8") -> TableFile:
    path = tmp_path / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding, newline="")
    return read_table(path, table(name), f"{name}.csv")


def _told(file: TableFile) -> list[tuple[str, int | None, str | None]]:
    return [(problem.code.split(".")[-1], problem.row, problem.column) for problem in file.problems]


def test_a_byte_order_mark_and_windows_line_endings_of_a_spreadsheet_are_taken(tmp_path: Path):
    path = tmp_path / "indicators.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\nA1.1,2024,,5,percent,,,,,\r\n".encode())
    file = read_table(path, table("indicators"), "indicators.csv")
    assert file.problems == ()
    assert file.frame["value"].tolist() == [5.0]


def test_rows_are_numbered_as_a_spreadsheet_does_past_blank_rows_and_breaks_in_cells(tmp_path: Path):
    file = _read(tmp_path, HEADER, 'A1.1,2024,,5,percent,,,,,"a\nb"', "", "A1.2,2024,,x,percent,,,,,")
    assert _told(file) == [("not_a_number", 4, "value")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('"12,5"', "decimal_comma"),
        ('"1 234,5"', "decimal_comma"),
        ('"1\u202f234,5"', "decimal_comma"),
        ("1 250", "thousands_separator"),
        ("1\u00a0250", "thousands_separator"),
        ("env. 3", "not_a_number"),
        ("12 %", "not_a_number"),
        ("nan", "not_a_number"),
        ("inf", "not_a_number"),
        ("#REF!", "not_a_number"),
    ],
)
def test_what_is_no_number_is_told_by_its_kind(tmp_path: Path, cell: str, code: str):
    assert _told(_read(tmp_path, HEADER, f"A1.1,2024,,{cell},percent,,,,,")) == [(code, 2, "value")]


def test_the_remedy_of_a_decimal_comma_is_the_number_itself(tmp_path: Path):
    problem = _read(tmp_path, HEADER, 'A1.1,2024,,"1 234,5",percent,,,,,').problems[0]
    assert problem.remedy("fr") == "Écrivez 1234.5."


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("15/03/2024", "date_format"),
        ("45366", "date_serial"),
        ("2023-02-29", "impossible_date"),
        ("mars 24", "date_format"),
    ],
)
def test_dates_that_a_spreadsheet_mangled_are_told(tmp_path: Path, cell: str, code: str):
    header = "person,label,form,signed_on,purposes,withdrawn_on"
    assert _told(_read(tmp_path, header, f"p01,,v1,{cell},analysis,", name="consent")) == [(code, 2, "signed_on")]


def test_a_misspelt_column_is_told_once_and_not_as_missing_too(tmp_path: Path):
    file = _read(tmp_path, HEADER.replace("unit", "units"), "A1.1,2024,,5,percent,,,,,")
    assert _told(file) == [("misspelt_column", 1, "units")]
    assert validate(file.frame, table("indicators"), "indicators.csv", told=file.told) == []


def test_a_semicolon_as_separator_is_one_problem(tmp_path: Path):
    assert _told(_read(tmp_path, HEADER.replace(",", ";"), "A1.1;2024;;5")) == [("wrong_delimiter", 1, None)]


def test_a_wrong_byte_is_told_with_its_line_and_character(tmp_path: Path):
    file = _read(tmp_path, HEADER, "A1.1,2024,,5,percent,,,,,café", encoding="cp1252")
    problem = file.problems[0]
    assert (problem.code, problem.row) == ("study.errors.not_utf8", 2)
    assert "0xE9" in problem.found("nl")
    assert "character 29" in problem.found("en")
    assert "café" in problem.found("en")


def test_a_row_with_too_few_cells_is_told_and_left_out(tmp_path: Path):
    file = _read(tmp_path, HEADER, "A1.1,2024", "A1.2,2024,,5,percent,,,,,")
    assert _told(file) == [("row_length", 2, None)]
    assert file.frame.index.tolist() == [3]
    assert not file.whole


def test_an_empty_frame_has_the_columns_and_types():
    frame = empty_frame(table("documents"))
    assert tuple(frame.columns) == table("documents").names
    assert str(frame["date"].dtype).startswith("datetime64")
    assert frame["adjudicated"].dtype == "boolean"
