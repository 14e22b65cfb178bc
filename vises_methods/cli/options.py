"""The pieces every command is built from: options by name, a command with its help, in one language."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from vises_methods.catalogue import LANGUAGES, text

DEFAULT_STUDY = "demo"
Commands = dict[str, tuple[list[click.Parameter], Callable[..., int]]]
"""By name, what a command takes and what carries it out; ``new study`` is ``study`` in the group ``new``."""


def option(flag: str, key: str, lang: str, **more: Any) -> click.Option:
    """Return an option; its help stands in the catalogue under ``cli.options``."""
    return click.Option([flag], help=text(f"cli.options.{key}", lang), **more)


def study_option(lang: str) -> click.Option:
    """Return ``--study``."""
    return option("--study", "study", lang, default=DEFAULT_STUDY, show_default=True)


def enterprises_option(lang: str) -> click.Option:
    """Return ``--enterprise``, as often as there are enterprises."""
    return option("--enterprise", "enterprise", lang, multiple=True)


def cores() -> int:
    """Return how many processors this process may use: as many notebooks are run at once, and at most twice that."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_command(
    name: str, options: list[click.Parameter], carry_out: Callable[..., int], lang: str, prefix: str = ""
) -> click.Command:
    """Return a command whose help and example stand in the catalogue under its name."""
    key = f"cli.{prefix}{name}"
    return click.Command(
        name,
        params=[*options, *_everywhere(lang)],
        callback=carry_out,
        help=text(f"{key}.help", lang),
        epilog=text(f"{key}.example", lang),
        add_help_option=False,
    )


def make_group(name: str, key: str, lang: str) -> click.Group:
    """Return a command that only holds others."""
    return click.Group(
        name,
        params=_everywhere(lang),
        help=text(f"{key}.help", lang),
        epilog=text(f"{key}.example", lang),
        no_args_is_help=True,
        add_help_option=False,
    )


def _everywhere(lang: str) -> list[click.Parameter]:
    """Return the options of every command; the language was read before the commands were built."""

    def show(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
        if asked:
            click.echo(context.get_help())
            context.exit()

    return [
        option("--ui", "ui", lang, type=click.Choice(LANGUAGES), expose_value=False),
        option("--help", "help", lang, is_flag=True, is_eager=True, expose_value=False, callback=show),
    ]
