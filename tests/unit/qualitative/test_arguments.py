"""Every public function holds its arguments against its signature, and what a table holds against what it must."""

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest

from vises_methods import qualitative as public
from vises_methods.errors import InputError, VisesError
from vises_methods.qualitative import (
    Code,
    Codebook,
    CodedProject,
    Operation,
    Pseudonymised,
    agreement,
    agreement_with_settled,
    apply_operations,
    calibrate,
    carry_codings,
    code_by_case,
    cooccurrence,
    correspondence_analysis,
    double_coding_size,
    framework_matrix,
    gamma_agreement,
    keyword_in_context,
    minimise,
    multiple_correspondence_analysis,
    necessity,
    pseudonymise,
    read_qdc,
    reidentify,
    reinert_classes,
    saturation,
    set_agreement,
    truth_table,
    unitizing_alpha,
    units,
    write_qdc,
    write_qdpx,
)

TEXTS = pd.DataFrame(
    {
        "document": ["d1", "d2"],
        "text": ["Eén twee drie. Vier vijf.", "Un deux trois. Quatre cinq six."],
        "coders": ["a;b", "a;b"],
        "group": ["g", "h"],
        "case": ["p", "q"],
    }
)
MARKS = pd.DataFrame(
    [("d1", "a", "X", 0, 9), ("d1", "b", "X", 0, 9), ("d1", "a", "Y", 15, 24), ("d2", "b", "X", 0, 7)],
    columns=["document", "coder", "code", "start", "end"],
)
RATINGS = pd.DataFrame({"a": [1, 2, 1, 2, 1, 1], "b": [1, 2, 2, 2, 1, 2]})
SETS = pd.DataFrame({"A": [1, 1, 0, 0.0], "B": [1, 0, 1, 0.0], "Y": [1, 1, 0, 0.0]})
TABLE = pd.DataFrame([[3, 1], [1, 4], [2, 2]], columns=["x", "y"])
BOOK = Codebook("b", "1", (Code("X"), Code("Y")))
QCA = {"outcome": "Y", "conditions": ["A", "B"]}
FUNCTIONS = [name for name in public.__all__ if inspect.isfunction(getattr(public, name))]
CALLS = {
    "agreement": ((RATINGS,), {"interval": "bootstrap"}),
    "agreement_by_code": ((MARKS, TEXTS), {}),
    "code_by_case": ((MARKS, TEXTS), {}),
    "cooccurrence": ((MARKS,), {}),
    "correspondence_analysis": ((TABLE,), {}),
    "double_coding_from_pilot": ((RATINGS,), {"clusters": [1, 1, 2, 2, 3, 3]}),
    "double_coding_size": ((), {"expected_agreement": 0.8, "prevalence": 0.3}),
    "find_identifiers": ((TEXTS,), {}),
    "framework_matrix": ((MARKS, TEXTS), {}),
    "gamma_agreement": ((MARKS[MARKS["document"] == "d1"],), {"samples": 3}),
    "keyword_in_context": ((TEXTS, "un"), {}),
    "minimise": ((SETS,), QCA),
    "multiple_correspondence_analysis": ((TEXTS[["group", "case"]],), {}),
    "prevalence_effects": ((MARKS, TEXTS), {}),
    "reinert_classes": ((pd.DataFrame(np.eye(6, dtype=int)),), {}),
    "saturation": ((MARKS, TEXTS), {"orders": 5}),
    "segment_terms": ((TEXTS,), {}),
    "set_agreement": ((pd.DataFrame({"a": [{"x"}, {"y"}], "b": [{"x"}, {"x"}]}),), {}),
    "unitizing_alpha": ((MARKS,), {"length": {"d1": 25, "d2": 31}}),
    "units": ((MARKS, TEXTS), {}),
}
JUNK = ["zzz", -1, float("nan"), [1], {}, object(), pd.DataFrame({"a": [1]})]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_knows_the_kinds_of_its_arguments(name):
    function = getattr(public, name)
    first = next(iter(inspect.signature(function).parameters.values()))
    given = {p.name: object() for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
    positional = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    with pytest.raises(InputError) as raised:
        function(*[object() for _ in positional], **given)
    told = first.name if positional else next(iter(given))
    assert raised.value.problem.where.startswith(f"{name}({told}")


@pytest.mark.parametrize("name", CALLS)
def test_an_option_of_another_kind_ends_in_words(name):
    function, (data, options) = getattr(public, name), CALLS[name]
    quick = {"resamples": 5} if "resamples" in inspect.signature(function).parameters else {}
    refused = 0
    for option in [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]:
        for junk in JUNK:
            try:
                function(*data, **{**options, **quick, option: junk})
            except VisesError as error:
                refused += len(error.message("nl")) > 40
    assert refused > len(JUNK) / 2


def _book(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


WRONG = {
    "a long table": (lambda: agreement(MARKS[["document", "coder", "code"]]), "long_table"),
    "numbers and the same in words": (lambda: agreement(pd.DataFrame({"a": [1, 2], "b": ["1", "2"]})), "number_and"),
    "an infinite number": (lambda: agreement(RATINGS.replace(2, np.inf), level="interval"), "out_of_range"),
    "ratios across zero": (lambda: agreement(RATINGS - 1.5, level="ratio"), "out_of_range"),
    "a category twice": (lambda: agreement(RATINGS, categories=[1, 2, 2]), "column_twice"),
    "a list as a category": (lambda: agreement(RATINGS, categories=[[1], [2]]), "wrong_type"),
    "no coefficient": (lambda: agreement(RATINGS, coefficient=[]), "empty_data"),
    "a unit without cluster": (lambda: agreement(RATINGS, clusters=[1, None, 1, 2, 2, 2]), "cell_empty"),
    "weights of disagreement": (
        lambda: agreement(RATINGS, coefficient="cohen_kappa", weights=1 - pd.DataFrame(np.eye(2), [1, 2], [1, 2])),
        "weights_diagonal",
    ),
    "weights in words": (
        lambda: agreement(RATINGS, coefficient="cohen_kappa", weights=pd.DataFrame("x", [1, 2], [1, 2])),
        "not_numeric",
    ),
    "a coding without coder": (lambda: units(MARKS.assign(coder=["a", None, "a", "b"]), TEXTS), "cell_empty"),
    "a coding without code": (lambda: cooccurrence(MARKS.assign(code=["X", np.nan, "Y", "X"])), "cell_empty"),
    "a code that is a list": (lambda: cooccurrence(MARKS.assign(code=[["X"]] * 4)), "wrong_type"),
    "a column twice": (lambda: units(pd.concat([MARKS, MARKS[["code"]]], axis=1), TEXTS), "column_twice"),
    "a position beyond all texts": (lambda: cooccurrence(MARKS.assign(end=10**30)), "position"),
    "half a character": (lambda: units(MARKS, TEXTS.assign(text=["\ud800" * 40] * 2)), "not_unicode"),
    "bytes for a text": (lambda: units(MARKS, TEXTS.assign(text=[b"x", b"y"])), "wrong_type"),
    "a document without case": (lambda: framework_matrix(MARKS, TEXTS.assign(case=["p", None]), case="case"), "cell"),
    "cases that are empty": (lambda: code_by_case(MARKS, TEXTS.assign(case=[None, "q"]), case="case"), "cell_empty"),
    "a level without codebook": (lambda: saturation(MARKS, TEXTS, level=2), "level_without_codebook"),
    "codings without code, carried": (lambda: carry_codings(MARKS.assign(code=[None] * 4), []), "cell_empty"),
    "sets in words": (lambda: truth_table(SETS.replace({1: "yes"}), **QCA), "not_numeric"),
    "a condition twice": (lambda: necessity(SETS, outcome="Y", conditions=["A", "A"]), "column_twice"),
    "the outcome as its condition": (lambda: minimise(SETS, outcome="Y", conditions=["A", "Y"]), "column_twice"),
    "dates to calibrate": (lambda: calibrate(pd.Series(pd.to_datetime(["2020"])), crossover=1.0), "not_numeric"),
    "an infinite count": (lambda: correspondence_analysis(TABLE.replace(4, np.inf)), "out_of_range"),
    "an empty count": (lambda: reinert_classes(TABLE.mask(TABLE == 4)), "cell_empty"),
    "a variable twice": (lambda: multiple_correspondence_analysis(TEXTS[["case", "case"]]), "column_twice"),
    "no prevalence": (lambda: double_coding_size(expected_agreement=0.8, prevalence=[]), "empty_data"),
    "a set where order counts": (lambda: necessity(SETS, outcome="Y", conditions={"A", "B"}), "wrong_type"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("what", WRONG)
def test_what_a_table_must_not_hold_is_named(what):
    call, code = WRONG[what]
    with pytest.raises(InputError) as raised:
        call()
    assert code in raised.value.problem.code
    assert len({raised.value.message(lang) for lang in ("fr", "nl", "en")}) == 3


def test_a_codebook_is_opened_by_its_path_in_words(tmp_path):
    path = write_qdc(BOOK, tmp_path / "book.qdc")
    assert [code.id for code in read_qdc(str(path))] == ["X", "Y"]
    with pytest.raises(VisesError):
        read_qdc(tmp_path / "none.qdc")


def test_clusters_and_lengths_follow_the_names_of_the_units():
    named = RATINGS.set_axis(list("uvwxyz"))
    groups = pd.Series([1, 1, 2, 2, 3, 3], index=named.index)
    sizes = pd.Series([1, 2, 3, 4, 5, 6], index=named.index)
    straight = agreement(named, clusters=groups, lengths=sizes, resamples=50)
    turned = agreement(named, clusters=groups[::-1], lengths=sizes[::-1], resamples=50)
    assert (turned.value, turned.low, turned.high) == (straight.value, straight.low, straight.high)


def test_names_that_stand_in_the_way():
    assert agreement(RATINGS.set_axis(["reference", "b"], axis=1)).value == agreement(RATINGS).value
    pairs = pd.DataFrame({"a": [{"x"}, {"y"}], "b": [{"x"}, {"x"}]})
    twins = set_agreement(pairs.set_axis(["a", "a"], axis=1))
    assert twins.value == set_agreement(pairs).value
    barred = pd.DataFrame({"a": [{"x|y"}, {"z"}], "b": [{"x", "y"}, {"z"}]})
    assert set_agreement(barred, coefficient="percent", distance="nominal").value == 0.5


def test_nothing_coded_and_nothing_said_have_no_number():
    none = units(MARKS[:0], TEXTS)
    assert set(none["a"]) == {frozenset()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reinert_classes(TABLE * 0).not_estimable
        assert multiple_correspondence_analysis(pd.DataFrame({"p": ["a"] * 3, "q": ["b"] * 3})).not_estimable
        one = multiple_correspondence_analysis(pd.DataFrame({"p": ["a"] * 3, "q": list("xyx"), "r": list("uvv")}))
    constant = one.details["points"].query("point == 'p=a'")
    assert constant["quality"].tolist() == [0.0] * len(constant)


def test_the_absence_of_an_outcome_is_analysed_on_its_own():
    turned = minimise(SETS.assign(Z=1 - SETS["Y"]), outcome="Z", conditions=["A", "B"])
    assert minimise(SETS, outcome="~Y", conditions=["A", "B"]).estimates.equals(turned.estimates)
    assert necessity(SETS, outcome="~Y", conditions=["A"]).estimates["estimate"].tolist() == [0.0, 1.0]


def test_numbers_in_other_clothes_are_numbers():
    dressed = [RATINGS.astype("Int64"), RATINGS.astype("category"), RATINGS.astype(object), RATINGS.astype("float16")]
    assert {agreement(other).value for other in dressed} == {agreement(RATINGS).value}
    texts = SETS.astype(str)
    assert minimise(texts, **QCA).estimates.equals(minimise(SETS, **QCA).estimates)
    missing = pd.Series([1, None, 3], dtype="Float64")
    marked = calibrate(missing, exclusion=1, crossover=2, inclusion=3)
    assert marked.round(2).fillna(-1).tolist() == [0.05, -1.0, 0.95]


def test_operations_may_be_any_series_of_them():
    renaming = (operation for operation in [Operation("rename", ("X",), ("Z",))])
    assert [code.id for code in apply_operations(BOOK, renaming, version="2")] == ["Z", "Y"]
    with pytest.raises(InputError):
        unitizing_alpha(MARKS, length="25")
    with pytest.raises(InputError):
        gamma_agreement(MARKS, samples=2.5)
    with pytest.raises(InputError):
        keyword_in_context(TEXTS, 3)
    with pytest.raises(InputError):
        pseudonymise(TEXTS, MARKS, lists=["Ana"])
    assert CodedProject(TEXTS, BOOK, MARKS).codings.equals(MARKS)


@pytest.mark.parametrize("part", ["cases", "attributes"])
def test_a_project_with_another_table_is_not_written(tmp_path, part):
    project = CodedProject(TEXTS, BOOK, MARKS, **{part: pd.DataFrame({"zz": [1]})})
    with pytest.raises(InputError) as raised:
        write_qdpx(project, tmp_path / "p.qdpx")
    assert raised.value.problem.where == f"write_qdpx({part})"
    assert not list(tmp_path.iterdir())


def test_a_key_of_another_kind_gives_nothing_back():
    with pytest.raises(InputError) as raised:
        reidentify(Pseudonymised(TEXTS, MARKS, MARKS))
    assert raised.value.problem.where == "reidentify(key)"


def test_a_settled_coding_without_document_is_named():
    with pytest.raises(InputError) as raised:
        agreement_with_settled(MARKS, MARKS.assign(document=None), TEXTS, resamples=5)
    assert "cell_empty" in raised.value.problem.code
