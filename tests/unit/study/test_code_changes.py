"""Codings of an earlier codebook are carried to today's; what a rule cannot decide is listed, and nothing is lost."""

import hashlib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.qualitative import Operation, carry_codings
from vises_methods.study import check_study, open_enterprise, open_study
from vises_methods.study.code_changes import carry_over

CHANGES = (
    'versions:\n  - from: "0.8"\n    to: "0.9"\n    date: 2024-03-01\n    operations:\n'
    "      - {kind: rename, before: [OLD.ONE], after: [OLD.TWO]}\n"
    '  - from: "0.9"\n    to: "1.0"\n    date: 2024-04-01\n    operations:\n'
    "      - {kind: merge, before: [OLD.TWO, OLD.SAME], after: [PRO.PAR], parent: PRO}\n"
    "      - {kind: split, before: [OLD.BOTH], after: [VAL.TEN, VAL.SEN], parent: VAL}\n"
    "      - {kind: remove, before: [OLD.GONE]}\n"
)


def coded(put, spoken, rows):
    text = (spoken / "enterprises/atelier/texts/t-one.txt").read_text(encoding="utf-8")
    start = text.index("café")
    sha = hashlib.sha256("café".encode()).hexdigest()[:12]
    lines = [
        f"c{n:04d},t-one,anna,{code},{start},{start + 4},{sha},,,,{version}"
        for n, (code, version) in enumerate(rows, 1)
    ]
    head = "coding,document,coder,code,start,end,quote_sha,valence,strength,memo,codebook_version"
    put("codings.csv", "\n".join([head, *lines]) + "\n")
    put("codebook_changes.yml", CHANGES)
    return open_enterprise(open_study(spoken), "atelier")


def test_old_codings_are_carried_and_the_undecided_listed(put, spoken):
    rows = [("OLD.ONE", "0.8"), ("OLD.SAME", "0.9"), ("OLD.BOTH", "0.9"), ("OLD.GONE", "0.8"), ("VAL.EQU", "1.0")]
    case = coded(put, spoken, rows)
    assert case.codings["code"].tolist() == ["PRO.PAR", "VAL.EQU"]
    left = case.to_recode
    assert left[["code", "to_review"]].to_numpy().tolist() == [["OLD.BOTH", "VAL.TEN;VAL.SEN"], ["OLD.GONE", "removed"]]
    assert check_study(spoken) == []


@pytest.mark.parametrize(
    ("rows", "code"),
    [([("PRO.PAR", "0.7")], "unknown_version"), ([("OLD.ONE", "1.0")], "unknown_reference")],
)
def test_a_version_or_code_that_no_change_explains_is_told(put, spoken, rows, code):
    coded(put, spoken, rows)
    assert [p.code.rpartition(".")[2] for p in check_study(spoken)] == [code]


def test_the_demo_walks_through_a_change():
    case = open_enterprise("demo", "fietsparaplu")
    assert "PRA.BES" not in set(case.codings["code"])
    assert case.codings["code"].tolist().count("PRA.GOV.DEC") == 1
    assert case.to_recode["to_review"].tolist() == ["VAL.TEN;VAL.SEN"]


codes = st.sampled_from("ABCD")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(codes, st.sampled_from(["1", "2"])), min_size=1, max_size=8), codes, codes)
def test_as_the_method_of_the_approach_does_and_nothing_is_lost(rows, origin, split):
    operations = [
        {"kind": "rename", "before": [origin], "after": ["R"]},
        {"kind": "split", "before": [split], "after": ["S", "T"]},
    ]
    changes = {"versions": [{"from": "1", "to": "2", "date": None, "operations": operations}]}
    frame = pd.DataFrame(rows, columns=["code", "codebook_version"])
    frame = frame.assign(document="d", coder="a", start=range(len(frame)), end=range(1, len(frame) + 1))
    carried, left = carry_over(frame, changes)
    assert len(carried) + len(left) == len(frame)
    old = frame[frame["codebook_version"] == "1"]
    same = carry_codings(old, [Operation.from_mapping(operation) for operation in operations])
    assert sorted(left["start"]) == sorted(same[same["to_review"].notna()]["start"])
    expected = dict(zip(same["start"], same["code"], strict=True))
    assert all(expected.get(row.start, row.code) == row.code for row in carried.itertuples())
