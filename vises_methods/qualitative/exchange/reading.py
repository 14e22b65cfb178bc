"""Open a coded project, whatever tool made it."""

from __future__ import annotations

from pathlib import Path

from vises_methods.errors import ExchangeError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.exchange import qualcoder, taguette
from vises_methods.qualitative.exchange.project import CodedProject
from vises_methods.qualitative.exchange.refi import read_qdpx
from vises_methods.qualitative.exchange.safety import SQLITE_HEADER, database, first_bytes, table_names

FORMATS = ["Taguette .sqlite3", "QualCoder .qda", "REFI-QDA .qdpx"]


@checked_arguments
def read_project(path: str | Path, /, *, project: str | None = None, normalise: bool = False) -> CodedProject:
    """Read a project of Taguette, QualCoder, or any tool that writes REFI-QDA (NVivo, ATLAS.ti, MAXQDA…).

    What the file is, is told by its content, not its name. What its positions count is found per document from the
    selections themselves, and a project whose positions were shifted is repaired: see ``bases`` of what comes back.
    What was not taken stands in ``losses``.

    Parameters
    ----------
    path : path
        A Taguette database (the server's, or an exported project), a QualCoder folder or its ``data.qda``, a ``.qdpx``.
    project : str, optional
        The project's name, where a Taguette server holds several.
    normalise : bool
        Bring texts to NFC (accents composed), as studies store them, and move every coding along. Otherwise texts
        come as the file has them, so that its positions can be compared. Line breaks are LF in any case.

    Returns
    -------
    CodedProject
        ``documents, codebook, codings, cases, attributes, losses, bases``. A Taguette project export does not say who
        coded: its losses hold ``coder_unknown``; read the server's own database to know.

    Raises
    ------
    ExchangeError
        For a file of another kind, damaged or hostile; positions outside their text; or positions that fit too few word
        edges and quotes in any basis.

    References
    ----------
    REFI-QDA Standard, Project Exchange 1.0 (2019), https://www.qdasoftware.org.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from vises_methods.qualitative import Code, Codebook, CodedProject, write_qdpx
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One two."]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["ana"], "code": ["X"], "start": [4], "end": [7]})
    >>> project = CodedProject(texts, Codebook("b", "1", (Code("X"),)), marks)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_project(write_qdpx(project, Path(folder) / "study.qdpx")).codings["quote"].tolist()
    ['two']
    """
    file = Path(path)
    file = file / "data.qda" if file.is_dir() else file
    head = first_bytes(file)
    if head.startswith(b"PK"):
        return read_qdpx(file, normalise)
    if head.startswith(SQLITE_HEADER):
        with database(file) as connection:
            tables = table_names(connection)
        if tables >= taguette.TABLES:
            return taguette.read_taguette(file, project, normalise)
        if tables >= qualcoder.TABLES:
            return qualcoder.read_qualcoder(file, normalise)
    raise ExchangeError("qualitative.errors.unknown_format", file.name, allowed=FORMATS)
