"""What a method returns: estimates with their n and coverage, how they were made, and what was left out.

A :class:`Result` holds no input data, only hashes and references (row keys, ``document:start-end``) that lead back to
it. It is written as JSON with ten significant digits, so that two machines give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.catalogue import localised, text
from vises_methods.media_type import MIME
from vises_methods.result_html import result_html

SIGNIFICANT_DIGITS = 10
ESTIMATE_COLUMNS = ("measure", "subject", "estimate", "low", "high", "level", "n", "coverage", "unit", "reason")


@dataclass(frozen=True)
class Remark:
    """A coded remark; the words stand in the catalogue, in three languages."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def sentence(self, lang: str) -> str:
        """Return the remark as a sentence."""
        return text(self.code, lang, **self.values)


@dataclass(frozen=True)
class Notice(Remark):
    """A remark that goes with a result; ``code`` is a key of the catalogue as ``qualitative.notices.one_coder``."""


@dataclass(frozen=True)
class NotEstimable(Remark):
    """Why there is no number; ``code`` is a key such as ``qualitative.reasons.no_variation``."""


@dataclass(frozen=True, eq=False)
class Result:
    """The result of one method.

    Subclasses add properties, never fields, so that any result can be read back from its JSON.

    Attributes
    ----------
    method : str
        The method's standard name.
    reference : str
        Where the method was published, with the page or section.
    estimates : DataFrame
        One row per estimate. Columns: ``measure`` (what), ``subject`` (of whom or what), ``estimate``, ``low``,
        ``high`` (limits), ``level`` (of the interval, 0.95), ``n`` (units that entered), ``coverage`` (share 0-1 of
        what could have entered), ``unit``, ``reason`` (a catalogue key where ``estimate`` is missing); further
        columns, such as ``se, df, statistic, p``, follow.
    details : mapping of str to DataFrame
        Tables behind the estimates.
    options : mapping
        Every argument as used, defaults included.
    notices : tuple of Notice
    not_estimable : NotEstimable or None
        Why the result as a whole has no number.
    inputs : mapping of str to str
        The name of each input and its fingerprint.
    """

    method: str
    reference: str
    estimates: pd.DataFrame
    details: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    not_estimable: NotEstimable | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "estimates", _complete(self.estimates))
        object.__setattr__(self, "notices", tuple(self.notices))
        for name in ("details", "options", "inputs"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def value(self) -> float | None:
        """The estimate of the first row, or None where it could not be estimated."""
        return self._first("estimate")

    @property
    def low(self) -> float | None:
        """The lower limit of the first row."""
        return self._first("low")

    @property
    def high(self) -> float | None:
        """The upper limit of the first row."""
        return self._first("high")

    @property
    def se(self) -> float | None:
        """The standard error of the first row, where the method gives one."""
        return self._first("se")

    def _first(self, column: str) -> float | None:
        if self.estimates.empty or column not in self.estimates:
            return None
        cell = self.estimates[column].iloc[0]
        return None if pd.isna(cell) else float(cell)

    def labelled(self, labels: Mapping[str, Mapping[str, str]], /) -> Self:
        """Return the same result with the names of its codes, for figures and sentences in any language.

        Parameters
        ----------
        labels : mapping of str to mapping
            The names of codes, indicators, outcomes…, per language.
        """
        languages = sorted({lang for names in labels.values() for lang in names})
        rows = {code: [names.get(lang) for lang in languages] for code, names in labels.items()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=languages, dtype=object).rename_axis("code")
        if "labels" in self.details:
            together = pd.concat([self.details["labels"], frame])
            frame = together[~together.index.duplicated(keep="last")]
        return replace(self, details={**self.details, "labels": frame})

    def label(self, code: object, lang: str) -> str:
        """Return the name of a code in a language, or in another that it has, or the code itself."""
        names = self.details.get("labels")
        if names is None or code not in names.index:
            return str(code)
        row = names.to_numpy()[names.index.get_loc(str(code))]
        known = {str(language): name for language, name in zip(names.columns, row, strict=True) if not pd.isna(name)}
        return localised(known, lang) or str(code)

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain JSON, floats rounded to ten significant digits."""
        return {
            "kind": type(self).__name__,
            "method": self.method,
            "reference": self.reference,
            "estimates": frame_to_json(self.estimates),
            "details": {name: frame_to_json(frame) for name, frame in sorted(self.details.items())},
            "options": plain(self.options),
            "notices": [{"code": notice.code, "values": plain(notice.values)} for notice in self.notices],
            "not_estimable": None
            if self.not_estimable is None
            else {"code": self.not_estimable.code, "values": plain(self.not_estimable.values)},
            "inputs": plain(self.inputs),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read a result back from what :meth:`to_json` wrote."""
        absent = content["not_estimable"]
        return cls(
            method=content["method"],
            reference=content["reference"],
            estimates=frame_from_json(content["estimates"]),
            details={name: frame_from_json(frame) for name, frame in content["details"].items()},
            options=content["options"],
            notices=tuple(Notice(item["code"], item["values"]) for item in content["notices"]),
            not_estimable=None if absent is None else NotEstimable(absent["code"], absent["values"]),
            inputs=content["inputs"],
        )

    def to_html(self, lang: str) -> str:
        """Return the result as HTML in a language: method and source, estimates, remarks."""
        remarks = [*self.notices, *([self.not_estimable] if self.not_estimable else [])]
        told = [remark.sentence(lang) for remark in remarks]
        return result_html(self.method, self.reference, self.estimates, told, lang)

    def _repr_html_(self) -> str:
        return self.to_html("en")


def publish(result: Result, /, *, name: str, lang: str = "en") -> None:
    """Show a result in a notebook and store it as JSON in the cell's output.

    The executed notebook alone then carries its results: collecting them means reading notebooks.

    Parameters
    ----------
    result : Result
    name : str
        What the notebook calls it, as in ``"agreement"``; unique in a notebook.
    lang : {"fr", "nl", "en"}
        Of what is shown; the stored JSON is the same in all.
    """
    from IPython.display import display

    bundle = {
        MIME: {"name": name, "result": result.to_json()},
        "text/html": result.to_html(lang),
        "text/plain": f"{name}: {result.method}, {len(result.estimates)} estimates",
    }
    display(bundle, raw=True)


def publish_all(results: Mapping[str, Result], /, *, lang: str = "en") -> None:
    """Publish several results, each under its name: the last cell of a notebook."""
    for name, result in results.items():
        publish(result, name=name, lang=lang)


def fingerprint(data: pd.DataFrame | pd.Series | Mapping[str, Any] | str) -> str:
    """Return the SHA-256 of a frame (columns, index, values) or of plain data, the same on every machine.

    Numbers count to ten significant digits, so that the last bits of a processor do not change it.
    """
    frame = data.to_frame() if isinstance(data, pd.Series) else data
    digest = hashlib.sha256()
    if isinstance(frame, pd.DataFrame):
        index = [frame.index.get_level_values(level) for level in range(frame.index.nlevels)]
        names = [*map(str, frame.index.names), *map(str, frame.columns)]
        for name, (kind, held) in zip(names, [*map(_column_bytes, index), *_columns_bytes(frame)], strict=True):
            digest.update(f"{name}\x1e{kind}\x1e{len(frame)}\x1e".encode())
            digest.update(held)
    else:
        digest.update(json.dumps(plain(frame), ensure_ascii=False, sort_keys=True).encode("utf-8"))
    return digest.hexdigest()


def _columns_bytes(frame: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Kind and bytes of each column; a frame of floats alone is shortened in one go."""
    if frame.shape[1] > 1 and all(kind == np.float64 for kind in frame.dtypes):
        yield from (("number", column.tobytes()) for column in _shortened(frame.to_numpy(dtype=float).T))
    else:
        yield from (_column_bytes(column) for _, column in frame.items())


def _column_bytes(column: pd.Series | pd.Index) -> tuple[str, bytes]:
    kind = _kind(column)
    if kind == "string":
        return kind, "\x1f".join(map(_word, column.to_numpy(dtype=object))).encode("utf-8")
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in _KINDS:
        return kind, _shortened(column.to_numpy(dtype=float)).tobytes()
    return kind, _shortened(pd.Series(column).astype("Float64").to_numpy(dtype=float, na_value=np.nan)).tobytes()


def _shortened(numbers: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Numbers to their significant digits, little-endian."""
    known = np.isfinite(numbers) & (numbers != 0)
    magnitude = np.floor(np.log10(np.abs(numbers, where=known, out=np.ones_like(numbers))))
    with np.errstate(over="ignore", invalid="ignore"):
        scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - magnitude)
        shortened = np.round(numbers * scale) / scale
    shown = np.where(known & np.isfinite(shortened), shortened, numbers) + 0.0
    shown[np.isnan(shown)] = np.nan
    return np.ascontiguousarray(shown.astype("<f8"))


def _word(cell: Any) -> str:
    if type(cell) is str:
        return _quoted(cell)
    absent = cell is None or (type(cell) is float and cell != cell)
    return "null" if absent else json.dumps(plain(cell), ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=4096)
def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)


