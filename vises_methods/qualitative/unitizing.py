"""Agreement on where passages begin and end and on what they are: Krippendorff's unitizing alphas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.continua import (
    CoderUnits,
    Coincidences,
    coincidences,
    positional_disagreement,
)
from vises_methods.qualitative.resampling import expanded_percentiles
from vises_methods.qualitative.spans import merged
from vises_methods.qualitative.tables import checked_codings, references, require_columns, require_option, require_type
from vises_methods.qualitative.weights import Floats
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

Kind = Literal["u", "bar-u", "cu", "ku", "1995"]
ONE_CONTINUUM = "continuum"
_BOOK = "Krippendorff (2019), Content Analysis, 4th ed., section 12.4, p. 340; Krippendorff, Mathet, Bouvry & Widlöcher"
_NAMES = {
    "u": "Krippendorff's u-alpha",
    "bar-u": "Krippendorff's binary unitizing alpha",
    "cu": "Krippendorff's cu-alpha",
    "ku": "Krippendorff's (k)u-alpha",
    "1995": "Krippendorff's unitizing alpha of 1995",
}
_REFERENCES = dict.fromkeys(("u", "bar-u", "cu", "ku"), f"{_BOOK} (2016), Quality & Quantity 50, p. 2347") | {
    "1995": "Krippendorff (1995), Sociological Methodology 25, p. 47"
}


@dataclass(frozen=True)
class Continuum:
    """One document as each coder cut it."""

    name: str
    length: int
    units: pd.DataFrame


@checked_arguments
def unitizing_alpha(
    continua: pd.DataFrame,
    /,
    *,
    kind: Kind = "u",
    length: int | Mapping[Any, int],
    coders: Sequence[str] | None = None,
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Measure agreement where coders set the limits of passages themselves.

    Parameters
    ----------
    continua : DataFrame
        Columns ``coder, start, end, value`` (``code`` in place of ``value`` will do), optional ``document``; the end
        exclusive. For all kinds but ``1995`` the units of one coder must not overlap.
    kind : {"u", "bar-u", "cu", "ku", "1995"}
        ``u``: limits and values together. ``bar-u``: marked or not. ``cu``: values, where coders' units meet.
        ``ku``: each value against the others, where units meet; one row per value. ``1995``: the limits of the units of
        each code, on its own; codes may overlap; the first row is over all codes.
    length : int or mapping
        Length of the continuum, or of each document.
    coders : sequence of str, optional
        All coders who read the continua; one who marked nothing would else be forgotten.
    ci, resamples, seed
        Bootstrap over documents, where there are two or more.

    Returns
    -------
    Result
        n is the number of units; ``coverage`` the share of their length that enters: all of it, or for ``cu`` and
        ``ku`` what meets a unit of another coder. ``details["evidence"]``: every unit with the share of it to
        which the other coders gave the same value.
        One coder, no unit, or no room for chance: a reason.

    Raises
    ------
    InputError
        For missing columns, a unit outside its continuum or, except for ``1995``, units of one coder that overlap.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis, 4th ed., section 12.4. The self-pairing of cu-alpha is that which gives
    the book's .724 for three coders.

    Examples
    --------
    >>> marks = pd.DataFrame(
    ...     [("ana", 0, 4, "x"), ("ana", 6, 9, "y"), ("ben", 0, 4, "x"), ("ben", 6, 9, "y")],
    ...     columns=["coder", "start", "end", "value"],
    ... )
    >>> unitizing_alpha(marks, kind="u", length=10).value
    1.0
    """
    require_option(kind, get_args(Kind), "unitizing_alpha(kind=)")
    frame = _checked(continua)
    names = tuple(sorted(set(frame["coder"]) | set(coders or ())))
    cut = list(_continua(frame, length))
    reason = _reason(names, frame)
    if reason:
        estimates = _no_number(kind, reason)
    elif kind == "1995":
        estimates = _of_1995(cut, names)
    else:
        estimates = _of_family(cut, names, kind, ci, resamples, seed)
    missing = estimates["reason"].notna().all()
    return Result(
        method=_NAMES[kind],
        reference=_REFERENCES[kind],
        estimates=estimates,
        details={"evidence": _evidence(cut, names)},
        options={
            "kind": kind,
            "length": dict(length) if isinstance(length, Mapping) else length,
            "coders": list(names),
            "ci": ci,
            "resamples": resamples,
            "seed": seed,
        },
        notices=() if kind == "1995" or len(cut) > 1 else (Notice("qualitative.notices.one_continuum"),),
        not_estimable=NotEstimable(str(estimates["reason"].iloc[0])) if missing else None,
        inputs={"continua": fingerprint(continua)},
    )


