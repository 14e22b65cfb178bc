"""Reading what other notebooks published: results are read, never computed again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.results import Result
from vises_methods.study import Study, outputs_root

WHO = ["enterprise", "group", "region", "notebook", "result", "method"]


class Published(Mapping[str, Result]):
    """Results by name, each read when it is first asked for: a notebook publishes more than another one needs."""

    def __init__(self, stored: Mapping[str, Mapping[str, Any]]) -> None:
        self._stored = stored
        self._read: dict[str, Result] = {}

    def __getitem__(self, name: str) -> Result:
        if name not in self._read:
            self._read[name] = Result.from_json(self._stored[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def __repr__(self) -> str:
        return f"Published({', '.join(self._stored)})"


def published(
    study: Study, methodology: str, enterprise: str, notebook: str, /, *, lang: str, only: Collection[str] | None = None
) -> Mapping[str, Result]:
    """Return the results that a notebook published for an enterprise, by name; empty where it has not run.

    Parameters
    ----------
    study : Study
    methodology, enterprise, notebook : str
    lang : {"fr", "nl", "en"}
        The language of the run that is preferred; numbers are the same in all.
    only : collection of str, optional
        The names of the results that are wanted; by default all.

    Returns
    -------
    mapping of str to Result
        Each is read when it is first asked for.
    """
    folder = outputs_root() / study.id / methodology / enterprise
    wanted = folder / f"{notebook}.{lang}.results.json"
    found = [wanted] if wanted.is_file() else sorted(folder.glob(f"{notebook}.*.results.json"))
    return _results(found[0], only) if found else {}


def all_estimates(study: Study, methodology: str, notebooks: Sequence[str], /) -> pd.DataFrame:
    """Return every estimate that some notebooks published for every enterprise of a study under a methodology.

    Parameters
    ----------
    study : Study
    methodology : str
    notebooks : sequence of str
        Those that the calling notebook declares to come after, and no other: the results of one that may still run
        beside it would be read on some days and not on others.

    Returns
    -------
    DataFrame
        ``enterprise, group, region, notebook, result, method``, then the columns of the estimates (one that has such a
        name becomes ``within_<name>``: the stakeholder group of a pattern is ``within_group``); without rows where
        nothing has run.
    """
    parts = [
        _with_owner(result.estimates, card.id, card.group, card.region, notebook, name, result.method)
        for card in study.enterprises
        for notebook in notebooks
        for name, result in published(study, methodology, card.id, notebook, lang=card.languages[0]).items()
        if len(result.estimates)
    ]
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*WHO, "measure", "subject", "estimate"])
    )


def published_labels(study: Study, methodology: str, notebooks: Sequence[str], /) -> dict[str, dict[str, str]]:
    """Return the names of all codes that the results of some notebooks carry, by language.

    Which notebooks: see :func:`all_estimates`.
    """
    labels: dict[str, dict[str, str]] = {}
    for card in study.enterprises:
        for notebook in notebooks:
            for result in published(study, methodology, card.id, notebook, lang=card.languages[0]).values():
                if "labels" in result.details:
                    labels |= _labels(result.details["labels"])
    return labels


def _labels(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    rows = frame.to_dict("index")
    return {str(code): {str(k): v for k, v in names.items() if isinstance(v, str)} for code, names in rows.items()}


def _results(path: Path, only: Collection[str] | None) -> Published:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Published({name: result for name, result in content["results"].items() if only is None or name in only})


def _with_owner(estimates: pd.DataFrame, *owner: str) -> pd.DataFrame:
    who = pd.DataFrame([owner] * len(estimates), columns=WHO)
    own = estimates.reset_index(drop=True).rename(columns={name: f"within_{name}" for name in WHO})
    return pd.concat([who, own], axis=1).astype({"estimate": float})
