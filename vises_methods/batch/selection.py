"""Which enterprises and notebooks a user means; a misspelt name is answered with the nearest that exist."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vises_methods.batch.folders import EnterpriseFolder
from vises_methods.errors import Problem


@dataclass(frozen=True)
class Selection:
    """What a user asked for; empty means everything.

    Attributes
    ----------
    enterprises, groups, regions, notebooks : tuple of str
        Names as typed; enterprises must match on each of the first three that is given.
    """

    enterprises: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()

    @property
    def whole_study(self) -> bool:
        """Whether no enterprise is left out."""
        return not (self.enterprises or self.groups or self.regions)


def select_enterprises(
    every: Sequence[EnterpriseFolder], selection: Selection
) -> tuple[list[EnterpriseFolder], list[Problem]]:
    """Return the enterprises selected, in the study's order, and one problem per name that does not exist."""
    filters: list[tuple[str, tuple[str, ...], Callable[[EnterpriseFolder], str]]] = [
        ("--enterprise", selection.enterprises, lambda enterprise: enterprise.id),
        ("--group", selection.groups, lambda enterprise: enterprise.group),
        ("--region", selection.regions, lambda enterprise: enterprise.region),
    ]
    chosen, problems = list(every), []
    for option, names, read in filters:
        if names:
            found, faults = match_names(names, [read(enterprise) for enterprise in every], option)
            problems.extend(faults)
            chosen = [enterprise for enterprise in chosen if read(enterprise) in found]
    if not problems and not chosen:
        problems.append(Problem("batch.errors.nothing_selected", "--enterprise --group --region"))
    return chosen, problems


def match_names(names: Iterable[str], known: Iterable[str], option: str) -> tuple[list[str], list[Problem]]:
    """Return the names that exist, whatever their capitals, and a problem with the nearest for each other.

    A notebook may be named by its number: the beginning of one name, and of one only, is enough.

    Examples
    --------
    >>> match_names(["03"], ["03_coding", "04_indicators"], "--notebook")
    (['03_coding'], [])
    >>> match_names(["codnig"], ["coding", "portrait"], "--notebook")[1][0].values["near"]
    ['coding']
    """
    exist = sorted(set(known))
    found, problems = [], []
    for name in names:
        same = [other for other in exist if other.casefold() == name.casefold()]
        starting = [other for other in exist if other.casefold().startswith(name.casefold())]
        if same or len(starting) == 1:
            found.append((same or starting)[0])
            continue
        near = starting or difflib.get_close_matches(name, exist, n=3, cutoff=0.5) or exist[:12]
        problems.append(Problem("batch.errors.unknown_name", option, values={"value": name, "near": near}))
    return found, problems
