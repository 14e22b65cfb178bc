"""The spreadsheet has a sheet per table, drop-downs of the allowed values, and keeps dates as text."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from vises_methods.errors import InputError
from vises_methods.study import write_templates
from vises_methods.study.definitions import TABLES, table


def test_a_sheet_for_each_table_with_its_columns(tmp_path: Path):
    workbook = load_workbook(write_templates(tmp_path / "tables.xlsx", "nl"))
    assert workbook.sheetnames == ["Lees mij", *TABLES]
    for name in TABLES:
        assert tuple(cell.value for cell in workbook[name][1]) == table(name).names


def test_allowed_values_are_a_drop_down_and_columns_are_explained(tmp_path: Path):
    sheet = load_workbook(write_templates(tmp_path / "tables.xlsx", "fr"))["documents"]
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists["C2"] == '"interview,focus_group,life_story,document"'
    assert lists["J2"] == '"true,false"'
    assert "Entretien" in sheet["C1"].comment.text
    assert sheet.column_dimensions["D"].number_format == "@"


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path):
    path = tmp_path / "tables.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists"):
        write_templates(path, "en")
    assert path.read_bytes() == b"mine"
