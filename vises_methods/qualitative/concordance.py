"""Keyword in context: every place where a word stands, with the words around it."""

from __future__ import annotations

import re

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.tables import checked_documents, references, require_columns

_COLUMNS = ["document", "start", "end", "reference", "left", "keyword", "right"]


@checked_arguments
def keyword_in_context(
    documents: pd.DataFrame,
    keyword: str,
    /,
    *,
    width: int = 40,
    regex: bool = False,
    whole_word: bool = True,
    ignore_case: bool = True,
    permission: str | None = None,
) -> pd.DataFrame:
    """List every place where a keyword stands, with the text to its left and right.

    The table holds text, so it is a frame to read, not a result to publish.

    Parameters
    ----------
    documents : DataFrame
        Columns ``document, text``.
    keyword : str
        A word or phrase; a space in it stands for any white space. With ``regex``, a regular expression.
    width : int
        Characters on either side.
    regex, whole_word, ignore_case : bool
        ``whole_word`` does not apply to a regular expression.
    permission : str, optional
        The column of ``documents`` that says whether its words may be shown; a document without True there is passed
        over.

    Returns
    -------
    DataFrame
        ``document, start, end, reference, left, keyword, right``, in the order of the documents.

    Raises
    ------
    InputError
        For missing columns, an empty keyword or an expression that cannot be read.

    References
    ----------
    Luhn, H. P. (1960). American Documentation 11(4), p. 288.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["Le travail, c'est du travail."]})
    >>> keyword_in_context(texts, "travail", width=3)[["left", "keyword", "right"]].values.tolist()
    [['Le ', 'travail', ', c'], ['du ', 'travail', '.']]
    """
    texts = checked_documents(documents, "keyword_in_context(documents)")
    if permission is not None:
        require_columns(documents, (permission,), "keyword_in_context(documents)")
        texts = texts[[value is True or value == 1 for value in texts[permission]]]
    pattern = _pattern(keyword, regex, whole_word, ignore_case)
    rows = [
        (
            document,
            found.start(),
            found.end(),
            text[max(found.start() - width, 0) : found.start()],
            found.group(),
            text[found.end() : found.end() + width],
        )
        for document, text in zip(texts["document"], texts["text"], strict=True)
        for found in pattern.finditer(text)
        if found.group()
    ]
    frame = pd.DataFrame(rows, columns=[name for name in _COLUMNS if name != "reference"])
    return frame.assign(reference=references(frame))[_COLUMNS]


def _pattern(keyword: str, regex: bool, whole_word: bool, ignore_case: bool) -> re.Pattern[str]:
    if not keyword.strip():
        raise InputError("empty_data", "keyword_in_context(keyword)")
    written = keyword if regex else r"\s+".join(re.escape(word) for word in keyword.split())
    if whole_word and not regex:
        written = rf"(?<!\w){written}(?!\w)"
    try:
        return re.compile(written, re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        raise InputError("qualitative.errors.expression", "keyword_in_context(keyword)", detail=str(error)) from None
