"""The key: which pseudonym stands for whom, and what was replaced where. It lives outside the study."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.study.places import data_root, outputs_root, project_root

FORMAT = "vises pseudonyms 1"
_ERRORS = "pseudonymisation.errors"
Layer = dict[str, Any]
"""One run over one enterprise: ``texts`` (by file: before and after, the digests, and what was replaced), ``cells``
(file, row, column, before, after) and ``spans`` (codings that were widened to a whole name)."""


@dataclass
class Key:
    """What undoes the work.

    Attributes
    ----------
    study : str
    pseudonyms : dict of str to list of (kind, pseudonym, original)
        By enterprise: a first name is another person elsewhere.
    layers : dict of str to list of Layer
        By enterprise, in the order of the runs.
    """

    study: str
    pseudonyms: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    layers: dict[str, list[Layer]] = field(default_factory=dict)

    def names(self, enterprise: str) -> pd.DataFrame:
        """Return the pseudonyms given in an enterprise: ``kind, pseudonym, original``."""
        return pd.DataFrame(self.pseudonyms.get(enterprise, []), columns=["kind", "pseudonym", "original"], dtype="str")

    def add_names(self, enterprise: str, names: list[tuple[str, str, str]]) -> None:
        """Add pseudonyms that are not there yet."""
        known = self.pseudonyms.setdefault(enterprise, [])
        known += [entry for entry in dict.fromkeys(names) if entry not in known]

    def save(self, path: Path) -> None:
        """Write the key, readable by its owner only: whole, or not at all."""
        content = {"format": FORMAT, "study": self.study, "pseudonyms": self.pseudonyms, "layers": self.layers}
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def read_key(path: Path, study: str) -> Key:
    """Read a key.

    Raises
    ------
    InputError
        Where there is no such file, it is no key, or that of another study.
    """
    if not path.is_file():
        raise InputError("file_not_found", "key", path=str(path))
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError(f"{_ERRORS}.not_a_key", path.name) from None
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise InputError(f"{_ERRORS}.not_a_key", path.name)
    if content["study"] != study:
        raise InputError(f"{_ERRORS}.key_of_another_study", path.name, value=content["study"], study=study)
    pseudonyms = {name: [(k, p, o) for k, p, o in entries] for name, entries in content["pseudonyms"].items()}
    return Key(study, pseudonyms, content["layers"])


def require_outside(path: Path, study: Path, option: str) -> Path:
    """Return the path in full, or refuse one inside the study or the project: who has those must not have the names.

    Raises
    ------
    InputError
        For a path in the folder of the study, or in that of the project (which is shared, or kept in versions).
    """
    resolved = path.expanduser().resolve()
    for folder in (study, data_root(), outputs_root(), project_root()):
        if resolved.is_relative_to(folder.resolve()):
            raise InputError(f"{_ERRORS}.inside_the_study", option, value=str(path), folder=str(folder))
    if resolved.is_dir():
        raise InputError(f"{_ERRORS}.is_a_folder", option, value=str(path))
    return resolved
