"""What is asked of a worker and what comes back: an order, an outcome, a failure told in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vises_methods.catalogue import number, text

Render = Callable[[Any, Path, str, Any], None]
"""``render(notebook, html_path, lang, context)``: makes the page of an executed notebook; must be picklable."""

KERNELS = ("auto", "forked", "ahead", "plain")
"""What a notebook may be run in; see :attr:`Order.kernels`."""

FAILED_ENDING = ".failed.ipynb"
"""What a notebook that came to no end is called, as far as it came."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_LONGEST_MESSAGE = 600
_MAY_PASS = frozenset({"kernel_died", "worker", "timeout"})


@dataclass(frozen=True)
class Failure:
    """Why a job did not come to its end.

    Attributes
    ----------
    kind : str
        ``cell_error, kernel_died, timeout, memory, kernels, notebook, undeclared_read, same_name_twice, input, page,
        output, worker, cluster, blocked, unexpected``: the words stand in the catalogue under
        ``batch.failures.<kind>``.
    detail : str
        The error's type and message, or what the words need; control sequences are taken out.
    cell : int or None
        The cell as counted in the notebook from 1, text cells included.
    line : str
        The first line of that cell.
    """

    kind: str
    detail: str = ""
    cell: int | None = None
    line: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", without_controls(self.detail)[:_LONGEST_MESSAGE])

    @property
    def may_pass(self) -> bool:
        """Whether another attempt may go well: what a notebook itself says would be said again."""
        return self.kind in _MAY_PASS

    def what(self, lang: str) -> str:
        """Say what happened, and in which cell."""
        said = text(f"batch.failures.{self.kind}.what", lang, detail=self._told(lang))
        if self.cell is None:
            return said
        return text("batch.failures.in_cell", lang, what=said, cell=str(self.cell), line=self.line)

    def remedy(self, lang: str) -> str:
        """Say what to do."""
        return text(f"batch.failures.{self.kind}.remedy", lang, detail=self._told(lang))

    def _told(self, lang: str) -> str:
        """Write the detail as a reader does: another job by its name, gigabytes with the sign of the language."""
        if self.kind == "blocked":
            folder, _, stem = self.detail.rpartition("/")
            name, _, written_in = stem.rpartition(".")
            owner = "".join(folder.split("/")[1:])
            return " · ".join(filter(None, [owner, f"{name} ({written_in})"])) if name else self.detail
        if self.kind == "memory" and _NUMBER.fullmatch(self.detail):
            return number(float(self.detail), lang)
        return self.detail


@dataclass(frozen=True)
class Order:
    """One job as a worker receives it: plain values only, so that any process on any machine can carry it out.

    Attributes
    ----------
    job_id : str
    notebook : Path
    parameters : mapping
        Plain JSON values, already checked.
    work : Path
        The folder in which the worker leaves its files, on the disk of the outputs.
    stem : str
        The files' name without ending, as ``03_qualitative_coding.fr``.
    identity : mapping
        ``study, methodology, enterprise, notebook, lang``, as the results file tells them.
    declared : tuple of collections of str
        The files that the notebook may read, relative to the study, and what it declares by another name: ``@study``.
    timeout : float
        Seconds for the whole job.
    memory : int or None
        The most bytes its kernel may hold.
    key : str
        The job's key: the same work bears the same one on every machine.
    results_read : collection of str
        The results files of other notebooks that this one reads, relative to the study's outputs.
    render : callable or None
    context : object
        What the page needs to know besides the notebook; must be picklable.
    kernels : {"auto", "forked", "ahead", "plain"}
        What the notebook runs in: a kernel forked from a process that has loaded everything, one started ahead of
        need, one started for it; ``auto`` is the first of these that this system offers.
    """

    job_id: str
    notebook: Path
    parameters: Mapping[str, Any]
    work: Path
    stem: str
    identity: Mapping[str, str]
    declared: tuple[Collection[str], ...]
    timeout: float
    memory: int | None = None
    key: str = ""
    results_read: Collection[str] = ()
    render: Render | None = None
    context: Any = None
    kernels: str = "auto"


@dataclass(frozen=True)
class Outcome:
    """What came of an order.

    Attributes
    ----------
    job_id : str
    failure : Failure or None
    files : tuple of str
        The names of the files left in the order's folder.
    seconds : float
    peak_memory : int
        Bytes that the kernel held at most, as far as the system tells.
    """

    job_id: str
    failure: Failure | None
    files: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_memory: int = 0


def without_controls(message: str) -> str:
    """Take colours and other terminal sequences out of a message.

    Examples
    --------
    >>> without_controls("\\x1b[31mValueError\\x1b[0m: no rows")
    'ValueError: no rows'
    """
    return _ANSI.sub("", message).strip()