def _checked(continua: pd.DataFrame) -> pd.DataFrame:
    where = "unitizing_alpha(continua)"
    require_type(continua, pd.DataFrame, "unitizing_alpha(continua)")
    frame = continua.rename(columns={"code": "value"}) if "value" not in continua else continua
    require_columns(frame, ("coder", "start", "end", "value"), where)
    if "document" not in frame:
        frame = frame.assign(document=ONE_CONTINUUM)
    checked = checked_codings(frame.assign(code=frame["value"].astype(str)), None, where)
    return checked[["document", "coder", "code", "start", "end"]].drop_duplicates(ignore_index=True)


def _continua(frame: pd.DataFrame, length: int | Mapping[str, int]) -> Iterator[Continuum]:
    where = "unitizing_alpha(length=)"
    lengths = {str(k): int(v) for k, v in length.items()} if isinstance(length, Mapping) else None
    documents = sorted(set(frame["document"])) or [ONE_CONTINUUM]
    for document in documents if lengths is None else sorted({*documents, *lengths}):
        if lengths is not None and document not in lengths:
            raise InputError("qualitative.errors.unknown_document", where, value=document)
        size = int(length) if not isinstance(length, Mapping) else (lengths or {})[document]
        units = frame[frame["document"] == document].sort_values(["coder", "start", "end"], ignore_index=True)
        beyond = units[units["end"] > size]
        if len(beyond):
            span = f"{beyond['start'].iloc[0]}-{beyond['end'].iloc[0]}"
            raise InputError("qualitative.errors.span", where, span=span, document=document)
        yield Continuum(document, size, units)


def _reason(coders: Sequence[str], frame: pd.DataFrame) -> str | None:
    if len(coders) < 2:
        return "qualitative.reasons.one_coder"
    return None if len(frame) else "qualitative.reasons.no_codings"


def _no_number(kind: str, reason: str) -> pd.DataFrame:
    row = {"measure": kind, "subject": "units", "estimate": None, "n": 0, "coverage": 0.0, "reason": reason}
    return pd.DataFrame([row])


def _coder_units(units: pd.DataFrame, coder: str, positions: Mapping[str, int]) -> CoderUnits:
    own = units[units["coder"] == coder]
    starts, ends = own["start"].to_numpy(), own["end"].to_numpy()
    if (starts[1:] < ends[:-1]).any():
        row = int((starts[1:] < ends[:-1]).argmax()) + 1
        raise InputError(
            "qualitative.errors.units_overlap",
            "unitizing_alpha(continua)",
            coder=coder,
            span=f"{starts[row]}-{ends[row]}",
        )
    return CoderUnits(starts, ends, np.array([positions[code] for code in own["code"]], dtype=np.int64))


def _of_family(
    cut: Sequence[Continuum], coders: Sequence[str], kind: str, ci: float, resamples: int, seed: int
) -> pd.DataFrame:
    values = sorted(set().union(*(set(c.units["code"]) for c in cut)))
    positions = {value: i + 1 for i, value in enumerate(values)}
    parts = [
        coincidences([_coder_units(c.units, coder, positions) for coder in coders], c.length, len(values)) for c in cut
    ]
    draws = np.ones((1, len(parts)))
    if len(parts) > 1:
        stream = generator(seed, "unitizing", str(len(parts)))
        drawn = stream.multinomial(len(parts), np.full(len(parts), 1 / len(parts)), size=resamples)
        draws = np.vstack([draws, drawn])
    subjects = list(enumerate(values, start=1)) if kind == "ku" else [(0, "units")]
    rows = [_row(kind, subject, value, parts, draws, cut, ci) for value, subject in subjects]
    return pd.DataFrame(rows)


def _row(
    kind: str,
    subject: str,
    value: int,
    parts: Sequence[Coincidences],
    draws: Floats,
    cut: Sequence[Continuum],
    ci: float,
) -> dict[str, Any]:
    drawn, covered = _coefficient(kind, value, parts, draws)
    n = sum(len(c.units) if kind != "ku" else int((c.units["code"] == subject).sum()) for c in cut)
    row: dict[str, Any] = {"measure": kind, "subject": subject, "n": n, "level": ci, "estimate": None}
    row |= {"coverage": float(covered[0]), "low": None, "high": None, "se": None, "reason": None}
    if np.isnan(drawn[0]):
        reason = "no_meeting" if kind in ("cu", "ku") and not covered[0] else "no_variation"
        return row | {"reason": f"qualitative.reasons.{reason}"}
    row["estimate"] = float(drawn[0])
    usable = drawn[1:][~np.isnan(drawn[1:])]
    if len(usable) > 1:
        low, high = expanded_percentiles(usable, len(parts), ci)
        row |= {"low": low, "high": high, "se": float(usable.std(ddof=1))}
    return row


