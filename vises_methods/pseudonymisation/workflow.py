"""The three steps: find what names people and write it down for review, apply the review, restore with the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vises_methods.errors import InputError, InvalidStudyError, Problem
from vises_methods.pseudonymisation.key import Key, read_key, require_outside
from vises_methods.pseudonymisation.moving import (
    applied_layers,
    earlier_states,
    make_changes,
    split_labels,
    undo,
)
from vises_methods.pseudonymisation.names import Names, read_names, usual_names
from vises_methods.pseudonymisation.passages import Contents, by_place, is_comment, of_the_enterprise
from vises_methods.pseudonymisation.review import read_review, write_review
from vises_methods.pseudonymisation.staging import change_together, finish_or_clear, require_sound
from vises_methods.qualitative import find_identifiers, suggest_pseudonyms
from vises_methods.qualitative.identifier_forms import untitled
from vises_methods.study import Study


@dataclass(frozen=True)
class Found:
    """What the search came to.

    Attributes
    ----------
    path : Path
        The sheet to review.
    finds : DataFrame
        One row per find: ``enterprise, document, start, end, kind, found, left, right, reason, accept, pseudonym,
        text``.
    """

    path: Path
    finds: pd.DataFrame


@dataclass(frozen=True)
class Done:
    """What was changed: replacements (or texts that came back), what was kept, and files written.

    Attributes
    ----------
    enterprises : tuple of str
        Those of which files changed.
    replaced, kept : int
        Finds replaced and kept; of a restoration, texts that came back and cells left because they changed since.
    """

    enterprises: tuple[str, ...]
    replaced: int
    kept: int


def search(
    study: Study,
    enterprises: Sequence[str],
    review: Path,
    /,
    *,
    names: Path | None = None,
    key: Path | None = None,
    lang: str = "en",
) -> Found:
    """Find what names people in the texts of a study, and write it to a sheet; nothing of the study is changed.

    Parameters
    ----------
    study : Study
    enterprises : sequence of str
        Their identifiers.
    review : Path
        The sheet to write: outside the study, and not there yet.
    names : Path, optional
        The names that the study knows: see :func:`vises_methods.pseudonymisation.names.read_names`.
    key : Path, optional
        The key of an earlier run, so that persons keep their pseudonyms.
    lang : {"fr", "nl", "en"}
        The language of the sheet.

    Raises
    ------
    InputError
        Where a path is inside the study or the sheet exists already.
    InvalidStudyError
        Where the enterprises' data or the list of names have problems.
    """
    path = require_outside(review, study.path, "--review")
    if path.exists():
        raise InputError("pseudonymisation.errors.review_exists", "--review", value=str(path))
    known = read_names(require_outside(names, study.path, "--names")) if names else Names()
    held = _key(key, study)
    finish_or_clear(study.path)
    require_sound(study.path, list(enterprises))
    frames = [_finds(study, enterprise, known, held) for enterprise in enterprises]
    finds = pd.concat(frames, ignore_index=True)
    write_review(path, finds, lang)
    return Found(path, finds)


def apply(study: Study, enterprises: Sequence[str], review: Path, /, *, key: Path) -> Done:
    """Replace what the reviewed sheet says, with every coding kept on its words: everything, or nothing.

    Parameters
    ----------
    study : Study
    enterprises : sequence of str
        Those that the sheet may name.
    review : Path
        The sheet, reviewed.
    key : Path
        Where the key is, or is to be: outside the study. It is written before anything of the study changes.

    Raises
    ------
    InputError
        Where a path is inside the study.
    InvalidStudyError
        Where the data, or the sheet, have problems.
    """
    place = require_outside(key, study.path, "--key")
    sheet = require_outside(review, study.path, "--apply")
    if not sheet.is_file():
        raise InputError("file_not_found", "--apply", path=str(sheet))
    held = read_key(place, study.id) if place.exists() else Key(study.id)
    finish_or_clear(study.path)
    require_sound(study.path, list(enterprises))
    contents = {name: Contents.read(study.path / "enterprises" / name) for name in enterprises}
    passages = {name: _by_name(content.passages()) for name, content in contents.items()}
    earlier = {name: earlier_states(content, held.layers.get(name, [])) for name, content in contents.items()}
    decided, kept = read_review(sheet, passages, earlier)
    drafts, problems = {}, []
    for name, own in decided.groupby("enterprise"):
        enterprise = str(name)
        named = _named(own.reset_index(drop=True), held.names(enterprise), passages[enterprise])
        before = Contents.read(study.path / "enterprises" / enterprise)
        active = applied_layers(before, held.layers.get(enterprise, []))
        layer = make_changes(contents[enterprise], by_place(named, passages[enterprise]))
        problems += split_labels(before, contents[enterprise], f"enterprises/{enterprise}")
        held.layers[enterprise] = [*active, layer]
        held.add_names(enterprise, list(zip(named["kind"], named["pseudonym"], named["found"], strict=True)))
        drafts[enterprise] = contents[enterprise].files()
    if problems:
        raise InvalidStudyError(study.id, problems)
    if drafts:
        change_together(study.path, drafts, before=lambda: held.save(place))
    return Done(tuple(drafts), len(decided), kept)


def restore(study: Study, enterprises: Sequence[str], /, *, key: Path) -> Done:
    """Give the originals back, byte for byte, with every coding on its words; for whoever holds the key.

    Codings made since are moved along. The key is not changed.

    Raises
    ------
    InputError
        Where there is no such key, or it belongs to another study.
    InvalidStudyError
        Where the data have problems, or a text was edited since.
    """
    held = read_key(require_outside(key, study.path, "--restore"), study.id)
    finish_or_clear(study.path)
    require_sound(study.path, list(enterprises))
    drafts: dict[str, Mapping[str, bytes]] = {}
    problems: list[Problem] = []
    texts = left = 0
    for enterprise in enterprises:
        contents = Contents.read(study.path / "enterprises" / enterprise)
        before = contents.files()
        back, stayed, found = undo(contents, held.layers.get(enterprise, []), f"enterprises/{enterprise}")
        problems, texts, left = [*problems, *found], texts + back, left + stayed
        if contents.files() != before:
            drafts[enterprise] = contents.files()
    if problems:
        raise InvalidStudyError(study.id, problems)
    if drafts:
        change_together(study.path, drafts)
    return Done(tuple(drafts), texts, left)


def _finds(study: Study, enterprise: str, known: Names, held: Key) -> pd.DataFrame:
    contents = Contents.read(study.path / "enterprises" / enterprise)
    passages = contents.passages()
    own = held.names(enterprise)
    again = own[own["kind"].isin(["person", "titled_name", "speaker"])]["original"]
    names = known.with_persons(untitled(label) for label in contents.labels())
    usual = usual_names()
    usual["person"] = [*usual.get("person", []), *again]
    every = find_identifiers(passages, lists=names.lists, common=usual, capitalised=True)
    finds = _doubted(every[every["accept"] | ~every["document"].map(is_comment).astype(bool)].reset_index(drop=True))
    surest_first = finds.sort_values("accept", ascending=False, kind="stable")
    pseudonyms = suggest_pseudonyms(surest_first, passages, key=own, same_as=names.same_as)
    texts = finds["document"].map(_by_name(passages))
    return finds.assign(enterprise=enterprise, pseudonym=pseudonyms, text=texts)


def _doubted(finds: pd.DataFrame) -> pd.DataFrame:
    """Leave to the reader the usual places and postcodes where the enterprise itself is described."""
    own = finds["document"].map(of_the_enterprise).astype(bool)
    usual = finds["kind"].isin(["place", "postcode"]) & (finds["reason"] != "listed")
    return finds.assign(accept=finds["accept"] & ~(own & usual))


def _named(decided: pd.DataFrame, key: pd.DataFrame, passages: Mapping[str, str]) -> pd.DataFrame:
    """Give the rows that the reader added a pseudonym: that of the person, where the sheet or the key has one."""
    chosen = decided[decided["pseudonym"] != ""].rename(columns={"found": "original"})
    names = pd.concat([key, chosen[["kind", "pseudonym", "original"]]], ignore_index=True)
    texts = pd.DataFrame(list(passages.items()), columns=["document", "text"])
    suggested = suggest_pseudonyms(decided, texts, key=names)
    return decided.assign(pseudonym=decided["pseudonym"].where(decided["pseudonym"] != "", suggested))


def _key(path: Path | None, study: Study) -> Key:
    return read_key(require_outside(path, study.path, "--key"), study.id) if path else Key(study.id)


def _by_name(passages: pd.DataFrame) -> dict[str, str]:
    return dict(zip(passages["document"], passages["text"], strict=True))
