"""Wild cluster bootstrap: tests for few clusters, by the signs of whole clusters' residuals.

All draws are one matrix product: with the scores of clusters known, a draw changes only their signs. Variants are named
as in MacKinnon, Nielsen and Webb (2023, Journal of Econometrics 232:272-299, section 5): WCR imposes the null
hypothesis, WCU does not; the first digit says whether residuals are taken as they are ("1") or from the fit without
their cluster ("3"), the second whether t rests on CR1 ("1") or on the jackknife over clusters ("3").
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import patsy

from vises_methods.errors import InputError
from vises_methods.outcomes.inference import missing_row, share, stated_row
from vises_methods.outcomes.requirements import Floats, cluster_codes, require_columns, require_option, require_range
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

BootstrapWeights = Literal["rademacher", "mammen", "webb", "normal"]
WEIGHTS: tuple[str, ...] = ("rademacher", "mammen", "webb", "normal")
Variant = Literal["11", "31", "13", "33"]
VARIANTS: tuple[str, ...] = ("11", "31", "13", "33")
_LARGEST_ENUMERATION = 2**14


def wild_bootstrap(
    frame: pd.DataFrame,
    formula: str,
    term: str,
    clusters: str,
    draws: int = 999,
    weights: BootstrapWeights = "rademacher",
    impose_null: bool = True,
    seed: int = 0,
    *,
    variant: Variant = "11",
    level: float = 0.95,
) -> Result:
    """Test one coefficient with few clusters, by turning the residuals of whole clusters.

    Use it beside CR2 where clusters are few or of unequal size, or few of them are served. With ``c`` clusters and
    Rademacher weights there are only 2^c draws; where that is no more than ``draws`` all are counted, and the result
    says so.

    Parameters
    ----------
    frame : DataFrame
        One row per person; rows with a missing value in the formula or the clusters are left out and counted.
    formula : str
        As in statsmodels, "change ~ served"; several outcomes of the same people, "first + second ~ served", share
        the draws, and rows with any of them missing are left out.
    term : str
        The coefficient tested, by its name in the fit.
    clusters : str
        Column of clusters.
    draws : int
    weights : {"rademacher", "mammen", "webb", "normal"}
        Webb's six points serve where clusters are fewer than about ten.
    impose_null : bool
        Draw under the hypothesis that the coefficient is nought (WCR, default: it keeps its size best).
    seed : int
    variant : {"11", "31", "13", "33"}
        First digit: residuals as they are, or as the other clusters predict them; second: t with CR1 (as in Stata) or
        with the jackknife over clusters. "33" keeps its size best where clusters are very unequal.
    level : float
        Of the interval, which inverts the test where the null is imposed, and uses the quantiles of t otherwise.

    Returns
    -------
    Result
        One row per outcome: estimate, ``se`` (CR1 as in Stata, or the jackknife), ``statistic``, bootstrap ``p``
        (symmetric) and interval;
        ``details["draws"]`` says how many draws and whether all were counted.

    Raises
    ------
    InputError
        On unknown options, a missing column, or a term that the formula does not have.

    References
    ----------
    Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2008). Review of Economics and Statistics 90:414-427, section III;
    MacKinnon, J. G., Nielsen, M. Ø. and Webb, M. D. (2023). Journal of Econometrics 232:272-299, section 5.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1, 2, 2, 3, 5, 4, 6, 7.0], "x": [0, 0, 0, 0, 1, 1, 1, 1],
    ...                       "site": list("abcdefgh")})
    >>> result = wild_bootstrap(frame, "y ~ x", "x", "site")
    >>> result.value, result.estimates["p"].iloc[0], int(result.details["draws"]["draws"].iloc[0])
    (3.5, np.float64(0.0078125), 256)
    """
    where = "wild_bootstrap"
    require_option(weights, WEIGHTS, f"{where}(weights=)")
    require_option(variant, VARIANTS, f"{where}(variant=)")
    require_range(level, 0, 1, f"{where}(level=)")
    require_range(draws, 0, 1e9, f"{where}(draws=)")
    require_columns(frame, [clusters], where)
    used = {"formula": formula, "term": term, "clusters": clusters, "draws": draws, "weights": weights,
            "impose_null": impose_null, "seed": seed, "variant": variant, "level": level}  # fmt: skip
    responses, x, codes, names = _matrices(frame, formula, clusters, where)
    require_option(term, names, f"{where}(term=)")
    known: dict[str, Any] = {"n": len(x), "coverage": share(len(x), len(frame)), "level": level}
    count = int(codes.max()) + 1 if len(codes) else 0
    details: dict[str, pd.DataFrame] = {}
    notices: tuple[Notice, ...] = ()
    rows, reasons = [], [_obstacle(column, x, count) for column in responses.to_numpy().T]
    if not all(reasons):
        signs, counted = _signs(count, draws, weights, seed)
        details = {"draws": pd.DataFrame([{"draws": len(signs), "all_counted": counted, "clusters": count}])}
        code = "all_draws_counted" if counted else "draws_taken"
        notices = (Notice(f"outcomes.notices.{code}", {"draws": len(signs)}),)
    for reason, name in zip(reasons, responses.columns, strict=True):
        if reason:
            rows.append(missing_row(term, str(name), reason, clusters=count, **known))
            continue
        sums = _ClusterSums(responses[name].to_numpy(dtype=float), x, codes, names.index(term), variant)
        found = sums.test(signs, impose_null, counted, level)
        rows.append(stated_row(term, str(name), sums.estimate, clusters=count, **known, **found))
    absent = NotEstimable(str(reasons[0])) if all(reasons) else None
    kind = f"wild cluster bootstrap, {'WCR' if impose_null else 'WCU'}-{variant}"
    return Result(
        method=kind,
        reference="Cameron, Gelbach and Miller 2008, section III; MacKinnon, Nielsen and Webb 2023, section 5",
        estimates=pd.DataFrame(rows),
        details=details,
        options=used,
        notices=notices,
        not_estimable=absent,
        inputs={"frame": fingerprint(pd.DataFrame(np.column_stack([responses, x, codes]) if len(x) else x))},
    )


class _ClusterSums:
    """A regression as the sums by cluster that every draw needs."""

    def __init__(self, y: Floats, x: Floats, codes: Any, column: int, variant: Variant) -> None:
        self.column, self.codes, self.variant = column, codes, variant
        self.clusters, (self.n, self.p) = int(codes.max()) + 1, x.shape
        self.blocks = [np.flatnonzero(codes == cluster) for cluster in range(self.clusters)]
        self.crossed = np.array([x[rows].T @ x[rows] for rows in self.blocks])
        self.x, self.y, self.bread = x, y, np.linalg.inv(self.crossed.sum(axis=0))
        self.estimate = float((self.bread @ x.T @ y)[column])
        self.jackknife = variant.endswith("3")
        spread = (self.clusters - 1) / self.clusters
        self.factor = spread if self.jackknife else (self.n - 1) / (self.n - self.p) / spread
        if self.jackknife:
            whole = self.crossed.sum(axis=0)
            self.left_out = np.array([np.linalg.pinv(whole - part)[column] for part in self.crossed])
        self.others = [i for i in range(self.p) if i != column]

    def test(self, signs: Floats, impose_null: bool, counted: bool, level: float) -> dict[str, Any]:
        """Return statistic, p value, standard error and interval, as a row has them."""
        se = self._observed_error()
        if impose_null:
            drawn = self._under_the_null(signs)
            p = _share(drawn.statistics(0.0), abs(self.estimate / se), counted)
            low, high = (self._limit(drawn, se, counted, level, side) for side in (-1.0, 1.0))
        else:
            t = self._unrestricted(signs)
            p = _share(t, abs(self.estimate / se), counted)
            critical = float(np.quantile(t, level))
            low, high = self.estimate - critical * se, self.estimate + critical * se
        return {"statistic": self.estimate / se, "p": p, "se": se, "low": low, "high": high}

    def _observed_error(self) -> float:
        residuals = self.y - self.x @ (self.bread @ (self.x.T @ self.y))
        scores = np.array([self.x[rows].T @ residuals[rows] for rows in self.blocks])
        if self.jackknife:
            moved = np.einsum("gi,gi->g", self.left_out, scores)
            return float(np.sqrt(self.factor * (moved**2).sum()))
        return float(np.sqrt(self.factor * ((scores @ self.bread[self.column]) ** 2).sum()))

    def _under_the_null(self, signs: Floats) -> _Draws:
        """Return what the draws need under any null: residuals, hence all sums, are linear in the null value."""
        design = self.x[:, self.others]
        plain = self._sums(self._scores(design, self.y), signs)
        slope = self._sums(self._scores(design, self.x[:, self.column]), signs)
        return _Draws(*plain, *slope, self.factor)

    def _unrestricted(self, signs: Floats) -> Floats:
        shift, centred = self._sums(self._scores(self.x, self.y), signs)
        nothing = np.zeros_like(centred)
        return _Draws(shift, centred, np.zeros_like(shift), nothing, self.factor).statistics(0.0)

    def _scores(self, design: Floats, response: Floats) -> Floats:
        """Return X_g'u_g per cluster, u the residuals of ``response`` on ``design``, or on that of the others ("3")."""
        bread = np.linalg.inv(design.T @ design) if design.shape[1] else np.zeros((0, 0))
        residuals = response - design @ (bread @ (design.T @ response))
        scores = []
        for rows in self.blocks:
            block, own = design[rows], residuals[rows]
            if self.variant.startswith("3"):
                leave = np.eye(len(rows)) - block @ bread @ block.T
                own = np.sqrt((self.clusters - 1) / self.clusters) * (np.linalg.pinv(leave) @ own)
            scores.append(self.x[rows].T @ own)
        return np.array(scores)

    def _sums(self, scores: Floats, signs: Floats) -> tuple[Floats, Floats]:
        """Return, per draw, the shift of the coefficient, and per cluster what its squared error is the sum of.

        For CR1 that is the score of the draw's own residuals, for the jackknife the move when the cluster is left out.
        """
        lead = scores @ self.bread[self.column]
        if self.jackknife:
            total = signs @ scores
            own = signs * np.einsum("gi,gi->g", self.left_out, scores)
            return signs @ lead, total @ self.left_out.T - own - (signs @ lead)[:, None]
        moved = signs @ (scores @ self.bread)
        pulled = np.einsum("gij,j->gi", self.crossed, self.bread[self.column])
        return signs @ lead, signs * lead - moved @ pulled.T

    def _limit(self, drawn: _Draws, se: float, counted: bool, level: float, side: float) -> float | None:
        """Return the outermost value on one side that the test does not reject, by bisection; None without end."""

        def accepted(null: float) -> bool:
            return _share(drawn.statistics(null), abs((self.estimate - null) / se), counted) > 1 - level

        inside, step = self.estimate, 2 * se
        while accepted(self.estimate + side * step):
            inside, step = self.estimate + side * step, 2 * step
            if step > 1e3 * se:
                return None
        outside = self.estimate + side * step
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if accepted(middle) else (inside, middle)
        return (inside + outside) / 2


