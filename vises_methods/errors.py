"""What is wrong, where, what was found, what is allowed, and what to do: one tree of errors.

A :class:`Problem` is the datum; a :class:`VisesError` is a problem that stops the work. The words stand in the
catalogue under ``errors.<code>.found``, ``.allowed`` and ``.remedy``, in French, Dutch and English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from vises_methods.catalogue import text


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    code : str
        Which problem: a key of the catalogue under ``errors``, or a whole key such as ``outcomes.errors.one_wave``.
    where : str
        The file (relative to the study), the notebook, or the function and argument.
    row : int or None
        The line of the file as a spreadsheet numbers it: the header is row 1.
    column : str or None
        The column, or the path of a key in a YAML file (``nodes[3].kind``).
    values : mapping
        What the placeholders of the three texts stand for.
    """

    code: str
    where: str
    row: int | None = None
    column: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __reduce__(self) -> tuple[type[Problem], tuple[Any, ...]]:
        """Say how it is sent to another process: a read-only mapping is not sent as it is."""
        return Problem, (self.code, self.where, self.row, self.column, dict(self.values))

    def found(self, lang: str) -> str:
        """Say what was found."""
        return self._text("found", lang)

    def allowed(self, lang: str) -> str:
        """Say what is allowed."""
        return self._text("allowed", lang)

    def remedy(self, lang: str) -> str:
        """Say what to do."""
        return self._text("remedy", lang)

    def _text(self, part: str, lang: str) -> str:
        root = self.code if "." in self.code else f"errors.{self.code}"
        return text(f"{root}.{part}", lang, **self.values)

    def place(self, lang: str) -> str:
        """Say where: file, row and column."""
        parts = [self.where]
        if self.row is not None:
            parts.append(text("errors.place.row", lang, row=str(self.row)))
        if self.column is not None:
            parts.append(text("errors.place.column", lang, column=self.column))
        return ", ".join(parts)

    def message(self, lang: str) -> str:
        """Say all of it in one paragraph."""
        return text(
            "errors.place.message",
            lang,
            place=self.place(lang),
            found=self.found(lang),
            allowed=self.allowed(lang),
            remedy=self.remedy(lang),
        )


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order in which they are told: by file, row, column and kind.

    Examples
    --------
    >>> [problem.row for problem in in_order([Problem("x", "a.csv", 3), Problem("x", "a.csv", 2)])]
    [2, 3]
    """
    return sorted(problems, key=lambda problem: (problem.where, problem.row or 0, problem.column or "", problem.code))


class VisesError(Exception):
    """The root of every error this package raises on purpose.

    Parameters
    ----------
    code : str
        Which problem, a key of the catalogue under ``errors``.
    where : str
        File, notebook, or function and argument, as in ``"agreement(coefficient=)"``.
    row, column
        As in :class:`Problem`.
    **values
        What the placeholders of the message stand for.
    """

    def __init__(
        self, code: str, where: str, *, row: int | None = None, column: str | None = None, **values: Any
    ) -> None:
        self.problem = Problem(code, where, row, column, values)
        super().__init__(code, where)

    def message(self, lang: str = "en") -> str:
        """Return the whole message in a language."""
        return self.problem.message(lang)

    def __str__(self) -> str:
        return self.message("en")


class InputError(VisesError):
    """Data or an option given to a method cannot be used."""


class MethodologyError(VisesError):
    """A methodology file names a choice that does not exist."""


class ParameterError(VisesError):
    """A notebook was given a parameter that it does not know, or of another type."""


class ExchangeError(VisesError):
    """A foreign file is damaged, hostile, or not what its name says."""


class NotebookError(VisesError):
    """A notebook cannot be read or executed."""


class InvalidStudyError(VisesError):
    """A study, or an enterprise of it, has problems; ``problems`` holds them all."""

    def __init__(self, where: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("invalid_study", where, count=len(self.problems))

    def message(self, lang: str = "en") -> str:
        """Return the summary and every problem, one per line."""
        return "\n".join([super().message(lang), *(f"- {problem.message(lang)}" for problem in self.problems)])
