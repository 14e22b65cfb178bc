"""The command ``vises``, in French, Dutch and English.

The words stand in the catalogue under ``cli``; the commands are built in the language asked for. Exit codes: 0 all is
well, 1 some jobs failed or were not started, 2 wrong use or invalid data.
"""

from __future__ import annotations

import locale
import os
import sqlite3
import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from rich.console import Console

from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED, WRONG_USE
from vises_methods.catalogue import LANGUAGES, has_text, text
from vises_methods.errors import InputError, Problem, VisesError

if TYPE_CHECKING:
    from vises_methods.batch.preparation import Request
    from vises_methods.catalogue import Language

DEFAULT_STUDY = "demo"
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
    group = _group("vises", "cli", lang)
    for name, (options, carry_out) in _commands(lang, console).items():
        group.add_command(_command(name, options, carry_out, lang))
    new = _group("new", "cli.new", lang)
    name_of = click.Argument(["name"])
    new.add_command(_command("study", [name_of], _new_study(console, lang), lang, "new."))
    of_study = [click.Argument(["name"]), _option("--study", "study", lang, default=DEFAULT_STUDY, show_default=True)]
    new.add_command(_command("enterprise", of_study, _new_enterprise(console, lang), lang, "new."))
    room = _option("--persons", "persons", lang, type=click.IntRange(1, 200), default=12, show_default=True)
    new.add_command(_command("weights", [*of_study, room], _new_weights(console, lang), lang, "new."))
    group.add_command(new)
    return group


def _commands(lang: str, console: Console) -> dict[str, tuple[list[click.Parameter], Callable[..., int]]]:
    study: click.Parameter = _option("--study", "study", lang, default=DEFAULT_STUDY, show_default=True)
    enterprise: click.Parameter = _option("--enterprise", "enterprise", lang, multiple=True)
    chosen = [
        study,
        enterprise,
        _option("--group", "group", lang, multiple=True),
        _option("--region", "region", lang, multiple=True),
        _option("--notebook", "notebook", lang, multiple=True),
        _option("--methodology", "methodology", lang, multiple=True),
        _option("--lang", "lang", lang, type=click.Choice(["own", *LANGUAGES]), default="own", show_default=True),
        _option("--parameter", "parameter", lang, multiple=True, metavar="NAME=VALUE"),
    ]
    how = [
        _option("--jobs", "jobs", lang, type=click.IntRange(1, 2 * cores()), default=cores(), show_default=True),
        _option("--timeout", "timeout", lang, type=click.FloatRange(min=1), default=1800.0, show_default=True),
        _option("--dry-run", "dry_run", lang, is_flag=True),
        _option("--force", "force", lang, is_flag=True),
    ]
    apart = [
        _option(f"--{name}", name, lang, type=click.Path(path_type=Path), metavar="FILE")
        for name in ("review", "apply", "restore", "key", "names")
    ]
    return {
        "run": ([*chosen, *how], _run(console, lang)),
        "status": (chosen, _status(console, lang)),
        "check": ([study, enterprise], _check(console, lang)),
        "open": ([study], _open(console, lang)),
        "calibrate": (
            [
                _option("--studies", "studies", lang, type=click.IntRange(min=1), default=2000, show_default=True),
                _option("--seed", "seed", lang, type=click.IntRange(min=0), default=0, show_default=True),
                _option("--jobs", "processes", lang, type=click.IntRange(min=1), default=cores(), show_default=True),
            ],
            _calibrate(console, lang),
        ),
        "weights": (
            [click.Argument(["file"]), study, _option("--enterprise", "one_enterprise", lang, required=True)],
            _weights(console, lang),
        ),
        "pseudonymise": ([study, enterprise, *apart], _pseudonymise(console, lang)),
        "simulate": (_simulate_options(lang), _simulate(console, lang)),
    }


def _simulate_options(lang: str) -> list[click.Parameter]:
    return [
        click.Argument(["name"], required=False),
        _option("--enterprises", "enterprises", lang, type=click.IntRange(min=1), required=True),
        _option("--seed", "seed", lang, type=click.IntRange(min=0), default=1, show_default=True),
        _option("--study", "source", lang, default=DEFAULT_STUDY, show_default=True),
    ]


def cores() -> int:
    """Return how many processors this process may use: as many notebooks are run at once, and at most twice that."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _command(
    name: str, options: list[click.Parameter], carry_out: Callable[..., int], lang: str, prefix: str = ""
) -> click.Command:
    key = f"cli.{prefix}{name}"
    return click.Command(
        name,
        params=[*options, *_everywhere(lang)],
        callback=carry_out,
        help=text(f"{key}.help", lang),
        epilog=text(f"{key}.example", lang),
        add_help_option=False,
    )


def _group(name: str, key: str, lang: str) -> click.Group:
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
        _option("--ui", "ui", lang, type=click.Choice(LANGUAGES), expose_value=False),
        _option("--help", "help", lang, is_flag=True, is_eager=True, expose_value=False, callback=show),
    ]


def _option(flag: str, key: str, lang: str, **more: Any) -> click.Option:
    return click.Option([flag], help=text(f"cli.options.{key}", lang), **more)


def _run(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(jobs: int, timeout: float, dry_run: bool, force: bool, **chosen: Any) -> int:
        from vises_methods.batch import commands

        request = _request(chosen)
        return commands.run(request, console, lang, jobs=jobs, timeout=timeout, dry_run=dry_run, force=force)

    return carry_out


def _status(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(**chosen: Any) -> int:
        from vises_methods.batch import commands

        return commands.status(_request(chosen), console, lang)

    return carry_out


def _check(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str, enterprise: Sequence[str]) -> int:
        from vises_methods.batch import commands

        return commands.check(study, enterprise, console, lang)

    return carry_out


def _pseudonymise(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str, enterprise: Sequence[str], apply: Path | None, restore: Path | None, **paths: Any) -> int:
        from vises_methods.pseudonymisation.commands import pseudonymise

        return pseudonymise(study, enterprise, console, lang, apply_review=apply, restore_key=restore, **paths)

    return carry_out


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


def _calibrate(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(studies: int, seed: int, jobs: int) -> int:
        from rich.progress import Progress

        from vises_methods.outcomes.calibration import calibrate, write_table
        from vises_methods.study import data_root

        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task(text("cli.calibrate.counting", lang))
            table = calibrate(
                studies, seed, jobs=jobs, progress=lambda done, of: progress.update(bar, completed=done, total=of)
            )
        path = data_root() / "reference" / "calibration.csv"
        write_table(table, path)
        console.print(text("cli.calibrate.written", lang, count=len(table), path=str(path)), markup=False)
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


def _simulate(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(name: str | None, enterprises: int, seed: int, study: str) -> int:
        from vises_methods.study import simulate_study

        folder = simulate_study(enterprises, name=name, source=study, seed=seed)
        told = {"folder": str(folder), "count": enterprises, "name": folder.name}
        console.print(text("cli.simulate.made", lang, **told), markup=False, highlight=False, soft_wrap=True)
        return ALL_WELL

    return carry_out


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
        "near": sorted(getattr(error, "possibilities", None) or ()) or "–",
        "detail": error.format_message(),
    }
    command = error.ctx.command_path if error.ctx is not None else "vises"
    return f"{text(key, lang, **values)}\n{text('cli.usage.help', lang, command=command)}"


def _parameter_name(error: click.UsageError) -> str:
    parameter = getattr(error, "param", None)
    return parameter.opts[0] if parameter is not None else getattr(error, "command_name", "")


if __name__ == "__main__":
    main()
