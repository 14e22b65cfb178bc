"""The spreadsheet of weights: made in three languages, filled in by people, read back or refused with every fault."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.study import check_study, open_enterprise, read_weights_workbook, take_weights
from vises_methods.study.weights_workbook import write_weights_workbook

ANSWERS = {"fr": ("la première", "Salariés permanents"), "nl": ("de eerste", "staff"), "en": ("first", "staff")}


@pytest.fixture
def case(study: Path):
    return open_enterprise(study, "atelier")


def filled(case, path: Path, lang: str, cells: dict[str, dict[str, object]]) -> Path:
    write_weights_workbook(path, case, lang, persons=3)
    book = load_workbook(path)
    for sheet, given in cells.items():
        for place, value in given.items():
            book[sheet][place] = value
    book.save(path)
    return path


def judged(lang: str, *, first: int = 3) -> dict[str, object]:
    """The fifteen pairs of the first person, each the first one somewhat more."""
    word, group = ANSWERS[lang]
    answers = {f"E{row}": word for row in range(3, 18)} | {f"F{row}": first for row in range(3, 18)}
    return {"B3": group, **answers}


def faults(case, path: Path) -> set[tuple[str, int | None, str | None]]:
    with pytest.raises(InvalidStudyError) as caught:
        read_weights_workbook(path, case)
    assert all(problem.message(lang) for problem in caught.value.problems for lang in ("fr", "nl", "en"))
    return {(p.code.removeprefix("study.errors."), p.row, p.column) for p in caught.value.problems}


@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_what_people_write_comes_back_as_rows_of_the_tables(case, tmp_path: Path, lang: str):
    group = ANSWERS[lang][1]
    points = {"B4": group, "C4": 40, "D4": 60}
    path = filled(case, tmp_path / "w.xlsx", lang, {"points": points, "pairs": judged(lang)})
    given = read_weights_workbook(path, case)
    assert given.budgets[["respondent", "stakeholder_group", "dimension", "points"]].values.tolist() == [
        ["w02", "staff", code, value] for code, value in zip("ABCDEF", [40.0, 60.0, 0, 0, 0, 0], strict=True)
    ]
    assert len(given.judgements) == 15
    assert set(given.judgements["preferred"]) == {"first"}


def test_sums_are_shown_and_coloured_and_answers_are_lists(case, tmp_path: Path):
    book = load_workbook(write_weights_workbook(tmp_path / "w.xlsx", case, "nl", persons=2))
    assert book.sheetnames == ["Lees mij", "points", "pairs", "lists"]
    assert book["points"]["I3"].value == "=SUM(C3:H3)"
    assert [str(rule.sqref) for rule in book["points"].conditional_formatting] == ["A3:I4"]
    assert {str(rule.sqref) for rule in book["pairs"].data_validations.dataValidation} == {"B3:B32", "E3:E32", "F3:F32"}
    assert book["points"]["C2"].value.startswith("A · ")


def test_every_fault_of_both_sheets_is_told_at_once_with_its_place(case, tmp_path: Path):
    points = {"B3": "staff", "C3": 50, "B4": "nobody", "C4": 100, "B5": "staff", "C5": "half", "D5": 50}
    pairs = {**judged("en"), "A3": "Ana!", "E19": "first", "F19": 12}
    pairs |= {f"A{row}": "Ana!" for row in range(3, 18)}
    path = filled(case, tmp_path / "w.xlsx", "en", {"points": points, "pairs": pairs})
    assert faults(case, path) >= {
        ("budget_sum", 3, "sum"),
        ("no_group", 4, "stakeholder_group"),
        ("no_number", 5, "A"),
        ("bad_person", 3, "respondent"),
        ("no_number", 19, "strength"),
    }


def test_numbers_typed_as_text_are_read_where_there_is_one_way_to(case, tmp_path: Path):
    """Decimal commas, narrow spaces, a sign of per cent; 1.500 may be one and a half or more."""
    written = {"B3": "staff", "C3": "12,5", "D3": "\u202f37,5\u00a0%", "E3": "50", "F3": 0}
    path = filled(case, tmp_path / "w.xlsx", "nl", {"points": written, "pairs": {}})
    given = read_weights_workbook(path, case)
    assert given.budgets["points"].tolist() == [12.5, 37.5, 50.0, 0.0, 0.0, 0.0]
    wrong = filled(case, tmp_path / "v.xlsx", "nl", {"points": written | {"C3": "1.500", "D3": "4 0", "E3": "-5"}})
    assert faults(case, wrong) == {("number_two_ways", 3, "A"), ("no_number", 3, "B"), ("no_number", 3, "C")}


def test_a_pair_that_was_not_judged_and_a_strength_that_contradicts(case, tmp_path: Path):
    pairs = judged("en") | {"E5": None, "F5": None}
    path = filled(case, tmp_path / "w.xlsx", "en", {"pairs": pairs})
    assert faults(case, path) == {("pair_missing", 3, "respondent")}
    other = filled(case, tmp_path / "v.xlsx", "en", {"pairs": judged("en") | {"E5": "both alike"}})
    assert faults(case, other) == {("strength_contradicts", 5, "strength")}


def test_a_person_answers_in_one_way(case, tmp_path: Path):
    path = filled(case, tmp_path / "w.xlsx", "en", {"points": {"B3": "staff", "C3": 100}, "pairs": judged("en")})
    assert faults(case, path) == {("two_ways", None, "respondent")}


def test_what_is_no_filled_template_is_refused(case, tmp_path: Path):
    path = tmp_path / "w.xlsx"
    path.write_bytes(b"no workbook")
    assert faults(case, path) == {("no_workbook", None, None)}
    empty = write_weights_workbook(tmp_path / "empty.xlsx", case, "en")
    assert faults(case, empty) == {("nothing_given", None, None)}
    book = load_workbook(empty)
    book["points"]["C1"] = "Z"
    del book["pairs"]
    book.save(empty)
    assert faults(case, empty) == {("no_sheet", None, None)}
    with pytest.raises(InputError, match="exists"):
        write_weights_workbook(empty, case, "en")


def test_answers_are_added_to_the_tables_once(case, study: Path, tmp_path: Path):
    path = filled(case, tmp_path / "w.xlsx", "fr", {"points": {"B3": "staff", "C3": 12.5, "H3": 87.5}})
    assert [file.name for file in take_weights(path, case)] == ["weight_budgets.csv"]
    again = open_enterprise(study, "atelier")
    assert again.weight_budgets["points"].tolist() == [12.5, 0, 0, 0, 0, 87.5]
    assert check_study(study) == []
    before = (case.card.path / "weight_budgets.csv").read_bytes()
    with pytest.raises(InvalidStudyError):
        take_weights(path, again)
    assert (case.card.path / "weight_budgets.csv").read_bytes() == before


def test_persons_who_withdrew_leave_the_weights(study: Path, put):
    put("consent.csv", "person,label,form,signed_on,purposes,withdrawn_on\nw1,,v1,2024-01-02,analysis,2024-06-01\n")
    rows = "".join(f"{person},staff,{code},{50 if code < 'C' else 0}\n" for person in ("w1", "w2") for code in "ABCDEF")
    put("weight_budgets.csv", "respondent,stakeholder_group,dimension,points\n" + rows)
    case = open_enterprise(study, "atelier")
    assert set(case.weight_budgets["respondent"]) == {"w2"}
    assert case.left_out.values.tolist() == [["w1", "weights", 6]]


def test_a_person_of_the_sheet_is_nobody_elses_namesake(tmp_path: Path):
    """Whoever withdraws a consent takes all own rows along: another person of that name would vanish too."""
    there = open_enterprise("demo", "vire-lune")
    sheet = load_workbook(write_weights_workbook(tmp_path / "w.xlsx", there, "fr", persons=2))["points"]
    known = {*there.consent["person"], *there.weight_budgets["respondent"], *there.survey["respondent"]}
    assert {"w01", "w43"} <= known
    assert known.isdisjoint({sheet["A3"].value, sheet["A4"].value})
    other = open_enterprise("demo", "prunelles")
    points = {"A3": "p04", "B3": "staff", "C3": 100}
    assert faults(other, filled(other, tmp_path / "v.xlsx", "fr", {"points": points})) == {
        ("respondent_withdrew", None, "respondent")
    }
