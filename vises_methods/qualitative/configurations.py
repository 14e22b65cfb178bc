"""Logical minimisation: the fewest prime implicants that cover what has the outcome (Quine-McCluskey)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, order=True)
class Term:
    """A conjunction: ``mask`` has a bit for each condition that matters, ``value`` says which are present."""

    mask: int
    value: int

    def covers(self, configuration: int) -> bool:
        """Say whether the configuration has all that the term asks for."""
        return configuration & self.mask == self.value

    def written(self, conditions: Sequence[str]) -> str:
        """Write the term with ``*`` for and, ``~`` for absence.

        Examples
        --------
        >>> Term(0b101, 0b100).written(["A", "B", "C"])
        'A*~C'
        """
        bits = [(name, 1 << (len(conditions) - 1 - i)) for i, name in enumerate(conditions)]
        return "*".join(name if self.value & bit else f"~{name}" for name, bit in bits if self.mask & bit)


def prime_implicants(configurations: Iterable[int], conditions: int) -> list[Term]:
    """Return the terms that cover only these configurations and cannot lose a condition.

    Parameters
    ----------
    configurations : iterable of int
        Each a number whose bits are the conditions, the first the highest.
    conditions : int
        How many conditions.
    """
    level = {Term((1 << conditions) - 1, configuration) for configuration in configurations}
    primes: set[Term] = set()
    while level:
        shorter, used = set(), set()
        for term in level:
            for position in range(conditions):
                bit = 1 << position
                partner = Term(term.mask, term.value ^ bit)
                if term.mask & bit and partner in level:
                    shorter.add(Term(term.mask & ~bit, term.value & ~bit))
                    used.add(term)
        primes |= level - used
        level = shorter
    return sorted(primes)


def minimal_covers(primes: Sequence[Term], configurations: Sequence[int]) -> list[tuple[Term, ...]]:
    """Return every choice of the fewest terms that cover all configurations.

    Parameters
    ----------
    primes : sequence of Term
    configurations : sequence of int
    """
    if not configurations:
        return []
    holders = [[term for term in primes if term.covers(configuration)] for configuration in configurations]
    essential = {held[0] for held in holders if len(held) == 1}
    open_rows = [held for held in holders if not essential & set(held)]
    free = sorted({term for held in open_rows for term in held})
    for size in range(len(free) + 1):
        covers = [
            tuple(sorted({*essential, *chosen}))
            for chosen in combinations(free, size)
            if all(set(chosen) & set(held) for held in open_rows)
        ]
        if covers:
            return covers
    return []
