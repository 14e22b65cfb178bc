"""``vises codings``, ``import``, ``weights``, ``new weights`` and ``pseudonymise``: what others gave, taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console

from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED
from vises_methods.catalogue import Language, number, text
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
        "codings": (_codings_options(lang), _codings(console, lang)),
        "pseudonymise": ([study_option(lang), enterprises_option(lang), *apart], _pseudonymise(console, lang)),
        "new coding": ([click.Argument(["name"]), study_option(lang)], _new_coding(console, lang)),
        "new weights": ([click.Argument(["name"]), study_option(lang), room], _new_weights(console, lang)),
        "import": (_import_options(lang), _import(console, lang)),
        "weights": ([click.Argument(["file"]), study_option(lang), one], _weights(console, lang)),
    }


def _pseudonymise(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(study: str, enterprise: Sequence[str], apply: Path | None, restore: Path | None, **paths: Any) -> int:
        from vises_methods.pseudonymisation.commands import pseudonymise

        return pseudonymise(study, enterprise, console, lang, apply_review=apply, restore_key=restore, **paths)

    return carry_out


def _new_coding(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(name: str, study: str) -> int:
        from vises_methods.study import open_enterprise
        from vises_methods.synthesis import write_coding_project

        case = open_enterprise(study, name)
        project, book = write_coding_project(case, lang=cast("Language", lang))
        files = {"project": project.name, "codebook": book.name}
        _say(console, "cli.new.coding.made", lang, **files, study=study, enterprise=case.id)
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


def _codings_options(lang: str) -> list[click.Parameter]:
    mapping = option("--mapping", "codings_mapping", lang, metavar="FILE")
    written = [option("--write", "write", lang, is_flag=True)]
    written += [option("--overwrite", "codings_overwrite", lang, is_flag=True)]
    one = option("--enterprise", "one_enterprise", lang, required=True)
    return [click.Argument(["file"]), study_option(lang), one, mapping, *written]


def _codings(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(file: str, study: str, enterprise: str, mapping: str | None, write: bool, overwrite: bool) -> int:
        from vises_methods.study import open_enterprise
        from vises_methods.synthesis import plan_codings_import, write_codings_import

        plan = plan_codings_import(file, open_enterprise(study, enterprise), mapping)
        for sentence in plan.project.report(lang):
            console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        for document in plan.added:
            _say(console, "cli.codings.document", lang, document=document)
        for row in plan.counts().to_dict("records"):
            _say(console, "cli.codings.counted", lang, **{str(name): cell for name, cell in row.items()})
        if plan.left_out:
            _say(console, "cli.codings.left_out", lang, count=plan.left_out)
        if not (write or overwrite):
            _say(console, "cli.codings.not_written", lang)
            return ALL_WELL
        grown = write_codings_import(plan, overwrite=overwrite)
        _say(console, "cli.codings.written" if grown else "cli.codings.nothing", lang, files=[p.name for p in grown])
        return ALL_WELL

    return carry_out


def _import_options(lang: str) -> list[click.Parameter]:
    return [
        click.Argument(["file"]),
        study_option(lang),
        option("--enterprise", "one_enterprise", lang, required=True),
        option("--mapping", "mapping", lang, required=True, metavar="FILE"),
        option("--write", "write", lang, is_flag=True),
        option("--overwrite", "overwrite", lang, is_flag=True),
    ]


def _import(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(file: str, study: str, enterprise: str, mapping: str, write: bool, overwrite: bool) -> int:
        from vises_methods.study import open_enterprise
        from vises_methods.synthesis import plan_sheet_import, write_sheet_import

        plan = plan_sheet_import(file, mapping, open_enterprise(study, enterprise))
        for row in plan.records():
            if row["outcome"] != "same":
                _say(console, f"cli.import.{row['outcome']}", lang, **_shown(row, lang))
        counts = {name: plan.count(name) for name in ("new", "same", "conflict")}
        _say(console, "cli.import.counted", lang, **counts, others=plan.others, empty=plan.empty)
        if not (write or overwrite):
            _say(console, "cli.import.not_written", lang)
            return ALL_WELL
        path = write_sheet_import(plan, overwrite=overwrite)
        kept = 0 if overwrite else plan.count("conflict")
        _say(console, "cli.import.kept" if kept else "cli.import.written", lang, file=path.name, count=kept)
        return SOME_FAILED if kept else ALL_WELL

    return carry_out


def _shown(row: dict[str, Any], lang: str) -> dict[str, Any]:
    value = row["missing"] or number(float(row["value"]), lang)
    place = {"row": str(row["row"]), "indicator": row["indicator"], "year": str(row["year"])}
    return {**place, "value": value, "stands": row["stands"]}


def _say(console: Console, key: str, lang: str, **values: Any) -> None:
    console.print(text(key, lang, **values), markup=False, highlight=False, soft_wrap=True)
