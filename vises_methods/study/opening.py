"""Opening a study: who takes part and where it stands, without reading the data themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from sys import intern
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from vises_methods.errors import InputError, InvalidStudyError, Problem
from vises_methods.study.model_problems import validated
from vises_methods.study.models import StudyFile
from vises_methods.study.places import can_be_written, data_root, reference_root
from vises_methods.study.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd


_OF_PROFILE = ("name", "group", "region", "country", "scheme", "languages")
"""What a card tells of a profile."""


class ProfileMemory(Protocol):
    """Remembers what cards tell of profiles, for studies of thousands of enterprises."""

    def known(self, profile: Path) -> Mapping[str, Any] | None:
        """Return what is remembered of a file as it stands now."""

    def learn(self, sha256: str, content: Mapping[str, Any]) -> None:
        """Remember what a file of this digest tells."""


@dataclass(frozen=True, slots=True)
class EnterpriseCard:
    """What is known of an enterprise before its data are read.

    Attributes
    ----------
    id, name : str
    group : {"G1", "G2", "G3"}
    region : str
    country : {"FR", "BE"}
    scheme : str or None
        Only together with the country: ``EI`` is one scheme in France and another in Wallonia.
    languages : tuple of str
        The first is the language of its reports.
    beside : Path
        The folder in which those of all enterprises of the study stand.
    """

    id: str
    name: str
    group: str
    region: str
    country: str
    scheme: str | None
    languages: tuple[str, ...]
    beside: Path

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.beside / self.id


@dataclass(frozen=True)
class Privacy:
    """What may be shown.

    Attributes
    ----------
    minimum_cell : int
        Counts of persons below this are not shown.
    quotes : tuple of str
        The levels of access of the documents that may be quoted.
    """

    minimum_cell: int = 3
    quotes: tuple[str, ...] = ("internal", "public")


@dataclass(frozen=True)
class Study:
    """A study: its settings, and the cards of its enterprises, which are read when they are first asked for.

    Attributes
    ----------
    id : str
    path : Path
        Its folder.
    title, notice : mapping of str to str
        By language; the notice is empty where there is none.
    invented : bool
        Whether all of it is fictional: then this must be shown wherever its data are.
    languages : tuple of str
    codebook_path, framework_path : Path
    framework_beside_path : Path or None
        Another version of the framework, which the audit puts beside the study's own.
    methodology : str
    privacy : Privacy
    roles : tuple of str
        The roles that may decide besides stakeholder groups.
    """

    id: str
    path: Path
    title: Mapping[str, str]
    notice: Mapping[str, str]
    invented: bool
    languages: tuple[str, ...]
    codebook_path: Path
    framework_path: Path
    framework_beside_path: Path | None
    methodology: str
    privacy: Privacy
    roles: tuple[str, ...]
    _profiles: ProfileMemory | None = field(default=None, repr=False, compare=False)

    def remembering(self, profiles: ProfileMemory) -> Study:
        """Return the same study, whose profiles are read only where they are not remembered as they stand."""
        return replace(self, _profiles=profiles)

    @cached_property
    def enterprises(self) -> tuple[EnterpriseCard, ...]:
        """The enterprises whose profile can be read, sorted by identifier."""
        return self._read[0]

    @property
    def unreadable(self) -> tuple[Problem, ...]:
        """Why the enterprises that are not listed could not be read: see :func:`check_study` for all of it."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[tuple[EnterpriseCard, ...], tuple[Problem, ...]]:
        return _cards(self.path, enterprise_names(self.path), self._profiles)

    @property
    def calibration_path(self) -> Path:
        """The table of ``vises calibrate``: how often the intervals of each design hold the truth."""
        return reference_root() / "calibration.csv"

    def calibration(self) -> pd.DataFrame:
        """Return the table of ``vises calibrate``; without rows where it has not been made."""
        import pandas as pd  # listing a study's enterprises needs none

        path = self.calibration_path
        return pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=["scenario", "designs"])

    @property
    def group_ranges_path(self) -> Path:
        """The table of ``vises ranges``: where the enterprises of each group stand on each indicator."""
        return self.path / "group_ranges.csv"

    def group_ranges(self) -> pd.DataFrame:
        """Return the table of ``vises ranges``; without rows where it has not been made."""
        import pandas as pd

        columns = ["group", "indicator", "year", "low", "median", "high", "n"]
        path = self.group_ranges_path
        return pd.read_csv(path, dtype={"group": "str"}) if path.is_file() else pd.DataFrame(columns=columns)

    def enterprise(self, identifier: str) -> EnterpriseCard:
        """Return the card of one enterprise, for which the profiles of the others are not read.

        Raises
        ------
        InputError
            When the study has none of that name.
        """
        own = self.path / "enterprises" / identifier
        if own.name == identifier and own.is_dir() and not identifier.startswith("."):
            for card in _cards(self.path, [identifier])[0]:
                return card
        cards = {card.id: card for card in self.enterprises}
        if identifier not in cards:
            near = get_close_matches(identifier, cards, n=len(cards), cutoff=0.4) or sorted(cards)
            raise InputError("unknown_option", "enterprise", value=identifier, allowed=near)
        return cards[identifier]


