"""The command line: its language, its commands, its errors told and its exit codes.

The words stand in the catalogue under ``cli``; the commands are built in the language asked for. Exit codes: 0 all is
well, 1 some jobs failed or were not started, 2 wrong use or invalid data.
"""

from __future__ import annotations

import locale
import os
import sqlite3
import sys
from collections.abc import Sequence
from itertools import pairwise

import click
from rich.console import Console

from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED, WRONG_USE
from vises_methods.catalogue import LANGUAGES, has_text, text
from vises_methods.cli import evidence, methods, running, studies
from vises_methods.cli.options import make_command, make_group
from vises_methods.errors import Problem, VisesError

PLAIN_WIDTH = 160


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run_command(given))


def run_command(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code."""
    lang = interface_language(arguments)
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    try:
        code = build(lang, console).main(list(arguments), prog_name="vises", standalone_mode=False)
        return int(code or ALL_WELL)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return WRONG_USE
    except click.UsageError as error:
        click.echo(_usage_message(error, lang), err=True)
        return WRONG_USE
    except VisesError as error:
        _tell(error, console, lang)
        return WRONG_USE
    except (OSError, sqlite3.Error) as error:
        click.echo(text("cli.refused", lang, detail=f"{type(error).__name__}: {error}"), err=True)
        return SOME_FAILED
    except (KeyboardInterrupt, click.Abort):
        click.echo(text("cli.interrupted", lang), err=True)
        return SOME_FAILED


def interface_language(arguments: Sequence[str]) -> str:
    """Return the language of messages: ``--ui``, else ``VISES_LANG``, else the system's, else English.

    Examples
    --------
    >>> interface_language(["--ui", "nl", "run"])
    'nl'
    """
    asked = [after for option, after in pairwise(arguments) if option == "--ui"]
    asked += [argument.partition("=")[2] for argument in arguments if argument.startswith("--ui=")]
    spoken = locale.getlocale()[0] or os.environ.get("LANG", "")
    for candidate in (*asked, os.environ.get("VISES_LANG", ""), spoken):
        if candidate[:2].lower() in LANGUAGES:
            return candidate[:2].lower()
    return "en"


def build(lang: str, console: Console) -> click.Group:
    """Return the whole command, its help in one language."""
    whole = make_group("vises", "cli", lang)
    groups: dict[str, click.Group] = {}
    for room in (running, studies, evidence, methods):
        for path, (options, carry_out) in room.commands(lang, console).items():
            *above, name = path.split()
            parent, prefix = whole, ""
            if above:
                parent = groups.setdefault(above[0], make_group(above[0], f"cli.{above[0]}", lang))
                prefix = f"{above[0]}."
            parent.add_command(make_command(name, options, carry_out, lang, prefix))
    for group in groups.values():
        whole.add_command(group)
    return whole


def _tell(error: VisesError, console: Console, lang: str) -> None:
    from vises_methods.batch.report import show_problems

    problems: Sequence[Problem] = getattr(error, "problems", ()) or (error.problem,)
    show_problems(problems, console, lang)


def _usage_message(error: click.UsageError, lang: str) -> str:
    """Say in the reader's language what is wrong with a command line, and where its help stands."""
    kind = type(error).__name__
    key = f"cli.usage.{kind}" if has_text(f"cli.usage.{kind}") else "cli.usage.other"
    values = {
        "option": getattr(error, "option_name", None) or _parameter_name(error),
        "detail": error.format_message(),
    }
    command = error.ctx.command_path if error.ctx is not None else "vises"
    near = sorted(getattr(error, "possibilities", None) or ())
    said = [text(key, lang, **values), *([text("cli.usage.near", lang, near=near)] if near else [])]
    return f"{' '.join(said)}\n{text('cli.usage.help', lang, command=command)}"


def _parameter_name(error: click.UsageError) -> str:
    parameter = getattr(error, "param", None)
    return parameter.opts[0] if parameter is not None else getattr(error, "command_name", "")
