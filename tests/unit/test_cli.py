"""The command speaks three languages, shows an example everywhere, and says what is wrong with a command line."""

import click
import pytest
from rich.console import Console

from vises_methods.batch.exit_codes import SOME_FAILED, WRONG_USE
from vises_methods.catalogue import LANGUAGES, entries
from vises_methods.cli import build, interface_language, run_command
from vises_methods.cli.options import cores

EXAMPLE = {"fr": "Exemple", "nl": "Voorbeeld", "en": "Example"}


def commands(lang: str) -> dict[str, click.Command]:
    def below(group: click.Group, path: str) -> dict[str, click.Command]:
        found = {path: group}
        for name, command in group.commands.items():
            inner = f"{path} {name}"
            found |= below(command, inner) if isinstance(command, click.Group) else {inner: command}
        return found

    return below(build(lang, Console(quiet=True)), "vises")


PATHS = sorted(commands("en"))


def test_the_commands_are_those_of_the_handbook():
    assert PATHS == [
        "vises", "vises calibrate", "vises check", "vises codings", "vises import", "vises new", "vises new coding",
        "vises new enterprise", "vises new study", "vises new weights", "vises open", "vises pseudonymise",
        "vises ranges", "vises reproduce", "vises run", "vises simulate", "vises status", "vises weights", "vises why",
    ]  # fmt: skip
    options = {option for parameter in commands("en")["vises run"].params for option in parameter.opts}
    asked = "study enterprise group region notebook methodology lang jobs dry-run force"
    assert {f"--{name}" for name in asked.split()} <= options


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_every_help_has_an_example_in_the_language(path, lang, capsys):
    assert run_command([*path.split()[1:], "--ui", lang, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"{EXAMPLE[lang]}" in shown
    command = commands(lang)[path]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help in entries(lang).values()
    if lang != "en":
        assert not {command.help, command.epilog} & set(entries("en").values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_is_a_command_that_exists(lang):
    for path, command in commands(lang).items():
        words = command.epilog.partition("vises ")[2].split()
        name = " ".join(["vises", *[word for word in words if not word.startswith("-")][:2]])
        found = next(known for known in (name, name.rpartition(" ")[0]) if known in PATHS)
        assert path in ("vises", "vises new") or found == path
        options = {option for parameter in commands(lang)[found].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rum"], "run"),
        (["run", "--enterprize", "x"], "--enterprise"),
        (["run", "--jobs", "0"], "--jobs"),
        (["run", "--jobs", str(2 * cores() + 1)], "--jobs"),
        (["run", "--lang", "de"], "--lang"),
        (["new", "study"], "NAME"),
        (["new", "study", "a", "b"], "b"),
        (["--ui", "de", "run"], "--ui"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_wrong_use_is_told_with_the_way_to_the_help(arguments, said, lang, capsys, monkeypatch):
    monkeypatch.setenv("VISES_LANG", lang)
    assert run_command(arguments) == WRONG_USE
    told = capsys.readouterr().err
    assert said in told
    assert entries(lang)["cli.usage.help"].split("{")[0] in told


def test_without_a_command_the_help_is_shown(capsys):
    assert run_command([]) == WRONG_USE
    assert "vises" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "variable", "expected"),
    [
        (["--ui", "fr", "run"], "nl", "fr"),
        (["run", "--ui=nl"], "fr", "nl"),
        (["run"], "fr_BE.UTF-8", "fr"),
        (["run", "--ui", "de"], "nl", "nl"),
    ],
)
def test_the_language_asked_for_stands_before_that_of_the_system(arguments, variable, expected, monkeypatch):
    monkeypatch.setenv("VISES_LANG", variable)
    assert interface_language(arguments) == expected


def test_an_unknown_language_of_the_system_gives_english(monkeypatch):
    monkeypatch.delenv("VISES_LANG", raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: ("de_DE", "UTF-8"))
    assert interface_language(["run"]) == "en"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_study_that_does_not_exist(lang, capsys):
    assert run_command(["--ui", lang, "status", "--study", "demmo"]) == WRONG_USE
    assert "demo" in capsys.readouterr().out


def test_a_parameter_without_a_value(capsys):
    assert run_command(["--ui", "fr", "run", "--parameter", "draws"]) == WRONG_USE
    assert "NOM=VALEUR" in capsys.readouterr().out


def test_a_full_disk_is_told_without_a_traceback(monkeypatch, capsys):
    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vises_methods.batch.commands.run", full)
    assert run_command(["--ui", "nl", "run"]) == SOME_FAILED
    assert "No space left on device" in capsys.readouterr().err


def test_open_says_how_to_make_the_page(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("VISES_OUTPUTS", str(tmp_path))
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert run_command(["--ui", "nl", "open"]) == WRONG_USE
    assert "vises run --study demo" in capsys.readouterr().out
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "index.html").write_text("x")
    assert run_command(["open"]) == 0
    assert opened == [(tmp_path / "demo" / "index.html").as_uri()]


def test_an_option_near_to_none_is_not_compared(capsys, monkeypatch):
    monkeypatch.setenv("VISES_LANG", "fr")
    run_command(["run", "--zzz"])
    alone = capsys.readouterr().err
    run_command(["run", "--studi", "x"])
    assert "Vouliez-vous" not in alone
    assert "--study, --ui" in capsys.readouterr().err.partition("Vouliez-vous dire")[2]