def plain(value: Any) -> Any:
    """Return ``value`` in plain JSON types: sets sorted, numpy and pandas scalars unwrapped, floats rounded."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, (list, tuple, np.ndarray, pd.Index, pd.Series)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is pd.NA or value is pd.NaT:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def rounded(value: float) -> float | None:
    """Round to ten significant digits; what is not finite becomes None, and a negative zero becomes zero."""
    if not math.isfinite(value):
        return None
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0


def frame_to_json(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as columns and rows; a named or non-trivial index becomes the leading columns."""
    trivial = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    levels = 0 if trivial else frame.index.nlevels
    names = (
        [] if trivial else [str(name) if name is not None else f"index_{i}" for i, name in enumerate(frame.index.names)]
    )
    columns = [frame.index.get_level_values(i) for i in range(levels)] + [column for _, column in frame.items()]
    cells = [[plain(cell) for cell in column.to_numpy(dtype=object)] for column in columns]
    return {
        "index": levels,
        "columns": names + [str(column) for column in frame.columns],
        "types": [_kind(column) for column in columns],
        "rows": [list(row) for row in zip(*cells, strict=True)] if cells else [],
    }


def frame_from_json(content: Mapping[str, Any]) -> pd.DataFrame:
    """Read a frame back from what :func:`frame_to_json` wrote."""
    names, levels = content["columns"], content["index"]
    cells = list(zip(*content["rows"], strict=True)) or [()] * len(names)
    typed = [_typed(cells[i], kind) for i, kind in enumerate(content["types"])]
    body = pd.DataFrame(dict(enumerate(typed[levels:])), index=range(len(content["rows"])))
    body.columns = pd.Index(names[levels:], dtype=object if not names[levels:] else None)
    if levels:
        arrays = [pd.Index(column, name=names[i]) for i, column in enumerate(typed[:levels])]
        body.index = arrays[0] if levels == 1 else pd.MultiIndex.from_arrays(arrays, names=names[:levels])
    return body