def _coefficient(kind: str, value: int, parts: Sequence[Coincidences], draws: Floats) -> tuple[Floats, Floats]:
    """Return the coefficient and the coverage for each row of weights of the continua."""
    lengths = np.tensordot(draws, np.stack([part.lengths for part in parts]), axes=1)
    marked = draws @ np.stack([part.marked for part in parts])
    coded = draws @ np.stack([part.coded_self_pairs for part in parts])
    everything = draws @ np.array([part.self_pairs for part in parts])
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "u":
            return _nominal(lengths, everything), np.ones(len(draws))
        if kind == "bar-u":
            return _nominal(_binary(lengths), everything), np.ones(len(draws))
        met = lengths[:, 1:, 1:]
        if kind == "cu":
            return _nominal(met, coded.sum(axis=1)), met.sum(axis=(1, 2)) / marked.sum(axis=1)
        return _against_others(met, coded, value - 1), met.sum(axis=2)[:, value - 1] / marked[:, value]


def _nominal(lengths: Floats, self_pairs: Floats) -> Floats:
    total = lengths.sum(axis=(1, 2))
    shared = np.trace(lengths, axis1=1, axis2=2)
    by_value = lengths.sum(axis=2)
    expected = total * (total**2 - (by_value**2).sum(axis=1)) / (total**2 - self_pairs)
    return np.asarray(np.where(expected > 0, 1 - (total - shared) / expected, np.nan))


def _binary(lengths: Floats) -> Floats:
    gaps, mixed = lengths[:, 0, 0], lengths[:, 0, 1:].sum(axis=1)
    marked = lengths[:, 1:, 1:].sum(axis=(1, 2))
    return np.stack([np.stack([gaps, mixed], axis=1), np.stack([mixed, marked], axis=1)], axis=1)


def _against_others(met: Floats, coded: Floats, value: int) -> Floats:
    """Return (k)u-alpha: how often units of value k meet k, against how often they would by chance."""
    own, total = met[:, value].sum(axis=1), met.sum(axis=(1, 2))
    by_chance = (own**2 - coded[:, value + 1]) / (own * total - coded[:, value + 1])
    missed = 1 - met[:, value, value] / own
    return np.asarray(np.where(1 - by_chance > 0, 1 - missed / (1 - by_chance), np.nan))


def _of_1995(cut: Sequence[Continuum], coders: Sequence[str]) -> pd.DataFrame:
    values = sorted(set().union(*(set(c.units["code"]) for c in cut)))
    rows, observed, expected = [], 0.0, 0.0
    for value in values:
        pairs = [positional_disagreement(_of_code(c, coders, value), c.length) for c in cut]
        d_o, d_e = (sum(pair[side] for pair in pairs) for side in (0, 1))
        n = sum(int((c.units["code"] == value).sum()) for c in cut)
        rows.append(_row_of_1995(value, d_o, d_e, n))
        observed, expected = observed + d_o, expected + d_e
    whole = _row_of_1995("units", observed, expected, sum(len(c.units) for c in cut))
    return pd.DataFrame([whole, *rows])


def _row_of_1995(subject: str, observed: float, expected: float, n: int) -> dict[str, Any]:
    row = {"measure": "1995", "subject": subject, "n": n, "coverage": 1.0, "observed": observed, "expected": expected}
    if expected <= 0:
        return row | {"estimate": None, "reason": "qualitative.reasons.no_variation"}
    return row | {"estimate": 1 - observed / expected, "reason": None}


def _of_code(continuum: Continuum, coders: Sequence[str], value: str) -> list[CoderUnits]:
    """Return the units of one code, those of one coder that overlap joined."""
    codes, owners, starts_of, ends_of = (continuum.units[name].to_numpy() for name in ("code", "coder", "start", "end"))
    joined = []
    for coder in coders:
        mine = (codes == value) & (owners == coder)
        starts, ends = _without_overlap(starts_of[mine], ends_of[mine])
        joined.append(CoderUnits(starts, ends, np.ones(len(starts), dtype=np.int64)))
    return joined


def _without_overlap(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return merged(starts, ends) if (starts[1:] < ends[:-1]).any() else (starts, ends)


def _evidence(cut: Sequence[Continuum], coders: Sequence[str]) -> pd.DataFrame:
    """Return every unit with the share of it, on average over the other coders, that has the same value."""
    frames = []
    for continuum in cut:
        units = continuum.units
        shares = _shared(units) / max(len(coders) - 1, 1)
        frame = units[["coder", "code"]].assign(reference=references(units), shared=shares)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _shared(units: pd.DataFrame) -> Floats:
    """Return the share of each unit that units of other coders with the same value cover, added over them."""
    starts, ends = units["start"].to_numpy(), units["end"].to_numpy()
    coders = units["coder"].to_numpy()
    shared = np.zeros(len(units))
    for alike in units.groupby("code", sort=False).indices.values():
        for unit in alike:
            others = alike[coders[alike] != coders[unit]]
            overlap = np.minimum(ends[others], ends[unit]) - np.maximum(starts[others], starts[unit])
            shared[unit] = overlap.clip(min=0).sum() / (ends[unit] - starts[unit])
    return shared
