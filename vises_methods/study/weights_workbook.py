"""The spreadsheet in which people give weights: a sheet to share out 100 points, a sheet to judge pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, count, islice
from pathlib import Path
from typing import Any

from vises_methods.catalogue import Language, localised, text, yaml_content
from vises_methods.errors import InputError
from vises_methods.study.enterprise import Enterprise
from vises_methods.study.reference import DIMENSION_LEVEL
from vises_methods.study.workbook import FIRST_DAY

FIRST_ROW = 3
BUDGETS, PAIRS, LISTS = "points", "pairs", "lists"
PREFERRED = ("first", "second", "equal")
_QUIET, _WRONG = "5B6770", "F4D6C6"


@dataclass(frozen=True)
class Asked:
    """What persons are asked to weigh: the dimensions and the groups, each with its name by language."""

    dimensions: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, Mapping[str, str]]


def asked_of(case: Enterprise, /) -> Asked:
    """Return the dimensions of the study's framework, and the stakeholder groups of its codebook."""
    framework = yaml_content(case.framework_nodes.read_text(encoding="utf-8"))
    codebook = yaml_content(case.codebook.read_text(encoding="utf-8"))
    return Asked(
        {node["id"]: node["label"] for node in framework["nodes"] if node["level"] == DIMENSION_LEVEL},
        {group["id"]: group["label"] for group in codebook["stakeholder_groups"]},
    )


def write_weights_workbook(path: str | Path, case: Enterprise, lang: Language, *, persons: int = 12) -> Path:
    """Write an Excel workbook in which persons give weights to the dimensions, by points or by pairs.

    Persons bear identifiers (``w01``…) that no person of the enterprise has yet, never names. Sums are shown and
    coloured where they are not 100; groups and answers are chosen from lists. :func:`read_weights_workbook` reads it
    back.

    Parameters
    ----------
    path : str or Path
        A file that does not exist yet, ending in ``.xlsx``.
    case : Enterprise
    lang : {"fr", "nl", "en"}
        The language of the instructions, of the heads and of the answers; any is read back.
    persons : int
        How many persons there is room for, 1 to 200.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When the file exists, or there is room for nobody.
    """
    from openpyxl import Workbook

    target = Path(path)
    if target.exists():
        raise InputError("study.template_errors.exists_file", str(target))
    if not 1 <= persons <= 200:
        raise InputError("out_of_range", "write_weights_workbook(persons=)", value=persons, allowed="1-200")
    asked, names = asked_of(case), list(islice(_free_identifiers(case), persons))
    book = Workbook()
    book.properties.created = book.properties.modified = FIRST_DAY
    _instructions(book.active, case, lang)
    _budgets(book.create_sheet(BUDGETS), asked, names, lang)
    _pairs(book.create_sheet(PAIRS), asked, names, lang)
    _lists(book.create_sheet(LISTS), asked, lang)
    book.save(target)
    return target


def _free_identifiers(case: Enterprise) -> Iterator[str]:
    """A person of the sheet is nobody else's namesake: whoever withdraws a consent takes only own answers along."""
    tables = (case.weight_budgets, case.weight_judgements, case.survey)
    taken = {*case.consent["person"], *(name for table in tables for name in table["respondent"])}
    return (name for number in count(1) if (name := f"w{number:02d}") not in taken)


def dimension_name(code: str, asked: Asked, lang: str) -> str:
    """Return how a dimension stands in the sheets: its identifier, then its name."""
    return f"{code} · {localised(asked.dimensions[code], lang)}"


def _instructions(sheet: Any, case: Enterprise, lang: str) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = text("study.workbook.sheet", lang)
    sheet.column_dimensions["A"].width = 100
    sheet["A1"] = text("study.weights_workbook.title", lang, name=case.name)
    sheet["A1"].font = Font(bold=True, size=14)
    for row, part in enumerate(("why", "points", "pairs", "names", "back"), 3):
        sheet.cell(row=row, column=1, value=text(f"study.weights_workbook.{part}", lang))
        sheet.cell(row=row, column=1).alignment = Alignment(wrap_text=True, vertical="top")


