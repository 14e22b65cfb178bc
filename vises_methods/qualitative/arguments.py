"""What is given to a public function, held against the function's own signature.

A method is called with what lies at hand: a list for a table, a text for a number, a path for a codebook. Each public
function says so at its door, in the reader's language, and its body may rely on the kinds that its signature names.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from functools import cache, wraps
from types import NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from vises_methods.errors import InputError

P = ParamSpec("P")
R = TypeVar("R")
_NUMBERS = (int, float, np.integer, np.floating)
_WHOLE = (int, np.integer)
_COUNTS = (
    *("resamples", "samples", "orders", "level", "dimensions", "frequency", "most", "longest"),
    *("minimum", "shortest", "minimum_segments", "minimum_term", "top"),
)
_BOUNDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "ci": (lambda value: 0 < value < 1, "0 < ci < 1"),
    "half_width": (lambda value: 0 < value < 1, "0 < half_width < 1"),
    **dict.fromkeys(("share", "consistency", "pri"), (lambda value: 0 <= value <= 1, "0-1")),
    **dict.fromkeys(("seed", "width"), (lambda value: value >= 0, "≥ 0")),
    **dict.fromkeys(_COUNTS, (lambda value: value >= 1, "≥ 1")),
}


def checked_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments whose kind the signature does not name, before the function begins.

    Parameters
    ----------
    function : callable
        With an annotation on every parameter.

    Raises
    ------
    InputError
        On the call: for a value of another kind, an option that does not exist, a share, seed or number of draws that
        cannot be, or a level of the codebook where no codebook is given.

    Examples
    --------
    >>> @checked_arguments
    ... def twice(values: pd.Series, /, *, ci: float = 0.95) -> pd.Series:
    ...     return values * 2
    >>> twice([1, 2])
    Traceback (most recent call last):
    ...
    vises_methods.errors.InputError: twice(values): found list (list). Allowed: Series. What to do: Give a value ...
    """
    signature = inspect.signature(function)

    @wraps(function)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        hints = _hints(function)
        given = signature.bind(*args, **kwargs).arguments
        for name, value in given.items():
            _require(value, hints[name], signature.parameters[name], function.__name__)
        if isinstance(given.get("level"), int) and "codebook" in hints and given.get("codebook") is None:
            raise InputError("qualitative.errors.level_without_codebook", f"{function.__name__}(level=)")
        return function(*args, **kwargs)

    return held


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(function)


def _require(value: Any, hint: Any, parameter: inspect.Parameter, function: str) -> None:
    name = parameter.name
    where = f"{function}({name}=)" if parameter.kind is parameter.KEYWORD_ONLY else f"{function}({name})"
    if not _fits(value, hint):
        shown = str(value) if value is None or isinstance(value, (str, *_NUMBERS)) else type(value).__name__
        choices = _choices(hint)
        if choices:
            raise InputError("unknown_option", where, value=shown, allowed=choices)
        allowed = str(parameter.annotation).replace("pd.", "")
        raise InputError("wrong_type", where, value=shown, type=type(value).__name__, allowed=allowed)
    bounded = name in _BOUNDS and isinstance(value, _NUMBERS)
    if bounded and not _BOUNDS[name][0](value):
        raise InputError("out_of_range", where, value=value, allowed=_BOUNDS[name][1])


def _choices(hint: Any) -> list[str]:
    """Return the words that an annotation allows, wherever in it they stand."""
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return list(dict.fromkeys(word for part in get_args(hint) for word in _choices(part)))


def _fits(value: Any, hint: Any) -> bool:
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, str) and value in parts
    if origin is not None:
        return _fits_all(value, origin, parts)
    return _is_of_kind(value, hint)


def _is_of_kind(value: Any, kind: Any) -> bool:
    if kind in (None, NoneType):
        return value is None
    if kind is bool:
        return isinstance(value, (bool, np.bool_))
    if kind in (int, float):
        numbers = _WHOLE if kind is int else _NUMBERS
        return isinstance(value, numbers) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, kind)


def _fits_all(value: Any, origin: Any, parts: tuple[Any, ...]) -> bool:
    """Say whether a collection, and each thing in it, is of the kind that the annotation names."""
    ordered = issubclass(origin, Sequence)
    if isinstance(value, (str, bytes, pd.DataFrame)) or (ordered and isinstance(value, (set, frozenset))):
        return False
    if issubclass(origin, Mapping):
        keys, values = parts
        return isinstance(value, Mapping) and all(_fits(k, keys) and _fits(v, values) for k, v in value.items())
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        return False
    if issubclass(origin, tuple):
        return isinstance(value, (tuple, list))
    if not isinstance(value, Sized):
        return not issubclass(origin, Sized)
    if isinstance(value, np.ndarray) and value.ndim != 1:
        return False
    return all(_fits(item, parts[0]) for item in value)
