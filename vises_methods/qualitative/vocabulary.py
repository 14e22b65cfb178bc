"""Which words stand in which segment: the table that Reinert's method starts from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.segmentation import CUTS, segments
from vises_methods.qualitative.tables import checked_documents, require_option

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]", re.IGNORECASE)


@checked_arguments
def segment_terms(
    documents: pd.DataFrame,
    /,
    *,
    by: str = "paragraph",
    minimum: int = 3,
    shortest: int = 3,
    stopwords: Collection[str] = (),
) -> pd.DataFrame:
    """Count the words of each segment of the texts.

    Words are taken in lower case, without the elided article before them (``l'emploi`` is ``emploi``); forms are not
    brought to their lemma. Analyse the languages apart: words of two languages never class together.

    Parameters
    ----------
    documents : DataFrame
        Columns ``document, text``.
    by : {"sentence", "paragraph", "turn", "document"}
    minimum : int
        Segments that must hold a word for it to be kept.
    shortest : int
        Letters a word must have.
    stopwords : collection of str
        Words to leave out.

    Returns
    -------
    DataFrame
        One row per segment, index levels ``document, unit, start, end``; one column per word, in alphabetic order.

    Raises
    ------
    InputError
        For missing columns, another cut, or a minimum below 1.

    References
    ----------
    Reinert, M. (1983). Les cahiers de l'analyse des données 8(2), p. 187.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["L'emploi stable.\\nUn emploi."]})
    >>> segment_terms(texts, minimum=2)["emploi"].tolist()
    [1, 1]
    """
    where = "segment_terms"
    require_option(by, [cut for cut in CUTS if cut != "character"], f"{where}(by=)")
    if minimum < 1:
        raise InputError("out_of_range", f"{where}(minimum=)", value=minimum, allowed="≥ 1")
    texts = checked_documents(documents, f"{where}(documents)")
    stopped = {word.lower() for word in stopwords}
    places, counts = [], []
    for document, text in zip(texts["document"], texts["text"], strict=True):
        for number, (start, end) in enumerate(segments(text, by)):
            places.append((document, number, start, end))
            counts.append(Counter(_words(text[start:end], shortest, stopped)))
    held = Counter(word for count in counts for word in count)
    kept = sorted(word for word, number in held.items() if number >= minimum)
    index = pd.MultiIndex.from_tuples(places, names=["document", "unit", "start", "end"]) if places else None
    return pd.DataFrame([[count[word] for word in kept] for count in counts], index=index, columns=kept)


def _words(text: str, shortest: int, stopped: set[str]) -> list[str]:
    plain = (_ELIDED.sub("", match.group().lower()) for match in _WORD.finditer(text))
    return [word for word in plain if len(word) >= shortest and word not in stopped]
