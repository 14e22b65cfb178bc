"""Partners' own sheets: layouts, number formats, and refusals with row and column."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import ExchangeError, InputError, InvalidStudyError, VisesError
from vises_methods.indicators import Cells, IndicatorTree, mesis_mapping, read_sheet
from vises_methods.indicators.written_numbers import NumberError, parse_number


@pytest.mark.parametrize(
    ("written", "lang", "expected"),
    [
        ("12", None, 12),
        ("-3,5", None, -3.5),
        ("−3,5", "fr", -3.5),
        ("1\u202f234,56", "fr", 1234.56),
        ("1\u00a0234\u00a0567", "fr", 1234567),
        ("1,234", "fr", 1.234),
        ("45,5 %", "fr", 45.5),
        ("1 200 €", "fr", 1200),
        ("1.234", "nl", 1234),
        ("1.234.567", "nl", 1234567),
        ("1.234,5", "nl", 1234.5),
        ("0,25", "nl", 0.25),
        ("1,234", "en", 1234),
        ("1,234.5", "en", 1234.5),
        ("0.125", "en", 0.125),
        ("1.234,5", None, 1234.5),
        ("1 234.5", None, 1234.5),
        ("0,125", None, 0.125),
        (",5", "fr", 0.5),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(written: str, lang: str | None, expected: float) -> None:
    assert parse_number(written, lang) == expected


@pytest.mark.parametrize(
    ("written", "lang", "code"),
    [
        ("1.234", "fr", "number_ambiguous"),
        ("1.234", None, "number_ambiguous"),
        ("1,234", None, "number_ambiguous"),
        ("1.5", "fr", "number_unread"),
        ("1.5", "nl", "number_unread"),
        ("1,5", "en", "number_unread"),
        ("1,234.5", "nl", "number_unread"),
        ("1.2345,6", "nl", "number_unread"),
        ("1,234,567", "fr", "number_unread"),
        ("12 34", "fr", "number_unread"),
        ("about 5", "en", "number_unread"),
        ("5-6", "en", "number_unread"),
        ("", "en", "number_unread"),
        ("1e5", "en", "number_unread"),
    ],
)
def test_what_is_no_number_or_two_is_refused(written: str, lang: str | None, code: str) -> None:
    with pytest.raises(NumberError) as error:
        parse_number(written, lang)
    assert error.value.code == code


def test_a_long_sheet() -> None:
    frame = pd.DataFrame(
        {
            "Entreprise": ["alder", "alder", "birch"],
            "Indicateur": ["Emplois", "Confiance", "Emplois"],
            "Année": ["2024", "2024", "2024.0"],
            "Valeur": ["1 200,5", "s.o.", ""],
        }
    )
    columns = {"unit": "Entreprise", "indicator": "Indicateur", "year": "Année", "value": "Valeur"}
    mapping = {"lang": "fr", "columns": columns, "indicators": {"Emplois": "jobs", "Confiance": "trust"}}
    table = read_sheet(frame, mapping)
    assert table["value"].tolist()[0] == 1200.5
    assert table["missing"].tolist()[1:] == ["not_applicable", "not_collected"]
    assert table["row"].tolist() == [2, 3, 4]
    cells = Cells.from_long(table)
    assert cells.numbers.loc["alder", "jobs"] == 1200.5


def test_a_wide_sheet_from_csv(tmp_path: Path, tree: IndicatorTree) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        "\ufeffonderneming;jobs;trust;opmerking\nalder;45,5;3,5;goed\nbirch;n.v.t.;geheim;\n", encoding="utf-8"
    )
    mapping = {
        "layout": "wide",
        "lang": "nl",
        "year": 2024,
        "columns": {"unit": "onderneming"},
        "indicators": {"jobs": "jobs", "trust": "trust"},
        "missing": {"geheim": "refused"},
    }
    table = read_sheet(path, mapping, tree=tree)
    assert table[["unit", "indicator", "value"]].dropna().to_numpy().tolist() == [
        ["alder", "jobs", 45.5],
        ["alder", "trust", 3.5],
    ]
    assert table["missing"].dropna().tolist() == ["not_applicable", "refused"]


def test_a_workbook_with_cells_in_per_cent(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["identifier", "field", "label", "unit", "value", "year"])
    sheet.append(["M1", "Logement", "Logés", "%", 0.455, 2024])
    sheet.append(["M2", "Logement", "Nuitées", "nombre", 1234, 2024])
    sheet["E2"].number_format = "0.0%"
    path = tmp_path / "mesis.xlsx"
    book.save(path)
    table = read_sheet(path, mesis_mapping(unit="alder", lang="fr", indicators={"M1": "C3"}))
    assert table[["indicator", "value", "field", "label"]].to_numpy().tolist() == [
        ["C3", 45.5, "Logement", "Logés"],
        ["M2", 1234.0, "Logement", "Nuitées"],
    ]
    renamed = mesis_mapping(unit="alder", lang="fr", headers={"identifier": "Identifiant", "year": "Année"})
    assert renamed.columns["indicator"] == "Identifiant"


def test_every_cell_that_cannot_be_read_is_told_with_its_place() -> None:
    frame = pd.DataFrame(
        {
            "unit": ["a", "a", "a", "b", "b"],
            "indicator": ["x", "y", "z", "x", "x"],
            "year": ["2024", "24", "2024", "2024", "2024"],
            "value": ["1.234", "5", "many", "1", "2"],
        }
    )
    mapping = {"lang": "fr", "indicators": {"x": "x", "y": "y"}}
    with pytest.raises(InvalidStudyError) as error:
        read_sheet(frame, mapping)
    told = [(problem.code.split(".")[-1], problem.row, problem.column) for problem in error.value.problems]
    assert told == [
        ("number_ambiguous", 2, "value"),
        ("year_unread", 3, "value"),
        ("identifier_unmapped", 4, "value"),
        ("number_unread", 4, "value"),
        ("cell_twice", 6, None),
    ]
    assert all("1.234" in error.value.message(lang) for lang in LANGUAGES)


def test_codes_and_units_of_measure_are_checked_against_the_tree(nodes: pd.DataFrame) -> None:
    nodes["unit"] = [None, None, None, "percent", "percent", "percent", "fte", "count", "likert"]
    tree = IndicatorTree.from_frame(nodes)
    frame = pd.DataFrame(
        {"indicator": ["events", "jobs", "absent"], "value": ["4 %", "50 %", "1"], "measure": [None, None, None]}
    )
    with pytest.raises(InvalidStudyError) as error:
        read_sheet(frame, {"lang": "fr", "unit": "alder", "year": 2024}, tree=tree)
    assert [(p.code.split(".")[-1], p.row) for p in error.value.problems] == [
        ("measure_differs", 2),
        ("unknown_code", 4),
    ]
    measured = frame.iloc[[1]].assign(value="50", measure="pct")
    read = read_sheet(measured, {"unit": "a", "year": 2024, "measures": {"pct": "percent"}}, tree=tree)
    assert read["value"].tolist() == [50]


def test_what_is_no_sheet_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"not a workbook")
    with pytest.raises(ExchangeError, match="damaged"):
        read_sheet(broken, {})
    with pytest.raises(ExchangeError, match="no such file"):
        read_sheet(tmp_path / "absent.csv", {})
    with pytest.raises(InputError, match="indicator"):
        read_sheet(pd.DataFrame({"value": [1]}), {"unit": "a", "year": 2024})
    for wrong in ({"layout": "tall"}, {"lang": "de"}, {"missing": {"-": "zero"}}, {"colour": "red"}):
        with pytest.raises(InputError):
            read_sheet(pd.DataFrame({"value": [1]}), wrong)


def test_a_column_decides_what_one_number_leaves_open() -> None:
    def read(values: list[str]) -> list[float]:
        frame = pd.DataFrame({"unit": [f"u{i}" for i in range(len(values))], "indicator": "x", "value": values})
        return list(read_sheet(frame, {"year": 2024})["value"])

    assert read(["1.234", "45,5"]) == [1234.0, 45.5]
    assert read(["1.234", "45.5"]) == [1.234, 45.5]
    assert read(["1.234", "1.234.567"]) == [1234.0, 1234567.0]
    for open_still in (["1.234"], ["1.234", "7"], ["1.234", "45,5", "45.5"]):
        with pytest.raises(InvalidStudyError) as error:
            read(open_still)
        assert (error.value.problems[0].row, error.value.problems[0].column) == (2, "value")


@pytest.mark.parametrize(
    "written", ["€ 1.234,50", "1.234,50 €", "EUR 1.234,5", "1 234,5 euros", "1’234,5", "1\u202f234,5"]
)
def test_money_and_marks_of_thousands(written: str) -> None:
    assert parse_number(written, "nl") == 1234.5


def test_a_sheet_with_a_column_per_year_is_read(tmp_path: Path) -> None:
    """As many enterprises keep theirs: indicators downwards, years across, numbers as Dutch writes them."""
    book = openpyxl.Workbook()
    for row in (
        ["Indicator", "2023", 2024, "Nota"],
        ["Opkomst", "51,2 %", "53\u202f%", "gemeten"],
        ["Omzet", "1\u202f234\u00a0567,5", "€ 1.300.000,00", None],
        ["Opleiding", "25,3", "geheim", None],
    ):
        book.active.append(row)
    book.save(tmp_path / "years.xlsx")
    mapping = {
        "layout": "years",
        "lang": "nl",
        "unit": "u",
        "columns": {"indicator": "Indicator"},
        "indicators": {"Opkomst": "a", "Omzet": "b", "Opleiding": "c"},
        "missing": {"geheim": "refused"},
    }
    rows = read_sheet(tmp_path / "years.xlsx", mapping).set_index(["indicator", "year"])
    assert rows.loc["a", "value"].tolist() == [51.2, 53.0]
    assert rows.loc["b", "value"].tolist() == [1234567.5, 1300000.0]
    assert rows.loc[("c", 2024), "missing"] == "refused"
    with pytest.raises(InputError, match="year"):
        read_sheet(pd.DataFrame({"Indicator": ["Opkomst"], "Nota": ["x"]}), mapping)


def test_what_is_ambiguous_in_a_column_of_a_year_is_refused_with_row_and_column() -> None:
    sheet = pd.DataFrame({"indicator": ["a", "b"], "2023": ["1.234", "x"]})
    with pytest.raises(InvalidStudyError) as caught:
        read_sheet(sheet, {"layout": "years", "unit": "u"})
    assert [(p.row, p.column, p.code.rpartition(".")[2]) for p in caught.value.problems] == [
        (2, "2023", "number_ambiguous"),
        (3, "2023", "number_unread"),
    ]


@pytest.mark.parametrize(
    ("content", "layout", "told"),
    [
        ("ent;p1;p1\nA;1;2\n", "wide", "two columns “p1”"),
        ("ent;p1;\nA;1;\nB;2;9\n", "wide", "row 3: found values in column 3, which has no header"),
        ("Bilan 2024;;\nent;p1;p2\nA;1;2\n", "wide", "row 2: found values in column 2"),
        ("ent;p1\nA;1\n;2\n", "wide", "row 3, p1: found a value without unit"),
        ("ent;ind;val\nA;;2\n", "long", "row 2, val: found a value without indicator"),
        ("ind;2023;2024*\np1;1;2\n", "years", "row 1, 2024*: found the year “2024*”"),
        ("ent;p1\n", "wide", "no rows"),
        ("", "wide", "damaged"),
    ],
)
def test_what_would_be_taken_on_a_guess_is_refused_with_its_place(tmp_path, content, layout, told):
    path = tmp_path / "sheet.csv"
    path.write_text(content, encoding="utf-8")
    columns = {"unit": "ent", "indicator": "ind", "value": "val"}
    mapping = {"layout": layout, "lang": "fr", "columns": columns, "year": 2024, "keep_unknown": True}
    with pytest.raises(VisesError) as caught:
        read_sheet(path, mapping | ({"unit": "A"} if layout == "years" else {}))
    problems = getattr(caught.value, "problems", None) or [caught.value.problem]
    assert any(told in problem.message("en") for problem in problems)
    assert all(problem.message(lang) for problem in problems for lang in ("fr", "nl"))


def test_rows_and_columns_of_nothing_are_only_space(tmp_path):
    """Blank lines keep their number: the fault below them stands in line 5."""
    path = tmp_path / "sheet.csv"
    path.write_text("ent;p1;;\nA;1,5;;\n;;;\n\nB;x;;\n", encoding="utf-8")
    mapping = {"layout": "wide", "lang": "fr", "columns": {"unit": "ent"}, "year": 2024, "keep_unknown": True}
    with pytest.raises(InvalidStudyError) as caught:
        read_sheet(path, mapping)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [(5, "p1")]
    path.write_text("ent;p1;;\nA;1,5;;\n;;;\n\nB;2;;\n", encoding="utf-8")
    assert read_sheet(path, mapping)[["unit", "value"]].to_numpy().tolist() == [["A", 1.5], ["B", 2.0]]