class _Draws:
    """All draws at once, as functions of the null value: the shift is linear in it, the squared error quadratic."""

    def __init__(self, shift: Floats, centred: Floats, slope: Floats, bend: Floats, factor: float) -> None:
        self.shift, self.slope = shift, slope
        self.square = factor * (centred**2).sum(axis=1)
        self.cross = factor * (centred * bend).sum(axis=1)
        self.curve = factor * (bend**2).sum(axis=1)
        self.largest, self.widest = self.square.max(), self.curve.max()

    def statistics(self, null: float) -> Floats:
        """Return the absolute t of every draw when the coefficient is ``null``."""
        shift = np.abs(self.shift - null * self.slope)
        variance = self.square - 2 * null * self.cross + null**2 * self.curve
        spread = variance > 1e-14 * (self.largest + null**2 * self.widest)
        if spread.all():
            return np.asarray(shift / np.sqrt(variance))
        with np.errstate(divide="ignore", invalid="ignore"):
            # a draw that fits exactly has no spread left: as extreme as can be, unless nothing moved at all
            exact = np.where(shift > 0, np.inf, 0.0)
            return np.asarray(np.where(spread, shift / np.sqrt(np.clip(variance, 0, None)), exact))


def _matrices(
    frame: pd.DataFrame, formula: str, clusters: str, where: str
) -> tuple[pd.DataFrame, Floats, Any, list[str]]:
    kept = frame[frame[clusters].notna()].reset_index(drop=True).infer_objects()
    try:
        response, design = patsy.dmatrices(formula, kept, return_type="dataframe", NA_action="drop")
    except patsy.PatsyError as fault:
        raise InputError("outcomes.errors.formula", f"{where}(formula=)", formula=formula, fault=str(fault)) from fault
    if not np.isfinite(response.to_numpy()).all() or not np.isfinite(design.to_numpy()).all():
        raise InputError("not_numeric", f"{where}(formula=)", column=formula, value=str(np.inf))
    codes = cluster_codes(kept.loc[design.index, clusters]) if len(design) else np.zeros(0, dtype=np.int64)
    return response, design.to_numpy(dtype=float), codes, list(design.columns)