def _complete(estimates: pd.DataFrame) -> pd.DataFrame:
    """Put the standard columns first and hold the rule: a number, or the reason why there is none."""
    if _is_complete(estimates):
        return estimates.copy(deep=False)
    held: dict[Any, Any] = {
        name: column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array
        for name, column in estimates.items()
    }
    for column in ESTIMATE_COLUMNS:
        if column not in held:
            held[column] = np.full(len(estimates), None if column in _WORDS else np.nan)
    for column in NUMBERS & held.keys():
        if getattr(held[column].dtype, "numpy_dtype", held[column].dtype) != np.float64:
            held[column] = pd.Series(held[column]).astype(float).array
    reasons = np.array(held["reason"], dtype=object)
    absent = pd.isna(reasons)
    reasons[absent] = None
    held["reason"] = reasons
    without_reason = absent & pd.isna(np.asarray(held["estimate"]))
    if without_reason.any():
        rows = estimates.loc[without_reason, ["measure", "subject"]].to_dict("records")
        raise ValueError(f"an estimate is missing without a reason: {rows}")
    order = [*ESTIMATE_COLUMNS, *(name for name in held if name not in ESTIMATE_COLUMNS)]
    return pd.DataFrame({name: held[name] for name in order})


def _is_complete(estimates: pd.DataFrame) -> bool:
    """Say whether a table is as a result holds it already, so that a copy is all that it needs."""
    names, index = estimates.columns.tolist(), estimates.index
    if tuple(names[: len(ESTIMATE_COLUMNS)]) != ESTIMATE_COLUMNS or estimates.columns.name is not None:
        return False
    if not (isinstance(index, pd.RangeIndex) and index.equals(pd.RangeIndex(len(index))) and index.name is None):
        return False
    for place, (name, kind) in enumerate(zip(names, estimates.dtypes, strict=True)):
        if name in NUMBERS and kind.type is not np.float64:
            return False
        if kind.type is np.object_ and any(cell is not None for cell in estimates.iloc[:, place].to_numpy()):
            return False
    absent = pd.isna(estimates["estimate"].to_numpy())
    return not (absent.any() and estimates["reason"].isna().to_numpy()[absent].any())


NUMBERS = frozenset({"estimate", "low", "high", "level", "coverage", "se", "df", "statistic", "p"})
_WORDS = frozenset({"measure", "subject", "unit", "reason"})
_KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "number"}


def _kind(column: pd.Series | pd.Index) -> str:
    if isinstance(column.dtype, pd.StringDtype):
        return "string"
    if column.dtype.kind in _KINDS:
        return _KINDS[column.dtype.kind]
    return "boolean" if pd.api.types.is_bool_dtype(column) else "string"


def _typed(cells: Sequence[Any], kind: str) -> pd.Series | NDArray[np.float64]:
    if kind == "number":
        return np.array(cells, dtype=float)
    if kind == "integer":
        return pd.Series(cells, dtype="Int64" if None in cells else int)
    if kind == "boolean":
        return pd.Series(cells, dtype="boolean" if None in cells else bool)
    return pd.Series(cells, dtype=object)
