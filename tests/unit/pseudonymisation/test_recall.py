"""How much of what names people is found in the invented originals: every miss and every false hit is shown."""

from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from vises_methods.pseudonymisation.names import read_names, usual_names
from vises_methods.qualitative import find_identifiers
from vises_methods.qualitative.identifiers import LISTED

ORIGINALS = Path(__file__).parents[2] / "references" / "qualitative" / "originals"
LEAST_RECALL, LEAST_PRECISION = 0.98, 0.95


@pytest.fixture(scope="module")
def texts():
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(ORIGINALS.glob("*.txt"))}


@pytest.fixture(scope="module")
def found(texts):
    documents = pd.DataFrame(list(texts.items()), columns=["document", "text"])
    names = read_names(ORIGINALS / "names.csv")
    finds = find_identifiers(documents, lists=names.lists, common=usual_names(), capitalised=True)
    return finds[finds["accept"]].to_dict("records")


@pytest.fixture(scope="module")
def truth(originals):
    return [{**row, "start": int(row["start"]), "end": int(row["end"])} for row in originals.truth()]


def shown(title, rows, capsys):
    table = Table("document", "kind", "words", "why", title=title)
    for row in rows:
        table.add_row(*row)
    with capsys.disabled():
        Console(width=110).print(table)


def test_the_originals_are_those_that_the_marked_texts_make(originals):
    there = {name: (ORIGINALS / name).read_text(encoding="utf-8") for name in originals.made()}
    assert there == originals.made()
    assert len(there) >= 13
    assert all("inventé" in text or "verzonnen" in text.lower() for name, text in there.items() if name != "truth.csv")


def test_listed_names_and_structured_identifiers_are_found(texts, found, truth, capsys):
    def covered(mark):
        same = (row for row in found if row["document"] == mark["document"])
        return any(row["start"] <= mark["start"] and mark["end"] <= row["end"] for row in same)

    wanted = [mark for mark in truth if mark["listed"] == "yes" or mark["kind"] not in LISTED]
    missed = [mark for mark in truth if not covered(mark)]
    rows = [(m["document"], m["kind"], texts[m["document"]][m["start"] : m["end"]], m["listed"]) for m in missed]
    shown(f"Missed, of {len(truth)} ({len(wanted)} listed or structured)", rows, capsys)
    recall = 1 - sum(mark in wanted for mark in missed) / len(wanted)
    assert len(wanted) > 200
    assert recall >= LEAST_RECALL, rows
    assert 1 - len(missed) / len(truth) >= LEAST_RECALL, rows


def test_little_else_is_found(found, truth, capsys):
    def real(row):
        same = (mark for mark in truth if mark["document"] == row["document"])
        return any(row["start"] < mark["end"] and mark["start"] < row["end"] for mark in same)

    false = [(row["document"], row["kind"], row["found"], row["reason"]) for row in found if not real(row)]
    shown(f"False hits, of {len(found)} finds", false, capsys)
    assert 1 - len(false) / len(found) >= LEAST_PRECISION, false


def test_no_piece_of_a_name_is_left_beside_a_pseudonym(texts, found, truth):
    """A find that overlaps a true place covers the whole of it."""
    cut = [
        (row["found"], texts[mark["document"]][mark["start"] : mark["end"]])
        for mark in truth
        for row in found
        if row["document"] == mark["document"]
        and row["start"] < mark["end"]
        and mark["start"] < row["end"]
        and not (row["start"] <= mark["start"] and mark["end"] <= row["end"])
    ]
    assert cut == []