def _budgets(sheet: Any, asked: Asked, names: list[str], lang: str) -> None:
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    labels = [dimension_name(code, asked, lang) for code in asked.dimensions]
    _heads(sheet, ["respondent", "stakeholder_group", *asked.dimensions, "sum"], ["", "", *labels, ""], lang)
    last, end = get_column_letter(len(labels) + 2), FIRST_ROW + len(names) - 1
    total = get_column_letter(len(labels) + 3)
    for row, name in enumerate(names, FIRST_ROW):
        sheet.cell(row=row, column=1, value=name)
        sheet.cell(row=row, column=len(labels) + 3, value=f"=SUM(C{row}:{last}{row})")
    _choice(sheet, f"B{FIRST_ROW}:B{end}", _group_list(asked), lang)
    _number(sheet, f"C{FIRST_ROW}:{last}{end}", "decimal", 0, 100, lang)
    wrong = f"AND(COUNT($C{FIRST_ROW}:${last}{FIRST_ROW})>0,ABS(${total}{FIRST_ROW}-100)>0.01)"
    fill = PatternFill("solid", bgColor=_WRONG)
    sheet.conditional_formatting.add(f"A{FIRST_ROW}:{total}{end}", FormulaRule(formula=[wrong], fill=fill))


def _pairs(sheet: Any, asked: Asked, names: list[str], lang: str) -> None:
    _heads(sheet, ["respondent", "stakeholder_group", "first", "second", "preferred", "strength"], [""] * 6, lang)
    row = FIRST_ROW
    for name in names:
        for pair in combinations(asked.dimensions, 2):
            sheet.cell(row=row, column=1, value=name)
            for column, code in enumerate(pair, 3):
                sheet.cell(row=row, column=column, value=dimension_name(code, asked, lang))
            row += 1
    _choice(sheet, f"B{FIRST_ROW}:B{row - 1}", _group_list(asked), lang)
    _choice(sheet, f"E{FIRST_ROW}:E{row - 1}", f"={LISTS}!$D$1:$D${len(PREFERRED)}", lang)
    _number(sheet, f"F{FIRST_ROW}:F{row - 1}", "whole", 1, 9, lang)


def _lists(sheet: Any, asked: Asked, lang: str) -> None:
    for row, (code, label) in enumerate(asked.groups.items(), 1):
        sheet.cell(row=row, column=1, value=code)
        sheet.cell(row=row, column=2, value=localised(label, lang))
    for row, answer in enumerate(PREFERRED, 1):
        sheet.cell(row=row, column=3, value=answer)
        sheet.cell(row=row, column=4, value=text(f"study.weights_workbook.preferred.{answer}", lang))
    sheet.sheet_state = "hidden"


def _group_list(asked: Asked) -> str:
    return f"={LISTS}!$B$1:$B${len(asked.groups)}"


def _heads(sheet: Any, codes: list[str], labels: list[str], lang: str) -> None:
    """Identifiers in the first row, by which the sheet is read back; words in the second."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = f"C{FIRST_ROW}"
    for column, (code, label) in enumerate(zip(codes, labels, strict=True), 1):
        sheet.cell(row=1, column=column, value=code).font = Font(size=8, color=_QUIET)
        words = label or text(f"study.weights_workbook.heads.{code}", lang)
        head = sheet.cell(row=2, column=column, value=words)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = 24


def _choice(sheet: Any, cells: str, formula: str, lang: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    rule.error, rule.showErrorMessage = text("study.workbook.choose", lang), True
    sheet.add_data_validation(rule)
    rule.add(cells)


def _number(sheet: Any, cells: str, kind: str, low: int, high: int, lang: str) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type=kind, operator="between", formula1=str(low), formula2=str(high), allow_blank=True)
    rule.error = text("study.weights_workbook.between", lang, low=low, high=high)
    rule.showErrorMessage = True
    sheet.add_data_validation(rule)
    rule.add(cells)
