"""What coders begin with in their own tool: an enterprise's texts and the codebook, and nobody's codings."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from vises_methods.catalogue import Language
from vises_methods.qualitative import Codebook, CodedProject, write_qdc, write_qdpx
from vises_methods.study import Enterprise

NO_CODINGS = pd.DataFrame(columns=["document", "start", "end", "code", "coder", "memo"], dtype=object)


def write_coding_project(case: Enterprise, folder: str | Path = ".", *, lang: Language = "en") -> list[Path]:
    """Write a project to code in (REFI-QDA) and the codebook alone, for tools that read only that.

    It holds nobody's codings, so that each coder reads on their own; :func:`plan_codings_import` takes back what they
    did. Texts of persons who withdrew are not in it.

    Parameters
    ----------
    case : Enterprise
        With at least one document.
    folder : path
        Where ``<enterprise>.qdpx`` and ``<enterprise>.qdc`` are written; existing ones are replaced.
    lang : {"fr", "nl", "en"}
        Of the codes' labels and definitions.

    Returns
    -------
    list of Path
        The project and the codebook.

    Raises
    ------
    InputError
        Where the enterprise has no document.
    """
    book = Codebook.from_yaml(case.codebook)
    project = CodedProject(case.documents[["document", "text"]], book, NO_CODINGS)
    place = Path(folder)
    return [
        write_qdpx(project, place / f"{case.id}.qdpx", name=case.name, lang=lang),
        write_qdc(book, place / f"{case.id}.qdc", lang=lang),
    ]
