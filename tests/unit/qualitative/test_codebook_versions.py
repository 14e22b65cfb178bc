import pandas as pd
import pytest

from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.qualitative import Code, Codebook, Operation, apply_operations, carry_codings, compare_codebooks

BOOK = Codebook(
    "b",
    "1",
    (
        Code("A", label="Family"),
        Code("A.X", parent="A", label="Work"),
        Code("A.Y", parent="A"),
        Code("A.X.1", parent="A.X"),
        Code("B"),
    ),
)
OPERATIONS = [
    Operation("rename", ("A.X",), ("A.W",), reason="clearer"),
    Operation("merge", ("A.Y", "A.W"), ("A.W",), parent="A"),
    Operation("split", ("B",), ("B.1", "B.2")),
    Operation("add", (), ("C",)),
    Operation("move", ("A.X.1",), ("A.X.1",), parent="C"),
]


def tree(book):
    return {code.id: code.parent for code in book}


def test_operations_make_the_new_version():
    new = apply_operations(BOOK, OPERATIONS, version="2")
    assert tree(new) == {"A": None, "A.W": "A", "A.X.1": "C", "B.1": None, "B.2": None, "C": None}
    assert new.version == "2"
    assert new["A.W"].label == ""
    assert tree(BOOK)["A.X"] == "A"


def test_a_renamed_code_keeps_its_children_and_its_texts():
    new = apply_operations(BOOK, OPERATIONS[:1], version="2")
    assert new.parent("A.X.1") == "A.W"
    assert new.label("A.W", "fr") == "Work"


@pytest.mark.parametrize(
    "operation",
    [
        Operation("rename", ("Q",), ("R",)),
        Operation("rename", ("A.X",), ("B",)),
        Operation("add", (), ("B",)),
        Operation("merge", ("A.X", "A.Y"), ("B",)),
    ],
)
def test_an_operation_that_does_not_fit_is_an_error(operation):
    with pytest.raises(InputError) as caught:
        apply_operations(BOOK, [operation], version="2")
    assert all(caught.value.message(lang) for lang in ("fr", "nl", "en"))


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [("rename", ("A", "B"), ("C",)), ("merge", ("A",), ("B",)), ("move", ("A",), ("B",)), ("drop", ("A",), ())],
)
def test_an_operation_without_sense_is_an_error(kind, before, after):
    with pytest.raises(InputError):
        Operation(kind, before, after)


def test_removing_a_code_that_has_children_leaves_no_tree():
    with pytest.raises(InvalidStudyError):
        apply_operations(BOOK, [Operation("remove", ("A.X",))], version="2")


def test_codings_are_carried_over_step_by_step():
    marks = pd.DataFrame(
        [("d", "a", "A.X", 0, 3), ("d", "a", "A.Y", 0, 3), ("d", "b", "A.X", 0, 3), ("d", "a", "B", 4, 6)],
        columns=["document", "coder", "code", "start", "end"],
    ).assign(memo="kept")
    carried = carry_codings(marks, OPERATIONS)
    assert carried[["coder", "code", "previous_code"]].to_numpy().tolist() == [
        ["a", "A.W", "A.X"],
        ["b", "A.W", "A.X"],
        ["a", "B", "B"],
    ]
    assert carried["to_review"].tolist() == [None, None, "B.1|B.2"]
    assert set(carried["memo"]) == {"kept"}


def test_codings_of_a_removed_code_ask_for_review():
    marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["B"], "start": [0], "end": [2]})
    assert carry_codings(marks, [Operation("remove", ("B",))])["to_review"].tolist() == ["removed"]


def test_the_difference_is_told_with_the_recorded_operations():
    new = apply_operations(BOOK, OPERATIONS, version="2")
    counts = compare_codebooks(BOOK, new, operations=OPERATIONS).estimates.set_index("measure")["estimate"]
    assert counts[counts > 0].to_dict() == {
        "added": 1,
        "renamed": 1,
        "merged": 1,
        "split": 2,
        "moved": 1,
        "unchanged": 1,
    }


def test_the_difference_without_a_record_is_what_identities_show():
    new = Codebook("b", "2", (Code("A", label="Clan"), Code("A.Y", definition="New"), Code("Z")))
    changes = compare_codebooks(BOOK, new).details["changes"]
    assert sorted(changes[["code", "change"]].itertuples(index=False, name=None)) == [
        ("A", "relabelled"),
        ("A.X", "removed"),
        ("A.X.1", "removed"),
        ("A.Y", "moved"),
        ("A.Y", "redefined"),
        ("B", "removed"),
        ("Z", "added"),
    ]


def test_equal_books_are_unchanged():
    counts = compare_codebooks(BOOK, BOOK).estimates.set_index("measure")["estimate"]
    assert counts["unchanged"] == 5
    assert counts.drop("unchanged").sum() == 0


def test_operations_are_read_from_a_file():
    entry = {"kind": "split", "before": "B", "after": ["B.1", "B.2"], "by": "team", "on": "2026-01-05"}
    assert Operation.from_mapping(entry) == Operation("split", ("B",), ("B.1", "B.2"), by="team", on="2026-01-05")
