"""Matching: for each served person, people of the comparison who started alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError
from vises_methods.outcomes.balance_table import balance
from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.propensity import logit_scores, score_design
from vises_methods.outcomes.requirements import Floats, require_columns, require_option, require_range, served_indicator
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

MatchMethod = Literal["nearest", "exact", "coarsened", "subclass"]
METHODS: tuple[str, ...] = ("nearest", "exact", "coarsened", "subclass")
Link = Literal["probability", "linear"]
LINKS: tuple[str, ...] = ("probability", "linear")
Neighbour = Literal["nearest", "matchit-4.5"]
NEIGHBOURS: tuple[str, ...] = ("nearest", "matchit-4.5")
_UNMATCHED = -1
_TIE = 1e-12


class Matched(Result):
    """A matched sample; ``weights`` and ``groups`` go with the rows of the frame that was matched."""

    @property
    def weights(self) -> pd.Series:
        """One weight per row: nought where unmatched, one for a matched served person."""
        return self.details["weights"].set_index("row")["weight"]

    @property
    def groups(self) -> pd.Series:
        """The pair or group of each row, -1 where unmatched; with replacement each row is its own group."""
        return self.details["weights"].set_index("row")["group"]


@dataclass(frozen=True)
class _Assignment:
    """Weights and groups per row."""

    weights: Floats
    groups: NDArray[np.int64]


def match(
    frame: pd.DataFrame,
    arm: str = "arm",
    covariates: Sequence[str] = (),
    method: MatchMethod = "nearest",
    *,
    link: Link = "probability",
    ratio: int = 1,
    replace: bool = False,
    caliper: float | None = None,
    exact: Sequence[str] = (),
    neighbour: Neighbour = "nearest",
    subclasses: int = 6,
    cuts: Mapping[str, int | Sequence[float]] | None = None,
) -> Matched:
    """Choose comparison people who were like the served at the start; no outcome is looked at.

    Use it before a comparison whose groups started apart, then look at the balance, then compare with
    ``ancova(frame.assign(weight=…), …, weights="weight", clusters="group")``. What is estimated is the difference for
    the served (ATT), or for the matched of them where a caliper leaves some out.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, as at the first wave.
    arm : str
    covariates : sequence of str
        Of the propensity score (logit), or the cells of exact and coarsened matching.
    method : {"nearest", "exact", "coarsened", "subclass"}
        Nearest propensity score, greedily from the highest served score; all people of a same cell; cells of cut
        covariates (Sturges' number of equal intervals by default); classes of the score with equally many served.
    link : {"probability", "linear"}
        Distances between probabilities, or between their logits.
    ratio : int
        Comparison people per served person; everyone gets a first before anyone a second.
    replace : bool
        Whether a comparison person may serve several times.
    caliper : float, optional
        Largest distance, in standard deviations of the score.
    exact : sequence of str
        Columns that must agree within a nearest match.
    neighbour : {"nearest", "matchit-4.5"}
        Which of the free comparison people: the nearest (default), or, in order to compare with it, the one that
        MatchIt 4.5.1 takes: the nearest with no higher score, the last row among equals (with replacement, the nearest
        with a lower score). Its caliper compares distances rounded down to whole numbers, so that it keeps pairs
        further apart than asked.
    subclasses : int
    cuts : mapping of str to int or sequence of float, optional
        Number of equal intervals, or the cut points, of a covariate.

    Returns
    -------
    Matched
        Rows ``matched`` per arm (how many; coverage the share). Attributes ``weights`` and ``groups``;
        ``details["before"]`` and ``["after"]``: balance tables. Among equally near people the first row is taken, so
        sort the frame by a rule that you can name.

    Raises
    ------
    InputError
        On missing columns, unknown options, or a missing value in a covariate.

    References
    ----------
    Ho, D. E., Imai, K., King, G. and Stuart, E. A. (2011). Journal of Statistical Software 42(8), sections 3.2-3.4;
    Iacus, S. M., King, G. and Porro, G. (2012). Political Analysis 20:1-24 (coarsened exact matching).

    Examples
    --------
    >>> frame = pd.DataFrame({"arm": [1, 1, 0, 0, 0, 0], "age": [30, 41, 29, 42, 50, 35], "f": [1, 0, 1, 1, 0, 0]})
    >>> match(frame, "arm", ["age"]).weights.tolist()
    [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    """
    where = "match"
    require_option(method, METHODS, f"{where}(method=)")
    require_option(neighbour, NEIGHBOURS, f"{where}(neighbour=)")
    require_option(link, LINKS, f"{where}(link=)")
    require_range(ratio, 0, 1000, f"{where}(ratio=)")
    require_range(subclasses, 0, 1000, f"{where}(subclasses=)")
    require_columns(frame, [arm, *covariates, *exact], where)
    served = served_indicator(frame[arm], f"{where}(arm=)")
    if np.isnan(served).any():
        raise InputError("outcomes.errors.missing_covariates", f"{where}(arm=)", columns=[arm])
    used = {"arm": arm, "covariates": list(covariates), "method": method, "link": link, "ratio": ratio,
            "replace": replace, "caliper": caliper, "exact": list(exact), "neighbour": neighbour,
            "subclasses": subclasses, "cuts": dict(cuts or {})}  # fmt: skip
    shown = frame.reset_index(drop=True)
    score, notices = None, []
    if method in ("nearest", "subclass"):
        probability, _, settled = logit_scores(score_design(frame, covariates, where), served)
        score = np.log(probability / (1 - probability)) if link == "linear" else probability
        shown = shown.assign(distance=score)
        notices = [] if settled else [Notice("outcomes.notices.score_not_settled", {})]
    found = _assigned(shown, served, score, used, where)
    details = {"weights": pd.DataFrame({"row": frame.index, "weight": found.weights, "group": found.groups})}
    listed = (["distance"] if score is not None else []) + list(covariates)
    both = served.any() and (served == 0).any()
    if both:
        details["before"] = balance(shown, arm, listed).estimates
    matched = int((found.weights[served == 1] > 0).sum())
    if both and matched:
        details["after"] = balance(shown, arm, listed, found.weights.tolist()).estimates
    reason = None if matched else "outcomes.reasons.nobody_matched"
    return Matched(
        method=f"matching, {method}",
        reference="Ho et al. 2011, sections 3.2-3.4; Iacus, King and Porro 2012",
        estimates=pd.DataFrame(_rows(served, found.weights, reason)),
        details=details,
        options=used,
        notices=tuple(notices),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys([arm, *covariates, *exact])]])},
    )


def _rows(served: Floats, weights: Floats, reason: str | None) -> list[dict[str, Any]]:
    rows = []
    for side, word in ((1.0, "participants"), (0.0, "comparison")):
        total, kept = int((served == side).sum()), int((weights[served == side] > 0).sum())
        if reason:
            rows.append(missing_row("matched", word, reason, n=total))
        else:
            rows.append(stated_row("matched", word, kept, n=total, coverage=share(kept, total)))
    return rows


def _assigned(
    frame: pd.DataFrame, served: Floats, score: Floats | None, used: dict[str, Any], where: str
) -> _Assignment:
    if used["method"] == "nearest" and score is not None:
        return _nearest(frame, served, score, used)
    if used["method"] == "subclass" and score is not None:
        edges = np.quantile(score[served == 1], np.linspace(0, 1, used["subclasses"] + 1)[1:-1])
        return _by_cell(np.searchsorted(edges, score, side="right"), served)
    columns = [frame[name] for name in used["covariates"]]
    if used["method"] == "coarsened":
        columns = [_cut(column, used["cuts"].get(column.name), where) for column in columns]
    unknown = [str(column.name) for column in columns if column.isna().any()]
    if unknown:
        raise InputError("outcomes.errors.missing_covariates", f"{where}(covariates=)", columns=unknown)
    cells, _ = pd.factorize(pd.MultiIndex.from_arrays(columns) if len(columns) > 1 else pd.Index(columns[0]))
    return _by_cell(cells, served)


def _cut(column: pd.Series, cut: int | Sequence[float] | None, where: str) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(column):
        return column
    values = column.to_numpy(dtype=float)
    if np.isnan(values).any():
        raise InputError("outcomes.errors.missing_covariates", f"{where}(covariates=)", columns=[str(column.name)])
    if cut is None:
        if len(np.unique(values)) <= 2:
            return column
        cut = int(np.ceil(np.log2(len(values)) + 1))
    points = np.linspace(values.min(), values.max(), cut + 1)[1:-1] if isinstance(cut, int) else np.asarray(cut)
    return pd.Series(np.searchsorted(points, values, side="right"), name=column.name)


def _by_cell(cells: NDArray[np.int64], served: Floats) -> _Assignment:
    """Weigh the comparison people of a cell to as many as it has served; leave cells with one kind of people out."""
    size = int(cells.max()) + 1
    ours = np.bincount(cells, weights=served, minlength=size)
    theirs = np.bincount(cells, weights=1 - served, minlength=size)
    usable = ((ours > 0) & (theirs > 0))[cells]
    ratio = np.divide(ours, theirs, out=np.zeros(size), where=theirs > 0)
    weights = np.where(usable, np.where(served == 1, 1.0, ratio[cells]), 0.0)
    return _Assignment(_scaled(weights, served), np.where(usable, cells, _UNMATCHED))


def _nearest(frame: pd.DataFrame, served: Floats, score: Floats, used: dict[str, Any]) -> _Assignment:
    treated, controls = np.flatnonzero(served == 1), np.flatnonzero(served == 0)
    order = treated[np.argsort(-score[treated], kind="stable")]
    reach = np.inf if used["caliper"] is None else used["caliper"] * float(np.std(score, ddof=1))
    strata = _strata(frame, used["exact"])
    free = np.ones(len(controls), dtype=bool)
    chosen: dict[int, list[int]] = {int(one): [] for one in order}
    for _ in range(used["ratio"]):
        for one in order:
            above = score[controls] - score[one]
            barred = (strata[controls] != strata[one]) | _too_far(above, reach, used["neighbour"]) | ~free
            barred |= np.isin(controls, chosen[int(one)])
            if barred.all():
                continue
            place = _neighbour(np.where(barred, np.nan, above), used["neighbour"], used["replace"])
            chosen[int(one)].append(int(controls[place]))
            free[place] = used["replace"]
    return _pairs(chosen, served, used["replace"])


def _too_far(above: Floats, reach: float, rule: str) -> NDArray[np.bool_]:
    gaps = np.abs(above)
    return np.asarray((np.floor(gaps) if rule == "matchit-4.5" else gaps) > reach)


def _neighbour(above: Floats, rule: str, replace: bool) -> int:
    """Return the position of the neighbour; scores that differ by rounding alone count as equal, on every machine."""
    gaps = np.where(np.isnan(above), np.inf, np.abs(above))
    if rule == "nearest":
        return int(np.flatnonzero(gaps <= gaps.min() + _TIE)[0])
    lower = np.where(above < -_TIE if replace else above <= _TIE, gaps, np.inf)
    gaps = lower if np.isfinite(lower).any() else gaps
    return int(np.flatnonzero(gaps <= gaps.min() + _TIE)[-1])


def _strata(frame: pd.DataFrame, exact: Sequence[str]) -> NDArray[np.int64]:
    if not exact:
        return np.zeros(len(frame), dtype=np.int64)
    return np.asarray(frame.groupby(list(exact), sort=True, dropna=False).ngroup().to_numpy(), dtype=np.int64)


def _pairs(chosen: Mapping[int, Sequence[int]], served: Floats, replace: bool) -> _Assignment:
    weights = np.zeros(len(served))
    groups = np.full(len(served), _UNMATCHED, dtype=np.int64)
    for group, one in enumerate(sorted(chosen)):
        partners = list(chosen[one])
        if partners:
            weights[one] = 1.0
            np.add.at(weights, partners, 1 / len(partners))
            groups[[one, *partners]] = group
    if replace:
        groups = np.where(weights > 0, np.arange(len(served)), _UNMATCHED)
    return _Assignment(_scaled(weights, served), groups)


def _scaled(weights: Floats, served: Floats) -> Floats:
    """Scale the weights of the comparison to sum to the number of people who have one."""
    side = (served == 0) & (weights > 0)
    scaled = weights.copy()
    if side.any():
        scaled[side] *= side.sum() / weights[side].sum()
    return scaled
