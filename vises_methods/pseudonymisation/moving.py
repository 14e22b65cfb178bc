"""Codings moved along with the words they stand on, there and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vises_methods.errors import Problem
from vises_methods.pseudonymisation.key import Layer
from vises_methods.pseudonymisation.passages import (
    Cells,
    Change,
    Contents,
    fingerprint_of,
    parsed_place,
    replaced,
    undoing,
)
from vises_methods.qualitative.pseudonyms import moved_position
from vises_methods.study.rules.segments import quote_sha
from vises_methods.study.withdrawal import turns_of

SEGMENTS = ("codings.csv", "adjudications.csv")


def make_changes(contents: Contents, changes: Mapping[str, Sequence[Change]]) -> Layer:
    """Make changes in the texts and cells of an enterprise, and return what undoes them.

    Parameters
    ----------
    contents : Contents
        Changed in place.
    changes : mapping of str to sequence of Change
        By passage.
    """
    layer: Layer = {"texts": {}, "cells": [], "spans": []}
    for place, made in changes.items():
        cell = parsed_place(place)
        if cell is None:
            layer["texts"][place] = _change_text(contents, place, made)
            continue
        file, row, column = cell
        before = contents.tables[file].get(row, column)
        contents.tables[file].set(row, column, replaced(before, made))
        after = contents.tables[file].get(row, column)
        layer["cells"].append({"file": file, "row": row, "column": column, "before": before, "after": after})
    _move_segments(contents, changes, layer["spans"])
    _sign_documents(contents, changes)
    return layer


def undo(contents: Contents, layers: Sequence[Layer], where: str) -> tuple[int, int, list[Problem]]:
    """Undo the layers of the key, the last first, with codings made since moved along.

    Returns
    -------
    texts, left : int
        How many texts came back, and how many cells were written anew since and stay as they are.
    problems : list of Problem
        The texts that are no longer what the key left.
    """
    done: set[str] = set()
    left = 0
    current = {place: fingerprint_of(text) for place, text in contents.texts.items()}
    for layer in reversed(layers):
        back: dict[str, list[Change]] = {}
        for place, entry in layer["texts"].items():
            if current.get(place) == entry["after"]:
                back[place] = undoing(_changes(entry))
                contents.texts[place] = replaced(contents.texts[place], back[place])
                current[place] = entry["before"]
                done.add(place)
        exact = {(s["file"], s["row"], *s["after"]): s["before"] for s in layer["spans"]}
        _move_segments(contents, back, None, exact)
        _sign_documents(contents, back)
        left += sum(not _undo_cell(contents, cell) for cell in layer["cells"])
    known = {place: {entry["before"] for layer in layers if (entry := layer["texts"].get(place))} for place in current}
    problems = [
        Problem("pseudonymisation.errors.text_edited", f"{where}/{place}")
        for place in sorted(current)
        if known[place] and current[place] not in known[place]
    ]
    return len(done), left, problems


def applied_layers(contents: Contents, layers: Sequence[Layer]) -> list[Layer]:
    """Return the layers that are in force: those of a run that never ended, or that was undone, are not."""
    current = {place: fingerprint_of(text) for place, text in contents.texts.items()}
    kept: list[Layer] = []
    for layer in reversed(layers):
        reached = [place for place, entry in layer["texts"].items() if current.get(place) == entry["after"]]
        if reached or (not layer["texts"] and any(_holds(contents, cell) for cell in layer["cells"])):
            kept.insert(0, layer)
            current |= {place: layer["texts"][place]["before"] for place in reached}
    return kept


def earlier_states(contents: Contents, layers: Sequence[Layer]) -> dict[str, set[str]]:
    """Return the fingerprints that each passage had before the layers in force."""
    states: dict[str, set[str]] = {}
    for layer in applied_layers(contents, layers):
        for place, entry in layer["texts"].items():
            states.setdefault(place, set()).add(entry["before"])
        for cell in layer["cells"]:
            place = f"{cell['file']}, {cell['row'] + 1}, {cell['column']}"
            states.setdefault(place, set()).add(fingerprint_of(cell["before"]))
    return states


def split_labels(before: Contents, after: Contents, where: str) -> list[Problem]:
    """Tell the labels of speakers that no longer open the same turns: a withdrawal could then not be carried out."""
    consent, changed = before.tables.get("consent.csv"), after.tables.get("consent.csv")
    if consent is None or changed is None:
        return []
    problems = []
    for row in consent.numbers():
        old, new = consent.get(row, "label"), changed.get(row, "label")
        if old and _turns(old, before) != _turns(new, after):
            values = {"value": old, "new": new}
            problem = Problem("pseudonymisation.errors.label_split", f"{where}/consent.csv", row + 1, "label", values)
            problems.append(problem)
    return problems


def _turns(label: str, contents: Contents) -> dict[str, int]:
    return {place: len(turns_of(label, text)) for place, text in contents.texts.items()}


def _change_text(contents: Contents, place: str, made: Sequence[Change]) -> dict[str, Any]:
    text = contents.texts[place]
    contents.texts[place] = replaced(text, made)
    return {"before": fingerprint_of(text), "after": fingerprint_of(contents.texts[place]), "changes": list(made)}


def _changes(entry: Mapping[str, Any]) -> list[Change]:
    return [(int(start), int(end), str(old), str(new)) for start, end, old, new in entry["changes"]]


def _move_segments(
    contents: Contents,
    changes: Mapping[str, Sequence[Change]],
    widened: list[dict[str, Any]] | None,
    exact: Mapping[tuple[Any, ...], Sequence[int]] | None = None,
) -> None:
    """Move starts and ends along; write down (``widened``) or take up (``exact``) those that fell inside a name."""
    for file in (name for name in SEGMENTS if name in contents.tables):
        table = contents.tables[file]
        for row in table.numbers():
            place = f"texts/{table.get(row, 'document')}.txt"
            if place not in changes:
                continue
            was = (int(float(table.get(row, "start"))), int(float(table.get(row, "end"))))
            name = _name_of(table, row, file)
            now = tuple((exact or {}).get((file, name, *was), ())) or _moved(was, changes[place])
            if widened is not None and _moved(now, undoing(changes[place])) != was:
                widened.append({"file": file, "row": name, "before": was, "after": now})
            table.set(row, "start", str(now[0]))
            table.set(row, "end", str(now[1]))
            if "quote_sha" in table.header:
                table.set(row, "quote_sha", quote_sha(contents.texts[place][now[0] : now[1]]))


def _moved(span: tuple[int, ...], changes: Sequence[Change]) -> tuple[int, int]:
    start, end = span
    return moved_position(start, changes, at_end=False), moved_position(end, changes, at_end=True)


def _name_of(table: Cells, row: int, file: str) -> str:
    """Return what a row is known by whatever its place: its positions are not in it, for they move."""
    columns = ("coding",) if file == "codings.csv" else ("document", "code", "decision", "was_code")
    return "|".join(table.get(row, column) for column in columns)


def _sign_documents(contents: Contents, changes: Mapping[str, Sequence[Change]]) -> None:
    documents = contents.tables.get("documents.csv")
    for row in documents.numbers() if documents else ():
        place = f"texts/{documents.get(row, 'document')}.txt" if documents else ""
        if documents and place in changes:
            documents.set(row, "sha256", fingerprint_of(contents.texts[place]))


def _holds(contents: Contents, cell: Mapping[str, Any]) -> bool:
    table = contents.tables.get(cell["file"])
    return table is not None and table.get(cell["row"], cell["column"]) == cell["after"]


def _undo_cell(contents: Contents, cell: Mapping[str, Any]) -> bool:
    """Bring a cell back, wherever its row stands now; say whether it was found, or stands as it was already."""
    table, column = contents.tables.get(cell["file"]), cell["column"]
    if table is None or column not in table.header:
        return False
    if _holds(contents, cell):
        table.set(cell["row"], column, cell["before"])
        return True
    alike = [row for row in table.numbers() if table.get(row, column) == cell["after"]]
    if len(alike) == 1:
        table.set(alike[0], column, cell["before"])
    return len(alike) == 1 or any(table.get(row, column) == cell["before"] for row in table.numbers())
