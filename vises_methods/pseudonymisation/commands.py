"""What ``vises pseudonymise`` does, from options to exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from vises_methods import study as study_room
from vises_methods.batch.exit_codes import ALL_WELL
from vises_methods.catalogue import text
from vises_methods.errors import InputError
from vises_methods.pseudonymisation.words import word
from vises_methods.pseudonymisation.workflow import apply, restore, search

_ROOM = "pseudonymisation.said"


def pseudonymise(
    study: str,
    enterprises: Sequence[str],
    console: Console,
    ui: str,
    *,
    review: Path | None = None,
    apply_review: Path | None = None,
    restore_key: Path | None = None,
    key: Path | None = None,
    names: Path | None = None,
) -> int:
    """Carry out one of the three steps, and say what was done and what comes next.

    Parameters
    ----------
    study : str
        Its name or folder.
    enterprises : sequence of str
        All of the study where there is none.
    console : Console
    ui : {"fr", "nl", "en"}
    review, apply_review, restore_key : Path, optional
        Exactly one of them: the sheet to write, the sheet to apply, the key to restore with.
    key, names : Path, optional
        The key goes with a search and an application, the list of names with a search.
    """
    steps = {"--review": review, "--apply": apply_review, "--restore": restore_key}
    given = [name for name, path in steps.items() if path is not None]
    if not given:
        raise InputError("pseudonymisation.errors.no_step", "vises pseudonymise")
    if len(given) > 1:
        raise InputError("pseudonymisation.errors.one_step", "vises pseudonymise", found=given)
    surplus = [*(["--names"] if names and not review else []), *(["--key"] if key and restore_key else [])]
    if surplus:
        raise InputError("pseudonymisation.errors.not_together", given[0], found=surplus)
    if apply_review and not key:
        raise InputError("pseudonymisation.errors.no_key", "--apply")
    opened = study_room.open_study(study)
    chosen = [opened.enterprise(name).id for name in enterprises] or [card.id for card in opened.enterprises]
    if review:
        _search(study, chosen, enterprises, review, names, key, console, ui)
    elif apply_review and key:
        done = apply(opened, chosen, apply_review, key=key)
        told = "applied" if done.enterprises else "nothing_to_apply"
        _say(console, ui, told, count=done.replaced, kept=done.kept, names=list(done.enterprises), key=str(key))
        _pages(opened, study, done.enterprises, console, ui)
    elif restore_key:
        done = restore(opened, chosen, key=restore_key)
        told = "restored" if done.enterprises else "nothing_to_restore"
        _say(console, ui, told, count=done.replaced, names=list(done.enterprises))
        if done.kept:
            _say(console, ui, "left", count=done.kept)
    return ALL_WELL


def _search(
    study: str,
    chosen: Sequence[str],
    given: Sequence[str],
    review: Path,
    names: Path | None,
    key: Path | None,
    console: Console,
    ui: str,
) -> None:
    found = search(study_room.open_study(study), chosen, review, names=names, key=key, lang=ui)
    certain = found.finds[found.finds["accept"]]
    for kind, count in certain["kind"].value_counts().items():
        console.print(f"  {word('kinds', str(kind), ui)}: {count}", markup=False, highlight=False)
    only = "".join(f" --enterprise {name}" for name in given)
    doubtful = len(found.finds) - len(certain)
    _say(console, ui, "found", count=len(certain), doubtful=doubtful, path=str(found.path))
    place = key or text(f"{_ROOM}.key_place", ui)
    command = f"vises pseudonymise --study {study}{only} --apply {review} --key {place}"
    _say(console, ui, "next", command=command)


def _pages(opened: study_room.Study, study: str, changed: Sequence[str], console: Console, ui: str) -> None:
    """Say that pages made before still hold the names, where there are any."""
    folder = study_room.outputs_root() / opened.id
    if changed and folder.is_dir():
        _say(console, ui, "pages", folder=str(folder), study=study)


def _say(console: Console, ui: str, told: str, /, **values: object) -> None:
    console.print(text(f"{_ROOM}.{told}", ui, **values), markup=False, highlight=False, soft_wrap=True)
