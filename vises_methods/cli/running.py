"""``vises run``, ``status``, ``why`` and ``reproduce``: the notebooks of a study, for the chosen enterprises."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from vises_methods.batch.outcome import KERNELS
from vises_methods.batch.quick_start import import_jsonschema
from vises_methods.catalogue import LANGUAGES
from vises_methods.cli.options import Commands, cores, enterprises_option, option, study_option
from vises_methods.errors import InputError

if TYPE_CHECKING:
    from vises_methods.batch.preparation import Request


_HOW = ("jobs", "timeout", "memory", "kernels", "retries", "log", "dask", "dry_run", "force")


def commands(lang: str, console: Console) -> Commands:
    """Return the commands of this module."""
    chosen: list[click.Parameter] = [
        study_option(lang),
        enterprises_option(lang),
        option("--group", "group", lang, multiple=True),
        option("--region", "region", lang, multiple=True),
        option("--notebook", "notebook", lang, multiple=True),
        option("--methodology", "methodology", lang, multiple=True),
        option("--lang", "lang", lang, type=click.Choice(["own", *LANGUAGES]), default="own", show_default=True),
        option("--parameter", "parameter", lang, multiple=True, metavar="NAME=VALUE"),
    ]
    how = [
        option("--jobs", "jobs", lang, type=click.IntRange(1, 2 * cores()), default=cores(), show_default=True),
        option("--timeout", "timeout", lang, type=click.FloatRange(min=1), default=1800.0, show_default=True),
        option("--memory", "memory", lang, type=click.FloatRange(min=0.1)),
        option("--kernels", "kernels", lang, type=click.Choice(KERNELS), default="auto", show_default=True),
        option("--retries", "retries", lang, type=click.IntRange(0, 9), default=1, show_default=True),
        option("--log", "log", lang, type=click.Path(dir_okay=False, path_type=Path)),
        option("--dask", "dask", lang, metavar="tcp://…"),
        option("--dry-run", "dry_run", lang, is_flag=True),
        option("--force", "force", lang, is_flag=True),
    ]
    return {
        "run": ([*chosen, *how], _run(console, lang)),
        "status": (chosen, _looked_at("status", console, lang)),
        "why": (chosen, _looked_at("why", console, lang)),
        "reproduce": (_reproduce_options(lang), _reproduce(console, lang)),
    }


def _reproduce_options(lang: str) -> list[click.Parameter]:
    most = 2 * cores()
    return [
        click.Argument(["crate"]),
        option("--study", "study_here", lang),
        option("--tolerance", "tolerance", lang, type=click.FloatRange(min=0), default=1e-9, show_default=True),
        option("--jobs", "jobs", lang, type=click.IntRange(1, most), default=cores(), show_default=True),
        option("--timeout", "timeout", lang, type=click.FloatRange(min=1), default=1800.0, show_default=True),
    ]


def _reproduce(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(crate: str, **how: Any) -> int:
        commands = _commands()
        return int(commands.reproduce(crate, console, lang, **how))

    return carry_out


def _run(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(**given: Any) -> int:
        commands = _commands()
        how = {name: given[name] for name in _HOW}
        return int(commands.run(_request(given), console, lang, **how))

    return carry_out


def _looked_at(name: str, console: Console, lang: str) -> Callable[..., int]:
    def carry_out(**chosen: Any) -> int:
        import_jsonschema()
        looking = importlib.import_module("vises_methods.batch.looking")
        return int(getattr(looking, name)(_request(chosen), console, lang))

    return carry_out


def _commands() -> Any:
    import_jsonschema()
    return importlib.import_module("vises_methods.batch.commands")


def _request(chosen: Mapping[str, Any]) -> Request:
    from vises_methods.batch.preparation import Request
    from vises_methods.batch.selection import Selection

    parameters = {}
    for written in chosen["parameter"]:
        name, equals, value = written.partition("=")
        if not (name and equals):
            raise InputError("cli.errors.no_value", "--parameter", found=written)
        parameters[name.strip()] = value
    selection = Selection(chosen["enterprise"], chosen["group"], chosen["region"], chosen["notebook"])
    return Request(chosen["study"], selection, chosen["methodology"], chosen["lang"], parameters)
