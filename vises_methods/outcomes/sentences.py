"""What may be said of an estimate: the sentence is chosen by its grade, and causal words are watched for.

The verbs follow GRADE's informative statements (Santesso et al. 2020, Journal of Clinical Epidemiology 119:126-135,
table 2): "may", "probably", or plain.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from vises_methods.catalogue import LANGUAGES
from vises_methods.outcomes.grades import Grade, natural_row
from vises_methods.outcomes.power import detectable
from vises_methods.outcomes.requirements import require_option
from vises_methods.results import Remark, Result

CAUSAL_GRADE = 3
_CAUSAL = {
    "en": r"effects?|impact(?:s|ed|ful)?|caused|le(?:d|ads?) to|thanks to|improved by",
    "fr": r"effets?|impact(?:s|é|ée|és|ées)?|grâce (?:à|au|aux)|(?:a|ont) (?:permis|entraîné\w*|amélioré\w*)",
    "nl": r"effect(?:en)?|impact|dankzij|leid(?:de|den|t) tot|zorg(?:de|den|t) voor|verbeterde(?:n)?",
}
_DENIED = {
    "en": r"(?:not|no|never|than) (?:an )?effects?",
    "fr": r"en effet|(?:non|pas|jamais|ni) (?:d'|un |des )?effets?|aucun effet",
    "nl": r"(?:geen|niet|nooit)(?: een)? effect(?:en)?",
}


def wording(grade: Grade, result: Result, /, *, outcome: str, unit: str = "") -> tuple[Remark, ...]:
    """Return what may be said of an estimate: a sentence chosen by its grade, and riders.

    Parameters
    ----------
    grade : Grade
        From :func:`grade`, of the same result.
    result : Result
        The row in the outcome's own unit is told ("change", "difference_in_differences", …), else the first.
    outcome : str
        What the reader calls the outcome, in the reader's language.
    unit : str
        Written behind the size, as in "points".

    Returns
    -------
    tuple of Remark
        The sentence first; then, where the interval holds zero, what differences the data fit and which could not
        have been seen; where results are pooled, what a new enterprise would show; where the outcome was not planned,
        that it is exploratory. ``remark.sentence(lang)`` writes each, numbers as the language does.

    References
    ----------
    Santesso, N. et al. (2020). Journal of Clinical Epidemiology 119:126-135, table 2.

    Examples
    --------
    >>> from vises_methods.outcomes import detect_design, grade, paired_change
    >>> survey = pd.DataFrame({"respondent": [1, 2, 3] * 2, "wave": [0, 0, 0, 1, 1, 1], "arm": ["participants"] * 6,
    ...                        "y": [1, 2, 3, 2, 4, 4.0]})
    >>> change = paired_change([1, 2, 3], [2, 4, 4])
    >>> said = wording(grade(change, detect_design(survey)), change, outcome="Wellbeing", unit="points")
    >>> said[0].sentence("en")[:38]
    'Wellbeing changed by +1.33 points betw'
    """
    row = natural_row(result)
    if pd.isna(row["estimate"]):
        return (Remark(str(row["reason"]), {}),)
    values = _values(row, outcome, unit)
    remarks = [Remark(_sentence_key(grade, row), values)]
    if grade.grade > 0:
        remarks += _riders(grade, result, row, values)
    return tuple(remarks)


def causal_words(text: str, lang: str) -> tuple[str, ...]:
    """Return the causal words of a text that no estimate below grade 3 may use; what is denied does not count.

    Parameters
    ----------
    text : str
    lang : {"fr", "nl", "en"}

    Raises
    ------
    InputError
        On another language.

    Examples
    --------
    >>> causal_words("This is a change, not an effect.", "en")
    ()
    >>> causal_words("Thanks to the programme wellbeing rose.", "en")
    ('Thanks to',)
    """
    require_option(lang, LANGUAGES, "causal_words(lang=)")
    asserted = re.sub(rf"\b(?:{_DENIED[lang]})\b", " ", text.replace("’", "'"), flags=re.IGNORECASE)
    return tuple(re.findall(rf"\b(?:{_CAUSAL[lang]})\b", asserted, flags=re.IGNORECASE))


def overclaims(text: str, lang: str, grade: int) -> tuple[str, ...]:
    """Return the causal words of a text that its grade does not allow.

    Examples
    --------
    >>> overclaims("The programme had an effect.", "en", 2), overclaims("The programme had an effect.", "en", 4)
    (('effect',), ())
    """
    return () if grade >= CAUSAL_GRADE else causal_words(text, lang)


def _sentence_key(grade: Grade, row: pd.Series) -> str:
    if grade.grade > 0 and (pd.isna(row["low"]) or pd.isna(row["high"])):
        return "outcomes.wording.no_interval"
    if grade.grade == 2 and grade.claim == "change_and_trend":
        return "outcomes.wording.grade_2_outside"
    variants = {(1, "levels"): "_after_only", (1, "comparison"): "_after_only", (2, "series"): "_trend",
                (1, "series"): "_trend", (2, "controlled_series"): "_trend", (1, "controlled_series"): "_trend",
                (2, "levels"): "_after_only", (3, "controlled_series"): "_trend"}  # fmt: skip
    level = grade.grade
    variant = variants.get((level, grade.claim), "")
    if variant == "_after_only":
        level = 1
    elif variant == "_trend":
        level = max(level, 2)
    return f"outcomes.wording.grade_{level}{variant}"


def _values(row: pd.Series, outcome: str, unit: str) -> dict[str, Any]:
    def whole(name: str) -> int | None:
        return int(row[name]) if name in row and not pd.isna(row[name]) else None

    low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("low", "high"))
    return {
        "y": outcome, "d": float(row["estimate"]), "unit": f" {unit}" if unit else "", "lo": low, "hi": high,
        "n": whole("n"), "s": whole("n_served"), "c": whole("n_comparison"), "level": float(row["level"]),
    }  # fmt: skip


def _riders(grade: Grade, result: Result, row: pd.Series, values: dict[str, Any]) -> list[Remark]:
    riders = []
    if values["lo"] is not None and values["hi"] is not None and values["lo"] <= 0 <= values["hi"]:
        missed = _smallest(row)
        key = "outcomes.wording.rider_zero" if missed is not None else "outcomes.wording.rider_zero_no_power"
        riders.append(Remark(key, values | {"mde": missed}))
    prediction = result.estimates[result.estimates["measure"] == "prediction"]
    if len(prediction) and not pd.isna(prediction["low"].iloc[0]):
        limits = {"pl": float(prediction["low"].iloc[0]), "ph": float(prediction["high"].iloc[0])}
        riders.append(Remark("outcomes.wording.rider_pooled", values | limits | {"k": values["n"]}))
    if grade.exploratory:
        riders.append(Remark("outcomes.wording.rider_exploratory", {}))
    return riders


def _smallest(row: pd.Series) -> float | None:
    if "se" not in row or pd.isna(row["se"]):
        return None
    df = float("inf") if pd.isna(row["df"]) else float(row["df"])
    return detectable(float(row["se"]), df, level=float(row["level"])) if df >= 1 else None
