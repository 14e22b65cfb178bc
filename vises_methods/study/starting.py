"""Starting a study or an enterprise from templates that are valid at once."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

from vises_methods.catalogue import LANGUAGES, Language
from vises_methods.errors import InputError
from vises_methods.study.definitions import TABLES, table
from vises_methods.study.model_types import Group, Region
from vises_methods.study.models import COUNTRY_OF_REGION, ENTERPRISE_FILES
from vises_methods.study.opening import Study, open_study
from vises_methods.study.places import data_root

DIRECTORY = Path(__file__).parent / "templates"
_IDENTIFIER = re.compile(r"[a-z][a-z0-9-]{1,39}")
_USUAL_REGION: dict[str, Region] = {"fr": "hauts-de-france", "nl": "vlaanderen", "en": "brussels"}


def new_study(name: str, *, lang: Language = "en", folder: Path | None = None) -> Path:
    """Start a study: its folder with a commented ``study.yml`` and no enterprise.

    Parameters
    ----------
    name : str
        Small letters, digits and hyphens; becomes the name of the folder.
    lang : {"fr", "nl", "en"}
        The language of the comments.
    folder : Path, optional
        Where to put it; by default ``data`` of the project.

    Returns
    -------
    Path
        The folder of the study.

    Raises
    ------
    InputError
        When the name is not an identifier, or the folder exists: nothing is ever overwritten.
    """
    valid_identifier(name, "new_study(name=)")
    path = absent_folder((folder or data_root()) / name, "new_study(name=)")
    (path / "enterprises").mkdir(parents=True)
    _write(path / "study.yml", "study", lang, {"id": name})
    return path


def new_enterprise(
    study: Study | str | Path,
    identifier: str,
    *,
    name: str | None = None,
    lang: Language | None = None,
    group: Group = "G1",
    region: Region | None = None,
) -> Path:
    """Start an enterprise in a study: commented YAML files, and tables that hold only their header.

    Parameters
    ----------
    study : Study, str or Path
    identifier : str
        Small letters, digits and hyphens; becomes the name of the folder.
    name : str, optional
        The enterprise's name; by default its identifier.
    lang : {"fr", "nl", "en"}, optional
        The language of its reports and of the comments; by default the first of the study.
    group : {"G1", "G2", "G3"}
    region : {"hauts-de-france", "wallonie", "vlaanderen", "brussels"}, optional
        By default the usual one of the language.

    Returns
    -------
    Path
        The folder of the enterprise. ``check_study`` finds no problem in it.

    Raises
    ------
    InputError
        When the identifier is not one, or the folder exists.
    """
    opened = study if isinstance(study, Study) else open_study(study)
    language = lang or opened.languages[0]
    valid_identifier(identifier, "new_enterprise(identifier=)")
    if language not in LANGUAGES:
        raise InputError("unknown_option", "new_enterprise(lang=)", value=language, allowed=list(LANGUAGES))
    place = region or _USUAL_REGION[language]
    if place not in COUNTRY_OF_REGION:
        allowed = list(COUNTRY_OF_REGION)
        raise InputError("unknown_option", "new_enterprise(region=)", value=place, allowed=allowed)
    path = absent_folder(opened.path / "enterprises" / identifier, "new_enterprise(identifier=)")
    (path / "texts").mkdir(parents=True)
    (path / "readings").mkdir()
    words = {"id": identifier, "name": name or identifier, "lang": language, "group": group, "region": place}
    for file in ENTERPRISE_FILES:
        _write(path / f"{file}.yml", file, language, words | {"country": COUNTRY_OF_REGION[place]})
    for file in TABLES:
        header = ",".join(table(file).names)
        (path / f"{file}.csv").write_text(header + "\n", encoding="utf-8", newline="\n")
    return path


def _write(path: Path, name: str, lang: str, words: dict[str, str]) -> None:
    template = (DIRECTORY / lang / f"{name}.yml").read_text(encoding="utf-8")
    quoted = {key: value.replace("\\", "\\\\").replace('"', '\\"') for key, value in words.items()}
    path.write_text(Template(template).substitute(quoted), encoding="utf-8", newline="\n")


def valid_identifier(value: str, where: str) -> None:
    """Refuse a name that cannot be a folder's on every system."""
    if not _IDENTIFIER.fullmatch(value):
        raise InputError("study.errors.bad_id", where, value=value)


def absent_folder(path: Path, where: str) -> Path:
    """Return a folder that is still to be made; refuse one that exists."""
    if path.exists():
        raise InputError("study.template_errors.exists", where, value=path.name)
    return path
