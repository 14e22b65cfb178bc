"""Every word that this part says to a reader stands in the three catalogues."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import vises_methods.indicators
from vises_methods.catalogue import LANGUAGES, entries, has_text
from vises_methods.indicators.climbing import REASONS

SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(vises_methods.indicators.__file__).parent.glob("*.py"))
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_that_the_code_names_has_a_text(lang: str) -> None:
    named = set(re.findall(r'"indicators\.((?:errors|notices|reasons|readings)\.[a-z_]+)"', SOURCE))
    assert len(named) > 60
    for key in named:
        parts = ("found", "allowed", "remedy") if key.startswith("errors") else (None,)
        for part in parts:
            whole = f"indicators.{key}" if part is None else f"indicators.{key}.{part}"
            assert has_text(whole, lang), whole
    for reason in REASONS[1:]:
        assert has_text(f"indicators.reasons.{reason}", lang)


def test_the_catalogues_have_the_same_keys_and_placeholders() -> None:
    keys = [{key for key in entries(lang) if key.startswith("indicators.")} for lang in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]
    for key in keys[0]:
        found = [set(re.findall(r"{(\w+)", entries(lang)[key])) for lang in LANGUAGES]
        assert found[0] == found[1] == found[2], key


def test_every_fault_of_a_tree_has_a_text() -> None:
    path = Path(vises_methods.indicators.__file__).parent / "tree_faults.py"
    named = set(re.findall(r'_problem\(\s*draft, "([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert len(named) > 15
    assert all(
        has_text(f"indicators.errors.{name}.{part}") for name in named for part in ("found", "allowed", "remedy")
    )
