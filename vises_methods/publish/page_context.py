"""What stands around a notebook's page: a part of the key of a job, known before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property


@dataclass(frozen=True, repr=False)
class PageContext:
    """What a page says around its notebook.

    Attributes
    ----------
    study, notice, methodology : mapping
        Title of the study, its notice that data are invented (empty when they are not), name of the methodology, per
        language.
    name : mapping or str
        The enterprise, or the study for a notebook over all of them.
    index : str
        The address of the study's index page, relative to this page.
    pages : sequence of (stem, title)
        The notebooks that stand side by side, in their order: file stem without language, title per language.
    """

    study: Mapping[str, str]
    notice: Mapping[str, str]
    methodology: Mapping[str, str]
    name: Mapping[str, str] | str
    index: str
    pages: Sequence[tuple[str, Mapping[str, str]]]

    @cached_property
    def _written(self) -> str:
        """All of it in words: a part of the key of every job whose page stands in it, so written once."""
        written = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
        return f"{type(self).__name__}({', '.join(written)})"

    def __repr__(self) -> str:
        return self._written
