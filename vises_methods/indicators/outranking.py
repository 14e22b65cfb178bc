"""Comparing units two by two: who is better on the larger share of weight, and Copeland's score."""

from __future__ import annotations

import numpy as np

from vises_methods.indicators.arrays import Floats

_PAIRS_AT_ONCE = 2_000_000
_CUBE_AT_ONCE = 1_000_000
_TOLERANCE = 1e-12


def copeland(
    scores: Floats, others: Floats, weights: Floats, indifference: float = 0.0, veto: float | None = None
) -> Floats:
    """Number of units beaten minus number of units lost to, for the children of one heading.

    A unit beats another if it is better on more of the weight of what *both* have: a missing comparison is no win for
    either. With ``veto``, nobody beats a unit that is better by more than that on any one child.

    Parameters
    ----------
    scores, others : array (…, units, children)
        Each unit's scores, and the scores that it meets in the others; the same array, except for limits.
    weights : array (…, children)
    indifference : float
        Differences up to this are ties.
    """
    units = scores.shape[-2]
    chunk = max(1, _PAIRS_AT_ONCE // max(units, 1))
    balances = []
    for start in range(0, units, chunk):
        rows = others if scores is others and chunk >= units else scores[..., start : start + chunk, :]
        sign = np.sign(_balance(rows, others, weights, indifference, veto))
        positions = np.arange(rows.shape[-2])
        sign[..., positions, positions + start] = 0
        balances.append(sign.sum(axis=-1))
    net = np.concatenate(balances, axis=-1)
    weighted = (~np.isnan(scores) & (weights[..., None, :] > 0)).any(axis=-1)
    return np.where(weighted, net, np.nan)


def copeland_limits(
    low: Floats, high: Floats, weights: Floats, indifference: float = 0.0, veto: float | None = None
) -> tuple[Floats, Floats]:
    """Copeland's score of each unit at its worst against all others at their best, and the other way round.

    What one wins another loses: where a single block holds all pairs, one comparison of all with all gives both.
    """
    units = low.shape[-2]
    if units * units > _PAIRS_AT_ONCE:
        return copeland(low, high, weights, indifference, veto), copeland(high, low, weights, indifference, veto)
    sign = np.sign(_balance(low, high, weights, indifference, veto))
    sign[..., np.arange(units), np.arange(units)] = 0
    weighted = (~np.isnan(low) & (weights[..., None, :] > 0)).any(axis=-1)
    return np.where(weighted, sign.sum(axis=-1), np.nan), np.where(weighted, -sign.sum(axis=-2), np.nan)


def shares(scores: Floats, weights: Floats) -> Floats:
    """The outranking matrix: the share of weight on which the row is better than the column, ties counted half."""
    balance = _balance(scores, scores, weights, 0.0, None)
    return (balance + 1) / 2


def _balance(rows: Floats, columns: Floats, weights: Floats, indifference: float, veto: float | None) -> Floats:
    """Share of weight won minus share lost, of what both have; 0 where they share nothing."""
    if veto is None and rows.ndim == 2 and rows.size * len(columns) <= _CUBE_AT_ONCE:
        won = _won(rows, columns, weights, indifference)
        lost = won.T if rows is columns else _won(columns, rows, weights, indifference).T
        shared = (~np.isnan(rows) * weights) @ (~np.isnan(columns)).T.astype(float)
        return _majority(won - lost, shared)
    net = np.zeros((*rows.shape[:-1], columns.shape[-2]))
    shared = np.zeros_like(net)
    vetoed, vetoing = np.zeros(net.shape, dtype=bool), np.zeros(net.shape, dtype=bool)
    for child in range(rows.shape[-1]):
        difference = rows[..., :, None, child] - columns[..., None, :, child]
        weight = np.asarray(weights[..., child])[..., None, None]
        net += weight * ((difference > indifference).astype(np.int8) - (difference < -indifference))
        shared += weight * ~np.isnan(difference)
        if veto is not None:
            vetoed |= (difference < -veto) & (weight > 0)
            vetoing |= (difference > veto) & (weight > 0)
    balance = _majority(net, shared)
    if veto is not None:
        balance = np.where(vetoed, np.minimum(balance, 0.0), balance)
        balance = np.where(vetoing, np.maximum(balance, 0.0), balance)
    return balance


def _won(rows: Floats, columns: Floats, weights: Floats, indifference: float) -> Floats:
    """The weight on which each row is ahead of each column, child by child along the slowest axis."""
    mine, theirs = np.ascontiguousarray(rows.T)[:, :, None], np.ascontiguousarray(columns.T)[:, None, :]
    ahead = mine - theirs > indifference if indifference else mine > theirs
    return np.asarray(weights @ ahead.reshape(len(weights), -1)).reshape(len(rows), len(columns))


def _majority(net: Floats, shared: Floats) -> Floats:
    balance = np.divide(net, shared, out=np.zeros_like(net), where=shared > 0)
    balance[np.abs(balance) < _TOLERANCE] = 0.0
    return balance
