"""Reinert's descending classification: texts parted by their words, and what each class speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.correspondence import decomposed
from vises_methods.qualitative.tables import as_counts, references
from vises_methods.qualitative.weights import Floats
from vises_methods.results import NotEstimable, Result, fingerprint

Members = NDArray[np.bool_]
CONTINGENCY = 0.3
_REFERENCE = "Reinert (1983), Les cahiers de l'analyse des données 8(2), p. 187"


@dataclass(frozen=True)
class Split:
    """Segments parted in two: ``first`` marks one part; ``chi_square`` of the table parts × terms."""

    first: Members
    chi_square: float


def best_split(presence: Floats) -> Split | None:
    """Part segments in two where their words differ most.

    Segments are ordered along the first dimension of a correspondence analysis, cut where chi-square is largest, and
    moved one by one while that raises it.

    Parameters
    ----------
    presence : array (segments, terms)
        0 or 1.

    Returns
    -------
    Split or None
        None where no two segments differ.
    """
    rows, columns = presence.sum(axis=1) > 0, presence.sum(axis=0) > 0
    used = presence[np.ix_(rows, columns)]
    if min(used.shape) < 2:
        return None
    solution = decomposed(used)
    if not len(solution.eigenvalues):
        return None
    order = np.argsort(solution.rows[:, 0], kind="stable")
    below = np.cumsum(used[order], axis=0)[:-1]
    chi_squares = _chi_squares(below, used.sum(axis=0))
    first = np.zeros(len(used), dtype=bool)
    first[order[: int(chi_squares.argmax()) + 1]] = True
    first, value = _moved(used, first, float(chi_squares.max()))
    whole = np.zeros(len(presence), dtype=bool)
    whole[np.flatnonzero(rows)[first]] = True
    return Split(whole, value)


def _chi_squares(part: Floats, total: Floats) -> Floats:
    """Return chi-square of part against rest × terms, for each row of parts."""
    size, whole = part.sum(axis=1, keepdims=True), total.sum()
    expected = size * total / whole
    squares = (part - expected) ** 2 / expected
    rest = whole - size
    return np.asarray((squares * (1 + size / rest)).sum(axis=1))


def _moved(used: Floats, first: Members, value: float) -> tuple[Members, float]:
    """Move the segment that raises chi-square most to the other part, as long as there is one."""
    total = used.sum(axis=0)
    while True:
        part = used[first].sum(axis=0)
        moved = part + np.where(first[:, None], -used, used)
        possible = (moved.sum(axis=1) > 0) & (moved.sum(axis=1) < total.sum())
        chi_squares = np.where(possible, _chi_squares(np.where(possible[:, None], moved, part), total), 0)
        best = int(chi_squares.argmax())
        if chi_squares[best] <= value * (1 + 1e-12):
            return first, value
        first = first.copy()
        first[best] = ~first[best]
        value = float(chi_squares[best])


def kept_terms(presence: Floats, first: Members, minimum: int) -> tuple[Members, Members]:
    """Return which terms go on to each part: frequent there, and not tied to the other part (contingency over 0.3).

    Parameters
    ----------
    presence : array (segments, terms)
    first : array (segments,)
    minimum : int
        Segments of the part that must hold the term.
    """
    held = np.stack([presence[first].sum(axis=0), presence[~first].sum(axis=0)])
    total = held.sum(axis=0)
    expected = held.sum(axis=1, keepdims=True) * total / held.sum()
    chi_square = ((held - expected) ** 2 / np.where(expected > 0, expected, 1)).sum(axis=0)
    tied = np.sqrt(chi_square / np.where(total > 0, chi_square + total, 1)) > CONTINGENCY
    against = tied & (held < expected)
    return (held[0] >= minimum) & ~against[0], (held[1] >= minimum) & ~against[1]


@checked_arguments
def reinert_classes(
    terms: pd.DataFrame, /, *, classes: int = 4, minimum_segments: int = 5, minimum_term: int = 3, top: int = 20
) -> Result:
    """Part segments of text into classes by the words they share (Reinert's method, as in Alceste and Iramuteq).

    The largest class is parted first, again and again. Read the classes with their words and go back to the text: a
    class of words is no theme until someone has read it.

    Parameters
    ----------
    terms : DataFrame
        One row per segment, one column per word (or lemma); what is more than 0 counts as present. With index levels
        ``document, start, end`` segments are told by their place.
    classes : int
        At most how many, 2 or more.
    minimum_segments : int
        No class smaller than this is made.
    minimum_term : int
        Segments of a class a word must be in to take part in its next split.
    top : int
        Words listed per class.

    Returns
    -------
    Result
        One row per class: ``estimate`` its share of the segments, ``segments``, and ``chi_square`` of the split that
        made it; n is the number of segments, coverage the share of them that holds any word.
        ``details["words"]``: per class the words over-represented in it, with ``chi_square, segments`` and their
        number overall; ``details["evidence"]``: the class of each segment, the most typical first.
        No two segments that differ: a reason.

    Raises
    ------
    InputError
        For an empty table or fewer than two classes.

    References
    ----------
    Reinert, M. (1983). Une méthode de classification descendante hiérarchique. Les cahiers de l'analyse des données
    8(2), p. 187.

    Examples
    --------
    >>> words = pd.DataFrame({"job": [1, 1, 1, 0, 0, 0], "pay": [1, 0, 1, 0, 0, 0], "friend": [0, 0, 0, 1, 1, 1]})
    >>> reinert_classes(words, classes=2, minimum_segments=2, minimum_term=1).estimates["segments"].tolist()
    [3, 3]
    """
    counts = as_counts(terms, "reinert_classes(terms)")
    if classes < 2:
        raise InputError("out_of_range", "reinert_classes(classes=)", value=classes, allowed="≥ 2")
    presence = (counts.to_numpy() > 0).astype(float)
    members, made_by = _descended(presence, classes, minimum_segments, minimum_term)
    share = float((presence.sum(axis=1) > 0).mean())
    rows = [
        _row(number, part, made, share) for number, (part, made) in enumerate(zip(members, made_by, strict=True), 1)
    ]
    reason = None if len(members) > 1 else "qualitative.reasons.no_classes"
    if reason:
        rows = [rows[0] | {"estimate": None, "reason": reason}]
        members = []
    words = [_words(presence, part, [str(c) for c in terms.columns], n, top) for n, part in enumerate(members, start=1)]
    return Result(
        method="Reinert's descending hierarchical classification",
        reference=_REFERENCE,
        estimates=pd.DataFrame(rows),
        details={
            "words": pd.concat(words, ignore_index=True) if words else pd.DataFrame(),
            "evidence": _typical(terms.index, presence, members),
        },
        options={
            "classes": classes,
            "minimum_segments": minimum_segments,
            "minimum_term": minimum_term,
            "top": top,
        },
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"terms": fingerprint(terms)},
    )


def _row(number: int, part: Members, chi_square: float, coverage: float) -> dict[str, Any]:
    sizes = {"n": len(part), "coverage": coverage, "segments": int(part.sum()), "chi_square": chi_square}
    return {"measure": "class", "subject": str(number), "estimate": float(part.mean()), "reason": None} | sizes


def _descended(
    presence: Floats, classes: int, minimum_segments: int, minimum_term: int
) -> tuple[list[Members], list[float]]:
    """Part the largest class until there are enough, or none can be parted."""
    worded = presence.sum(axis=1) > 0
    if not worded.any():
        return [worded], [0.0]
    parts: list[tuple[Members, Members, float]] = [(worded, np.ones(presence.shape[1], dtype=bool), 0.0)]
    done: list[tuple[Members, Members, float]] = []
    while parts and len(parts) + len(done) < classes:
        largest = max(range(len(parts)), key=lambda i: int(parts[i][0].sum()))
        part, terms, made_by = parts.pop(largest)
        rows = np.flatnonzero(part)
        split = best_split(presence[np.ix_(rows, np.flatnonzero(terms))])
        sizes = (0, 0) if split is None else (int(split.first.sum()), int((~split.first).sum()))
        if split is None or min(sizes) < minimum_segments:
            done.append((part, terms, made_by))
            continue
        kept = kept_terms(presence[rows], split.first, minimum_term)
        for chosen, going_on in zip((split.first, ~split.first), kept, strict=True):
            members = np.zeros(len(presence), dtype=bool)
            members[rows[chosen]] = True
            parts.append((members, going_on & terms, split.chi_square))
    whole = sorted([*done, *parts], key=lambda entry: int(np.flatnonzero(entry[0])[0]))
    return [entry[0] for entry in whole], [entry[2] for entry in whole]


def _words(presence: Floats, part: Members, names: Sequence[str], number: int, top: int) -> pd.DataFrame:
    """Return the words that are more frequent in a class than by chance, the most typical first."""
    held, overall = presence[part].sum(axis=0), presence.sum(axis=0)
    frame = pd.DataFrame({"class": number, "word": names, "chi_square": _typicality(presence, part)})
    frame["segments"], frame["overall"] = held.astype(int), overall.astype(int)
    over = frame[frame["chi_square"] > 0].sort_values(["chi_square", "word"], ascending=[False, True])
    return over.head(top).reset_index(drop=True)


def _typicality(presence: Floats, part: Members) -> Floats:
    """Return chi-square (one degree of freedom) of each word in a class; negative where it is rarer there."""
    n, inside = len(part), part.sum()
    held, overall = presence[part].sum(axis=0), presence.sum(axis=0)
    product = overall * (n - overall) * inside * (n - inside)
    excess = held * n - overall * inside
    return np.asarray(np.sign(excess) * n * excess**2 / np.where(product > 0, product, np.inf))


def _typical(index: pd.Index, presence: Floats, members: Sequence[Members]) -> pd.DataFrame:
    """Return each segment's class and place, ordered by how many of the class's typical words it holds."""
    frames = []
    placed = {"document", "start", "end"} <= set(index.names)
    for number, part in enumerate(members, start=1):
        weights = np.clip(_typicality(presence, part), 0, None)
        own = index[part]
        place = references(own.to_frame(index=False)).tolist() if placed else [str(name) for name in own]
        score = presence[part] @ weights
        frame = pd.DataFrame({"class": number, "reference": pd.Series(place, dtype=object), "typicality": score})
        frames.append(frame.sort_values(["typicality", "reference"], ascending=[False, True]))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
