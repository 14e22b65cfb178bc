"""The tree as arrays: who belongs to whom, level by level, as matrices of membership and of weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vises_methods.indicators.arrays import Bools, Floats, Integers
from vises_methods.indicators.tree import IndicatorTree


@dataclass(frozen=True, eq=False)
class Step:
    """One level being made: positions of the children and of the parents, and who belongs to whom.

    ``membership`` is children × parents.
    """

    level: int
    children: Integers
    parents: Integers
    membership: Bools
    child_codes: tuple[str, ...]
    parent_codes: tuple[str, ...]

    def members(self, parent: int) -> Integers:
        """The columns of this step's children under its parent number ``parent``."""
        return np.flatnonzero(self.membership[:, parent])

    def weights(self, weights: Floats) -> Floats:
        """The matrix of weights, children × parents; ``weights`` may hold one vector or a stack of them."""
        return weights[..., self.children, None] * self.membership


@dataclass(frozen=True, eq=False)
class Structure:
    """The scored part of a tree: ``codes`` are the indicators, then the headings from the lowest level upwards."""

    leaves: tuple[str, ...]
    codes: tuple[str, ...]
    levels: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """The headings."""
        return self.codes[len(self.leaves) :]

    def vector(self, weights: Mapping[str, float]) -> Floats:
        """Weights by position."""
        return np.array([weights[code] for code in self.codes], dtype=float)


def structure_of(tree: IndicatorTree, leaves: Sequence[str]) -> Structure:
    """Lay out the part of a tree above ``leaves``, once; headings above none of them are left out."""
    known: dict[tuple[str, ...], Structure] = getattr(tree, "_laid_out")  # noqa: B009
    if tuple(leaves) not in known:
        known[tuple(leaves)] = _laid_out(tree, leaves)
    return known[tuple(leaves)]


def _laid_out(tree: IndicatorTree, leaves: Sequence[str]) -> Structure:
    kept = set(leaves)
    above = [code for code in tree.aggregates if kept.intersection(tree.descendants(code))]
    codes = (*leaves, *above)
    position = {code: i for i, code in enumerate(codes)}
    levels = tuple(tree.node(code).level for code in codes)
    steps = []
    for level in range(2, max(levels, default=1) + 1):
        parents = [code for code in above if tree.node(code).level == level]
        children = [code for code in codes if tree.node(code).level == level - 1 and tree.node(code).parent is not None]
        membership = np.array([[tree.node(child).parent == parent for parent in parents] for child in children])
        steps.append(
            Step(
                level,
                np.array([position[code] for code in children], dtype=np.int64),
                np.array([position[code] for code in parents], dtype=np.int64),
                membership.reshape(len(children), len(parents)),
                tuple(children),
                tuple(parents),
            )
        )
    return Structure(tuple(leaves), codes, levels, tuple(steps))
