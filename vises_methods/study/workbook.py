"""The tables as a spreadsheet: one sheet per table, drop-downs of the allowed values, each column explained."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from vises_methods.catalogue import Language, text
from vises_methods.errors import InputError
from vises_methods.study.data_dictionary import allowed
from vises_methods.study.definitions import TABLES, Column, Table, table

ROWS = 1000
_LONGEST_LIST = 255
FIRST_DAY = datetime(2016, 10, 11)
"""Stands in every workbook made, so that two of them are the same."""


def write_templates(path: str | Path, lang: Language) -> Path:
    """Write an Excel workbook to fill in: headers, explanations, drop-downs, and cells that keep dates as text.

    Parameters
    ----------
    path : str or Path
        A file that does not exist yet, ending in ``.xlsx``.
    lang : {"fr", "nl", "en"}
        The language of the explanations.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        When the file exists.
    """
    from openpyxl import Workbook

    target = Path(path)
    if target.exists():
        raise InputError("study.template_errors.exists_file", str(target))
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = FIRST_DAY
    first = workbook.active
    first.title = text("study.workbook.sheet", lang)
    first["A1"] = text("study.workbook.introduction", lang)
    first.column_dimensions["A"].width = 120
    for name in TABLES:
        _sheet(workbook.create_sheet(name), table(name), lang)
    workbook.save(target)
    return target


def _sheet(sheet: Any, definition: Table, lang: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for number, column in enumerate(definition.columns, 1):
        letter = get_column_letter(number)
        head = sheet.cell(row=1, column=number, value=column.name)
        head.font = Font(bold=True)
        head.comment = Comment(explanation(column, lang), "VISES", width=320, height=140)
        sheet.column_dimensions[letter].width = max(14, len(column.name) + 4)
        if column.type not in ("integer", "number"):
            sheet.column_dimensions[letter].number_format = "@"
        _drop_down(sheet, column, letter, lang)


def explanation(column: Column, lang: str) -> str:
    """Return what a column means and what it allows, in one text."""
    limits = allowed(column, lang)
    meaning = (column.description or {})[lang]
    return f"{meaning}\n({limits})" if limits else meaning


def _drop_down(sheet: Any, column: Column, letter: str, lang: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    words = list(column.enum) or (["true", "false"] if column.type == "boolean" else [])
    listed = ",".join(words)
    if not words or len(listed) > _LONGEST_LIST:
        return
    choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=not column.required)
    choice.error = text("study.workbook.choose", lang)
    sheet.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{ROWS + 1}")
