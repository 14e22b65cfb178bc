"""Gamma: agreement on units, their places and their values, by the best alignment of coders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.qualitative.alignment import ABSENT, Alignment, Dissimilarity, Units, best_alignment
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.tables import checked_codings, references, require_columns, require_type
from vises_methods.qualitative.weights import Floats
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Result, fingerprint

ONE_CONTINUUM = "continuum"


@checked_arguments
def gamma_agreement(
    continua: pd.DataFrame,
    /,
    *,
    alpha: float = 3.0,
    beta: float = 1.0,
    empty: float = 1.0,
    samples: int = 100,
    ci: float = 0.95,
    seed: int = 0,
) -> Result:
    """Measure agreement on where passages stand and what they are, where coders set them freely.

    Units may overlap. Gamma is 1 less the disorder of the best alignment over the disorder that chance gives: random
    continua with as many units, as long, as far apart and with the same values.

    Parameters
    ----------
    continua : DataFrame
        Columns ``coder, start, end, value`` (``code`` in place of ``value`` will do), of one continuum; the end
        exclusive.
    alpha, beta : float
        Weights of differences in place and in value.
    empty : float
        Dissimilarity of a unit and none.
    samples : int
        Random continua.
    ci, seed
        The interval is that of the sampling of chance: it says how exact the number is for these units, not how it
        would vary over other documents.

    Returns
    -------
    Result
        ``estimates``: gamma with ``observed`` and ``expected`` disorder; n the number of units, coverage the share of
        them that a unit of another coder answers. ``details["evidence"]``: the best alignment, one row per unit, with
        its alignment's number and disorder. ``details["samples"]``: the disorder of each random continuum.
        One coder or no unit: a reason.

    Raises
    ------
    InputError
        For missing columns, a unit that ends before it begins, or weights that are not positive.

    References
    ----------
    Mathet, Y., Widlöcher, A., & Métivier, J.-P. (2015). The unified and holistic method gamma for inter-annotator
    agreement measure and alignment. Computational Linguistics 41(3), p. 437.

    Examples
    --------
    >>> marks = pd.DataFrame(
    ...     [("ana", 0, 4, "x"), ("ana", 6, 9, "y"), ("ben", 0, 4, "x"), ("ben", 6, 9, "y")],
    ...     columns=["coder", "start", "end", "value"],
    ... )
    >>> gamma_agreement(marks, samples=10).value
    1.0
    """
    for name, value in (("alpha", alpha), ("beta", beta)):
        if value < 0:
            raise InputError("out_of_range", f"gamma_agreement({name}=)", value=value, allowed="≥ 0")
    for name, value in (("empty", empty), ("samples", samples)):
        if value <= 0:
            raise InputError("out_of_range", f"gamma_agreement({name}=)", value=value, allowed="> 0")
    frame = _checked(continua)
    coders = sorted(set(frame["coder"]))
    reason = "one_coder" if len(coders) < 2 else None
    row: dict[str, Any] = {"measure": "gamma", "subject": "units", "n": len(frame), "level": ci}
    details = {}
    if reason:
        row |= {"estimate": None, "coverage": 0.0, "reason": f"qualitative.reasons.{reason}"}
    else:
        values = {value: number for number, value in enumerate(sorted(set(frame["code"])))}
        units = [_units(frame[frame["coder"] == coder], values) for coder in coders]
        measure = Dissimilarity(alpha, beta, empty)
        best = best_alignment(units, measure)
        drawn = np.array([_disorder(sample, measure) for sample in _sampled(units, samples, seed)])
        row |= _estimate(best.disorder(units), drawn, ci) | {"coverage": _answered(best, len(frame))}
        details = {"evidence": _evidence(frame, coders, best), "samples": pd.DataFrame({"disorder": drawn})}
    return Result(
        method="Gamma",
        reference="Mathet, Widlöcher & Métivier (2015), Computational Linguistics 41(3), p. 437",
        estimates=pd.DataFrame([row]),
        details=details,
        options={"alpha": alpha, "beta": beta, "empty": empty, "samples": samples, "ci": ci, "seed": seed},
        not_estimable=NotEstimable(row["reason"]) if row.get("reason") else None,
        inputs={"continua": fingerprint(continua)},
    )


def _checked(continua: pd.DataFrame) -> pd.DataFrame:
    where = "gamma_agreement(continua)"
    require_type(continua, pd.DataFrame, "gamma_agreement(continua)")
    frame = continua.rename(columns={"code": "value"}) if "value" not in continua else continua
    require_columns(frame, ("coder", "start", "end", "value"), where)
    document = frame.get("document", ONE_CONTINUUM)
    checked = checked_codings(frame.assign(code=frame["value"].astype(str), document=document), None, where)
    documents = set(checked["document"])
    if len(documents) > 1:
        raise InputError("qualitative.errors.one_continuum", where, count=len(documents))
    columns = ["document", "coder", "code", "start", "end"]
    return checked[columns].drop_duplicates().sort_values(["coder", "start", "end", "code"], ignore_index=True)


def _units(frame: pd.DataFrame, values: dict[str, int]) -> Units:
    numbers = np.array([values[value] for value in frame["code"]], dtype=np.int64)
    return Units(frame["start"].to_numpy(dtype=float), frame["end"].to_numpy(dtype=float), numbers)


@dataclass(frozen=True)
class _Habits:
    """Mean and deviation of what random continua imitate."""

    number: tuple[float, float]
    gap: tuple[float, float]
    length: tuple[float, float]
    shares: Floats


def _habits(coders: Sequence[Units]) -> _Habits:
    gaps = np.concatenate([coder.starts - np.append(0, coder.ends[:-1]) for coder in coders])
    lengths = np.concatenate([coder.ends - coder.starts for coder in coders])
    counts = np.bincount(np.concatenate([coder.kinds for coder in coders]))
    numbers = np.array([len(coder) for coder in coders], dtype=float)
    number, gap, length = ((float(x.mean()), float(x.std())) for x in (numbers, gaps, lengths))
    return _Habits(number, gap, length, counts / counts.sum())


def _sampled(coders: Sequence[Units], samples: int, seed: int) -> Iterator[list[Units]]:
    """Yield random continua, each coder's units drawn on their own; one without any unit is drawn again."""
    stream, habits = generator(seed, "gamma"), _habits(coders)
    for _ in range(samples):
        drawn = [_random_units(stream, habits) for _ in coders]
        while not any(len(units) for units in drawn):
            drawn = [_random_units(stream, habits) for _ in coders]
        yield drawn


