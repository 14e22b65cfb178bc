"""The pandera schema tells each wrong cell once, and a repeated key with the row of its first."""

from pathlib import Path

from vises_methods.study.definitions import survey_table, table
from vises_methods.study.schemas import validate
from vises_methods.study.table_files import read_table

HEADER = "indicator,year,breakdown,value,unit,n,missing,source,quality,note"


def _problems(tmp_path: Path, *rows: str) -> list[tuple[str, int | None, str | None]]:
    path = tmp_path / "indicators.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    file = read_table(path, table("indicators"), "indicators.csv")
    found = validate(file.frame, table("indicators"), "indicators.csv", told=file.told)
    return [(problem.code.split(".")[-1], problem.row, problem.column) for problem in found]


def test_a_sound_table_has_no_problem(tmp_path: Path):
    assert _problems(tmp_path, "A1.1,2024,,5,percent,3,,admin,2,", "A1.1,2024,gender=women,,percent,,refused,,,") == []


def test_each_kind_of_cell_is_told(tmp_path: Path):
    found = _problems(
        tmp_path,
        ",2024,,5,percent,0,,admin,2,",
        "A1.1,2024,women,5,percent,3,,admi,4,",
        "A1.2,1800,,5,percent,3,,,,",
    )
    assert found == [
        ("cell_required", 2, "indicator"),
        ("cell_above", 2, "n"),
        ("cell_pattern", 3, "breakdown"),
        ("cell_range", 3, "quality"),
        ("cell_enum", 3, "source"),
        ("cell_range", 4, "year"),
    ]


def test_a_repeated_key_with_an_empty_part_is_told_at_its_second_row(tmp_path: Path):
    path = tmp_path / "indicators.csv"
    path.write_text(f"{HEADER}\nA1.1,2024,,5,percent,,,,,\nA1.2,2024,,5,percent,,,,,\nA1.1,2024,,6,percent,,,,,\n")
    file = read_table(path, table("indicators"), "indicators.csv")
    (problem,) = validate(file.frame, table("indicators"), "indicators.csv")
    assert (problem.row, problem.values["first"]) == (4, "2")
    assert problem.values["value"] == ["A1.1", "2024"]


def test_a_cell_that_could_not_be_read_is_not_told_again_as_empty(tmp_path: Path):
    assert _problems(tmp_path, "A1.1,MMXXIV,,5,percent,,,,,") == []


def test_items_and_covariates_become_columns_of_the_survey():
    items = {
        "items": [{"id": "conf1", "label": {"fr": "x"}, "kind": "ordinal", "min": 1, "max": 5}],
        "covariates": [{"id": "age", "label": {"fr": "x"}, "kind": "categorical", "categories": ["<30"]}],
    }
    extended = survey_table(items)
    assert extended.names[-2:] == ("age", "conf1")
    assert extended.column("age").enum == ("<30",)
    assert (extended.column("conf1").minimum, extended.open) == (1, False)
