"""Recorded changes of a codebook, there and back: what has an inverse loses nothing, and nothing is lost silently."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.qualitative import Code, Codebook, Operation, apply_operations, carry_codings
from vises_methods.study.code_changes import carry_over

NAMES = [f"C{number}" for number in range(9)]


@st.composite
def books(draw):
    """A tree of three to nine codes; each stands under one before it, or under none."""
    count = draw(st.integers(3, 9))
    parents = [draw(st.sampled_from([None, *NAMES[:place]])) for place in range(count)]
    return Codebook("b", "1", tuple(Code(name, parent=up) for name, up in zip(NAMES, parents, strict=False)))


def below(book, code):
    return {code}.union(*(below(book, child) for child in book.children(code)))


@st.composite
def steps(draw, book):
    """A change that the codebook allows, with the changes that undo it."""
    codes = [code.id for code in book]
    code = draw(st.sampled_from(codes))
    kind = draw(st.sampled_from(["rename", "move", "add"]))
    if kind == "rename":
        return Operation("rename", (code,), ("NEW",)), [Operation("rename", ("NEW",), (code,))]
    if kind == "add":
        return Operation("add", (), ("NEW",), parent=code), [Operation("remove", ("NEW",))]
    parent = draw(st.sampled_from([None, *(other for other in codes if other not in below(book, code))]))
    return Operation("move", (code,), (code,), parent=parent), [
        Operation("move", (code,), (code,), parent=book.parent(code))
    ]


def marks(book, draws):
    codes = [code.id for code in book]
    rows = [("d", "ana", codes[place % len(codes)], number, number + 1) for number, place in enumerate(draws)]
    return pd.DataFrame(rows, columns=["document", "coder", "code", "start", "end"])


def tree(book):
    return {code.id: code.parent for code in book}


@given(st.data(), books(), st.lists(st.integers(0, 8), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_change_and_its_inverse_give_book_and_codings_back(data, book, draws):
    there, back = data.draw(steps(book))
    given_marks = marks(book, draws)
    new = apply_operations(book, [there], version="2")
    assert tree(apply_operations(new, back, version="1")) == tree(book)
    over = carry_codings(given_marks, [there])
    assert over["to_review"].isna().all()
    assert set(over["code"]) <= {code.id for code in new}
    again = carry_codings(over[given_marks.columns], back)
    pd.testing.assert_frame_equal(again[given_marks.columns], given_marks)


@given(st.data(), books(), st.lists(st.integers(0, 8), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_coding_is_lost_whatever_is_decided(data, book, draws):
    given_marks = marks(book, draws).assign(codebook_version="1")
    codes = [code.id for code in book]
    one, two = data.draw(st.permutations(codes).map(lambda order: order[:2]))
    parent = data.draw(
        st.sampled_from([None, *(code for code in codes if code not in below(book, one) | below(book, two))])
    )
    operation = data.draw(
        st.sampled_from(
            [
                Operation("merge", (one, two), ("NEW",), parent=parent),
                Operation("split", (one,), ("NEW", "OTHER"), parent=parent),
                Operation("remove", (one,)),
                Operation("move", (one,), (one,), parent=parent),
            ]
        )
    )
    over = carry_codings(given_marks, [operation])
    merged = operation.kind == "merge"
    assert len(over) == len(given_marks)
    assert over["previous_code"].tolist() == given_marks["code"].tolist()
    asked = given_marks["code"].eq(one) & (operation.kind in ("split", "remove"))
    assert over["to_review"].notna().tolist() == asked.tolist()
    expected = given_marks["code"].replace({one: "NEW", two: "NEW"}) if merged else given_marks["code"]
    assert over["code"].tolist() == expected.tolist()
    plain = {"kind": operation.kind, "before": list(operation.before), "after": list(operation.after)}
    changes = {"versions": [{"from": "1", "to": "2", "date": None, "operations": [plain]}]}
    carried, to_recode = carry_over(given_marks, changes)
    assert len(carried) + len(to_recode) == len(given_marks)
    assert to_recode["previous_code"].tolist() == given_marks["code"][asked].tolist()


@given(books(), st.lists(st.integers(0, 8), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_a_merge_keeps_the_words_and_lists_a_span_that_had_both_codes_once(book, draws):
    one, two = [code.id for code in book][:2]
    given_marks = marks(book, draws)
    both = pd.concat([given_marks.assign(code=one), given_marks.assign(code=two)], ignore_index=True)
    over = carry_codings(both, [Operation("merge", (one, two), ("NEW",))])
    assert over[["start", "end"]].to_numpy().tolist() == given_marks[["start", "end"]].to_numpy().tolist()
    assert set(over["code"]) == {"NEW"}
