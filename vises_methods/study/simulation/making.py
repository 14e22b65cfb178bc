"""Making a generated study: one enterprise at a time, each from a stream of its own."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from vises_methods.catalogue import LANGUAGES, localised, text, yaml_content
from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.randomness import generator
from vises_methods.study.check import check_study
from vises_methods.study.opening import open_study
from vises_methods.study.places import data_root
from vises_methods.study.simulation.answers import redrawn_survey
from vises_methods.study.simulation.figures import moved_indicators, moved_part, moved_series
from vises_methods.study.simulation.names import invented_name, invented_word
from vises_methods.study.simulation.passages import resampled_texts
from vises_methods.study.simulation.sources import Source, read_source, table_text
from vises_methods.study.starting import absent_folder, valid_identifier

MOST = 99_999
_SPREAD_OF_SIZES = 0.25
_LARGEST = 1.8
_OLDER = 9


def simulate_study(
    enterprises: int, *, name: str | None = None, source: str | Path = "demo", folder: Path | None = None, seed: int = 1
) -> Path:
    """Make a study of invented enterprises, as many as asked for, by resampling and perturbing those of another.

    Use it to try a methodology, the batch or a cluster at the size of a programme to come, and to teach. What it makes
    is marked as generated in its settings and in every name; figures drawn from it say nothing of any enterprise.

    Each enterprise is drawn from one of the source: passages of its texts are left out and the coded segments move
    with the words that remain, some codings are dropped or given another code, indicators move together with their
    breakdowns and targets within the bounds of their unit, respondents are drawn again within arm, site and cohort,
    series are drawn again at another level, weights are given anew. Group, region and language stay those of the
    source; of each run of as many enterprises as the source has, each serves once.

    Parameters
    ----------
    enterprises : int
        How many, from 1 to 99,999. Time grows with their number, memory does not.
    name : str, optional
        The new study; by default ``simulated-<enterprises>-<seed>``.
    source : str or Path
        The study to draw from; it must be invented itself, for words of real people would show through.
    folder : Path, optional
        Where to put it; by default ``data`` of the project.
    seed : int
        The same seed gives the same files, byte for byte; enterprise 17 is the same in a study of 20 and of 2,000.

    Returns
    -------
    Path
        The folder of the study. ``check_study`` finds no problem in it.

    Raises
    ------
    InputError
        When the source is not an invented study or has no enterprise, the number is out of range, the name is no
        identifier, or the folder exists.
    InvalidStudyError
        When the source has problems.

    Examples
    --------
    >>> import tempfile
    >>> made = simulate_study(2, name="essai", seed=3, folder=Path(tempfile.mkdtemp()))
    >>> sorted(path.name for path in (made / "enterprises").iterdir())
    ['sim-00001', 'sim-00002']
    """
    if not 1 <= enterprises <= MOST:
        raise InputError("study.simulation_errors.number", "simulate_study(enterprises=)", value=enterprises, most=MOST)
    identifier = name or f"simulated-{enterprises}-{seed}"
    valid_identifier(identifier, "simulate_study(name=)")
    path = absent_folder((folder or data_root()) / identifier, "simulate_study(name=)")
    opened = open_study(source)
    if not opened.invented:
        raise InputError("study.simulation_errors.not_invented", "simulate_study(source=)", value=opened.id)
    if not opened.enterprises:
        raise InputError("study.simulation_errors.empty", "simulate_study(source=)", value=opened.id)
    problems = check_study(opened)
    if problems:
        raise InvalidStudyError(opened.id, problems)
    sources = [read_source(card.path) for card in opened.enterprises]
    draft = path.with_name(f".{identifier}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        settings = yaml_content((opened.path / "study.yml").read_text(encoding="utf-8"))
        _write(draft / "study.yml", _yaml(_settings(settings, identifier, enterprises, seed)))
        for number, drawn in enumerate(_drawn(sources, enterprises, seed), 1):
            _make_enterprise(draft / "enterprises", number, drawn, seed)
        draft.rename(path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return path


def _drawn(sources: list[Source], count: int, seed: int) -> Iterator[Source]:
    """Take the sources in turns, each turn in another order."""
    for turn in range(math.ceil(count / len(sources))):
        order = generator(seed, "simulation", "turn", str(turn)).permutation(len(sources))
        yield from (sources[place] for place in order[: count - turn * len(sources)])


def _make_enterprise(folder: Path, number: int, source: Source, seed: int) -> None:
    identifier = f"sim-{number:05d}"
    rng = generator(seed, "simulation", identifier)
    lang = source.profile["languages"][0]
    word = invented_word(lang, rng)
    size = min(_LARGEST, math.exp(rng.normal(0, _SPREAD_OF_SIZES)))

    def rename(written: str) -> str:
        return source.mentions.sub(word, written)

    texts, tables = resampled_texts(source, word, rename, rng)
    tables["indicators"], levels = moved_indicators(source.tables.get("indicators", []), size, rng)
    tables["survey"] = redrawn_survey(source.tables.get("survey", []), source.items, size, rng)
    tables["series"] = moved_series(source.tables.get("series", []), rng)
    units = {row["indicator"]: row["unit"] for row in source.tables.get("indicators", [])}
    (folder / identifier / "texts").mkdir(parents=True)
    for name, written in source.yaml.items():
        if name == "framework":
            written = _yaml(moved_part(source.part, units, levels, size, rng))
        _write(folder / identifier / f"{name}.yml", rename(written))
    profile = _profile(source.profile, identifier, invented_name(word, number, lang), size, rng)
    _write(folder / identifier / "profile.yml", rename(_yaml(profile)))
    for name, rows in source.tables.items():
        content = table_text(source.headers[name], tables.get(name, rows))
        _write(folder / identifier / f"{name}.csv", content if name in tables else rename(content))
    for name, content in texts.items():
        _write(folder / identifier / "texts" / f"{name}.txt", content)


def _profile(
    profile: dict[str, Any], identifier: str, name: str, size: float, rng: np.random.Generator
) -> dict[str, Any]:
    new = {**profile, "id": identifier, "name": name, "invented": True}
    older = int(rng.integers(_OLDER))
    if profile.get("founded"):
        new["founded"] = profile["founded"] - older
    if profile.get("fte"):
        new["fte"] = round(profile["fte"] * size, 1)
    if profile.get("people_reached"):
        new["people_reached"] = round(profile["people_reached"] * size)
    return new


def _settings(source: dict[str, Any], identifier: str, enterprises: int, seed: int) -> dict[str, Any]:
    titles = {lang: localised(source["title"], lang) for lang in LANGUAGES}
    told = {"enterprises": enterprises, "seed": str(seed), "source": source["id"]}
    return {
        **source,
        "id": identifier,
        "title": {
            lang: text("study.simulation.title", lang, **told, title=title.rstrip("."))
            for lang, title in titles.items()
        },
        "invented": True,
        "notice": {lang: text("study.simulation.notice", lang, **told) for lang in LANGUAGES},
    }


def _yaml(content: dict[str, Any]) -> str:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(content, Dumper=dumper, allow_unicode=True, sort_keys=False, width=120))


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