def study_path(name_or_path: str | Path) -> Path:
    """Return the folder of a study: a name stands for a folder in ``data/``.

    Raises
    ------
    InputError
        When there is no such folder, or it has no ``study.yml``.
    """
    given = Path(name_or_path)
    candidates = [given] if given.is_absolute() else [data_root() / given, given]
    for folder in candidates:
        if (folder / "study.yml").is_file():
            return folder.resolve()
    raise InputError("study.errors.no_study", "study", value=str(name_or_path), allowed=available_studies())


def available_studies() -> list[str]:
    """Return the names of the studies in ``data/``."""
    return sorted(file.parent.name for file in data_root().glob("*/study.yml"))


def open_study(name_or_path: str | Path) -> Study:
    """Open a study: read its settings, and the profile of each enterprise when it is first asked for.

    Use it to list or choose enterprises; use :func:`open_enterprise` for the data of one.

    Parameters
    ----------
    name_or_path : str or Path
        The name of a folder in ``data/``, or a folder.

    Returns
    -------
    Study
        An enterprise whose profile cannot be read is left out of ``enterprises`` and told in ``unreadable``.

    Raises
    ------
    InputError
        When there is no such study.
    InvalidStudyError
        When ``study.yml`` has problems; it holds them all.

    Examples
    --------
    >>> study = open_study("demo")
    >>> study.id
    'demo'
    """
    path = study_path(name_or_path)
    content, problems = validated(read_yaml(path / "study.yml", "study.yml"), StudyFile, "study.yml")
    if content is None:
        raise InvalidStudyError(path.name, problems)
    frameworks, beside = reference_root() / "frameworks", content["framework_beside"]
    return Study(
        id=content["id"],
        path=path,
        title=MappingProxyType(content["title"]),
        notice=MappingProxyType(content["notice"] or {}),
        invented=content["invented"],
        languages=tuple(content["languages"]),
        codebook_path=reference_root() / "codebooks" / f"{content['codebook']}.yml",
        framework_path=frameworks / f"{content['framework']}.yml",
        framework_beside_path=None if beside is None else frameworks / f"{beside}.yml",
        methodology=content["methodology"],
        privacy=Privacy(content["privacy"]["minimum_cell"], tuple(content["privacy"]["quotes"])),
        roles=tuple(role["id"] for role in content["roles"]),
    )


def enterprise_names(study: Path) -> list[str]:
    """Return the names of the folders of a study's enterprises, sorted; hidden folders are passed over."""
    root = study / "enterprises"
    if not root.is_dir():
        return []
    with os.scandir(root) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))


def _cards(
    study: Path, names: Iterable[str], memory: ProfileMemory | None = None
) -> tuple[tuple[EnterpriseCard, ...], tuple[Problem, ...]]:
    cards, unreadable = [], []
    beside = study / "enterprises"
    for name in names:
        if not can_be_written(name):
            shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            unreadable.append(Problem("study.errors.unwritable_folder", f"enterprises/{shown}"))
            continue
        profile, where = beside / name / "profile.yml", f"enterprises/{name}/profile.yml"
        if not profile.is_file():
            unreadable.append(Problem("study.errors.no_profile", f"enterprises/{name}"))
            continue
        known = None if memory is None else memory.known(profile)
        if known is not None:
            cards.append(_card(name, beside, known))
            continue
        file = read_yaml(profile, where)
        try:
            cards.append(_card(name, beside, file.content))
        except (KeyError, TypeError):
            unreadable += list(file.problems) or [Problem("study.errors.unreadable_profile", where)]
        else:
            if memory is not None:
                memory.learn(file.sha256, {key: file.content.get(key) for key in _OF_PROFILE})
    return tuple(cards), tuple(unreadable)


def _card(name: str, beside: Path, content: Mapping[str, Any]) -> EnterpriseCard:
    return EnterpriseCard(
        id=name,
        name=str(content["name"]),
        group=intern(str(content["group"])),
        region=intern(str(content["region"])),
        country=intern(str(content["country"])),
        scheme=content.get("scheme"),
        languages=_same(tuple(content["languages"])),
        beside=beside,
    )


@lru_cache(maxsize=64)
def _same(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the one tuple that all enterprises of these languages have."""
    return languages