def _random_units(stream: np.random.Generator, habits: _Habits) -> Units:
    number = int(abs(stream.normal(*habits.number)))
    lengths = np.maximum(np.abs(stream.normal(*habits.length, size=number)), 1e-9)
    gaps = stream.normal(*habits.gap, size=number)
    ends = np.cumsum(gaps + lengths)
    values = stream.choice(len(habits.shares), p=habits.shares, size=number)
    return Units(ends - lengths, ends, values)


def _disorder(units: list[Units], measure: Dissimilarity) -> float:
    return best_alignment(units, measure).disorder(units)


def _estimate(observed: float, drawn: Floats, ci: float) -> dict[str, Any]:
    expected = float(drawn.mean())
    row: dict[str, Any] = {"observed": observed, "expected": expected, "low": None, "high": None, "reason": None}
    row["estimate"] = 1 - observed / expected
    if len(drawn) > 1:
        half = float(stats.t.ppf(0.5 + ci / 2, len(drawn) - 1) * drawn.std(ddof=1) / np.sqrt(len(drawn)))
        row["se"] = observed / expected**2 * float(drawn.std(ddof=1) / np.sqrt(len(drawn)))
        low = 1 - observed / (expected - half) if half < expected else None
        row |= {"low": low, "high": 1 - observed / (expected + half)}
    return row


def _answered(best: Alignment, units: int) -> float:
    present = best.units != ABSENT
    return float(present[present.sum(axis=1) > 1].sum() / units)


def _evidence(frame: pd.DataFrame, coders: Sequence[str], best: Alignment) -> pd.DataFrame:
    placed = frame.assign(reference=references(frame))
    rows = []
    for number, (alignment, disorder) in enumerate(zip(best.units, best.disorders, strict=True), start=1):
        for coder, unit in zip(coders, alignment, strict=True):
            if unit != ABSENT:
                own = placed[placed["coder"] == coder].iloc[unit]
                rows.append((number, coder, own["code"], own["reference"], disorder))
    return pd.DataFrame(rows, columns=["alignment", "coder", "code", "reference", "disorder"])
