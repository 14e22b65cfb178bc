"""Invented names: they sound like none of the source, bear a number, and say that they are simulated."""

from __future__ import annotations

import re

import numpy as np

from vises_methods.catalogue import text

_SOUNDS = {
    "fr": (("Vamo", "Brelu", "Cora", "Tirou", "Lumi", "Gando", "Pilo", "Sere"), ("rille", "dine", "ban", "vette")),
    "nl": (("Brom", "Zwier", "Mul", "Knots", "Vlam", "Dob", "Snor", "Wiet"), ("elduin", "ekaar", "erink", "olle")),
    "en": (("Quill", "Bram", "Thist", "Loff", "Pemb", "Dray", "Wenn", "Hask"), ("erby", "enfold", "owick", "amere")),
}
_SHORTEST = 6


def invented_word(lang: str, rng: np.random.Generator) -> str:
    """Return a word that is none, as the source's name is put in a text."""
    starts, ends = _SOUNDS[lang]
    return starts[rng.integers(len(starts))] + ends[rng.integers(len(ends))]


def invented_name(word: str, number: int, lang: str) -> str:
    """Return the name that a profile bears: the word, the number, and that it is simulated."""
    return text("study.simulation.name", lang, word=word, number=str(number))


def mentions(name: str) -> re.Pattern[str]:
    """Return what finds an enterprise's name in a text: whole, without its first word, or its last word alone.

    Examples
    --------
    >>> mentions("Ateliers Vire-Lune").findall("Chez Vire-Lune, aux Ateliers Vire-Lune.")
    ['Vire-Lune', 'Ateliers Vire-Lune']
    """
    words = name.split()
    forms = {name, " ".join(words[1:])} | {word for word in words[-1:] if word[:1].isupper()}
    kept = sorted((form for form in forms if len(form) >= _SHORTEST), key=lambda form: (-len(form), form))
    return re.compile("|".join(rf"\b{re.escape(form)}\b" for form in kept or [name]))