def _obstacle(y: Floats, x: Floats, clusters: int) -> str | None:
    if len(y) <= x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        return "outcomes.reasons.few_people"
    if clusters < 2:
        return "outcomes.reasons.one_cluster"
    residuals = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return "outcomes.reasons.no_variation" if np.abs(residuals).max() <= 1e-12 * max(1, np.abs(y).max()) else None


def _signs(clusters: int, draws: int, weights: BootstrapWeights, seed: int) -> tuple[Floats, bool]:
    """Return one row of cluster weights per draw; all of them where Rademacher has no more than were asked for."""
    if weights == "rademacher" and 2**clusters <= max(draws, 1) and 2**clusters <= _LARGEST_ENUMERATION:
        bits = (np.arange(2**clusters)[:, None] >> np.arange(clusters)) & 1
        return 1.0 - 2.0 * bits, True
    random, size = generator(seed, "wild_bootstrap"), (draws, clusters)
    if weights == "normal":
        return random.normal(size=size), False
    if weights == "mammen":
        root = np.sqrt(5.0)
        points = np.array([(1 - root) / 2, (1 + root) / 2])
        return random.choice(points, size=size, p=[(root + 1) / (2 * root), (root - 1) / (2 * root)]), False
    points = np.array([-1.0, 1.0]) if weights == "rademacher" else np.sqrt([0.5, 1.0, 1.5])
    if weights == "webb":
        points = np.concatenate([-points, points])
    return random.choice(points, size=size), False


def _share(statistics: Floats, observed: float, counted: bool) -> float:
    """Return the share of draws as extreme; the draw of all ones is the data themselves and counts as extreme."""
    extreme = int((statistics >= observed * (1 - 1e-10)).sum())
    return extreme / len(statistics) if counted else (extreme + 1) / (len(statistics) + 1)
