"""``vises pseudonymise``, ``weights`` and ``new weights``: what people said, taken in with care."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console

from vises_methods.batch.exit_codes import ALL_WELL
from vises_methods.catalogue import Language, text
from vises_methods.cli.options import Commands, enterprises_option, option, study_option


def commands(lang: str, console: Console) -> Commands:
    """Return the commands of this module."""
    apart = [
        option(f"--{name}", name, lang, type=click.Path(path_type=Path), metavar="FILE")
        for name in ("review", "apply", "restore", "key", "names")
    ]
    room = option("--persons", "persons", lang, type=click.IntRange(1, 200), default=12, show_default=True)
    one = option("--enterprise", "one_enterprise", lang, required=True)
    return {
        "pseudonymise": ([study_option(lang), enterprises_option(lang), *apart], _pseudonymise(console, lang)),
        "new weights": ([click.Argument(["name"]), study_option(lang), room], _new_weights(console, lang)),
        "weights": ([click.Argument(["file"]), study_option(lang), one], _weights(console, lang)),
    }


def _pseudonymise(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str, enterprise: Sequence[str], apply: Path | None, restore: Path | None, **paths: Any) -> int:
        from vises_methods.pseudonymisation.commands import pseudonymise

        return pseudonymise(study, enterprise, console, lang, apply_review=apply, restore_key=restore, **paths)

    return carry_out


def _new_weights(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(name: str, study: str, persons: int) -> int:
        from vises_methods.study import open_enterprise, write_weights_workbook

        case = open_enterprise(study, name)
        file = write_weights_workbook(f"{case.id}-weights.xlsx", case, cast("Language", lang), persons=persons)
        said = text("cli.new.weights.made", lang, file=file.name, study=study, enterprise=case.id)
        console.print(said, markup=False, highlight=False)
        return ALL_WELL

    return carry_out


def _weights(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(file: str, study: str, enterprise: str) -> int:
        from vises_methods.study import open_enterprise, take_weights

        grown = take_weights(file, open_enterprise(study, enterprise))
        words = text("cli.weights.taken", lang, files=[path.name for path in grown])
        console.print(words, markup=False, highlight=False)
        return ALL_WELL

    return carry_out
