"""``vises check``, ``ranges``, ``open``, ``new`` and ``simulate``: a study as it stands, and a new one."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Sequence
from typing import cast

import click
from rich.console import Console

from vises_methods.batch.exit_codes import ALL_WELL, WRONG_USE
from vises_methods.batch.quick_start import import_jsonschema
from vises_methods.catalogue import Language, text
from vises_methods.cli.options import DEFAULT_STUDY, Commands, cores, enterprises_option, option, study_option


def commands(lang: str, console: Console) -> Commands:
    """Return the commands of this module."""
    name = click.Argument(["name"])
    return {
        "check": ([study_option(lang), enterprises_option(lang)], _check(console, lang)),
        "ranges": ([study_option(lang)], _ranges(console, lang)),
        "open": ([study_option(lang)], _open(console, lang)),
        "new study": ([name], _new_study(console, lang)),
        "new enterprise": ([name, study_option(lang)], _new_enterprise(console, lang)),
        "simulate": (_simulate_options(lang), _simulate(console, lang)),
    }


def _check(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str, enterprise: Sequence[str]) -> int:
        import_jsonschema()
        from vises_methods.batch import commands

        answer = commands.check(study, enterprise, console, lang, jobs=cores())
        if answer == ALL_WELL and not enterprise and _ranges_are_stale(study):
            told = text("cli.ranges.stale", lang, study=study)
            console.print(told, markup=False, highlight=False, soft_wrap=True)
        return answer

    return carry_out


def _ranges_are_stale(study: str) -> bool:
    from vises_methods.study import open_study

    opened = open_study(study)
    if not opened.group_ranges_path.is_file():
        return False
    from vises_methods.synthesis import stale_group_ranges

    return stale_group_ranges(opened)


def _ranges(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str) -> int:
        from vises_methods.study import open_study
        from vises_methods.synthesis import write_group_ranges

        path, count = write_group_ranges(open_study(study))
        told = text("cli.ranges.written", lang, count=count, file=path.name)
        console.print(told, markup=False, highlight=False, soft_wrap=True)
        return ALL_WELL

    return carry_out


def _open(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str) -> int:
        from vises_methods.study import open_study, outputs_root

        page = outputs_root() / open_study(study).id / "index.html"
        if not page.is_file():
            console.print(text("cli.open.nothing", lang, study=study), markup=False, highlight=False)
            return WRONG_USE
        console.print(str(page), markup=False, highlight=False)
        webbrowser.open(page.as_uri())
        return ALL_WELL

    return carry_out


def _new_study(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(name: str) -> int:
        from vises_methods.study import new_study

        console.print(
            text("cli.new.made", lang, folder=str(new_study(name, lang=cast("Language", lang)))),
            markup=False,
            highlight=False,
        )
        return ALL_WELL

    return carry_out


def _new_enterprise(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(name: str, study: str) -> int:
        from vises_methods.study import new_enterprise

        folder = new_enterprise(study, name, lang=cast("Language", lang))
        console.print(text("cli.new.made", lang, folder=str(folder)), markup=False, highlight=False)
        return ALL_WELL

    return carry_out


def _simulate_options(lang: str) -> list[click.Parameter]:
    return [
        click.Argument(["name"], required=False),
        option("--enterprises", "enterprises", lang, type=click.IntRange(min=1), required=True),
        option("--seed", "seed", lang, type=click.IntRange(min=0), default=1, show_default=True),
        option("--study", "source", lang, default=DEFAULT_STUDY, show_default=True),
    ]


def _simulate(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(name: str | None, enterprises: int, seed: int, study: str) -> int:
        from vises_methods.study import simulate_study

        folder = simulate_study(enterprises, name=name, source=study, seed=seed)
        told = {"folder": str(folder), "count": enterprises, "name": folder.name}
        console.print(text("cli.simulate.made", lang, **told), markup=False, highlight=False, soft_wrap=True)
        return ALL_WELL

    return carry_out
