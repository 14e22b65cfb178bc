"""The jobs of a run given to an existing Dask cluster: checked first, one task a job, results sent back as bytes.

A worker runs the same code as on one machine, in a process of its own, so that a notebook that crashes takes neither
the worker nor its neighbours with it. Needs the extra ``cluster``.
"""

from __future__ import annotations

import importlib.metadata
import multiprocessing
import os
import platform
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from vises_methods.batch.digests import Digests
from vises_methods.batch.folders import relative
from vises_methods.batch.keys import text_digest
from vises_methods.batch.outcome import Failure, Order, Outcome
from vises_methods.batch.workers import Pool
from vises_methods.errors import InputError, Problem, VisesError

_CONNECT_SECONDS = 20
_LOOK_SECONDS = 1.0
_ATTEMPTS = 4
_DIGEST_LENGTH, _DIGEST_SHOWN = 64, 12
_AHEAD = 2
"""How many jobs a worker's thread is given at once, so that it need not wait for the next."""


class ClusterError(VisesError):
    """A cluster cannot be used; ``problems`` holds every difference that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("batch.errors.cluster", "--dask", count=len(problems))


@dataclass(frozen=True)
class Place:
    """Where a project and its outputs stand, as the machine that plans the run sees them.

    Attributes
    ----------
    home, outputs, study : str
        The project, the folder of all outputs, and the study's own folder of data.
    token : str
        A file in the outputs that only this run has: a worker that sees it shares the folder.
    """

    home: str
    outputs: str
    study: str
    token: str

    def here(self) -> Place:
        """Return the same as this machine sees it: ``VISES_HOME`` and ``VISES_OUTPUTS`` name its own folders."""
        home = os.environ.get("VISES_HOME", self.home)
        outputs = os.environ.get("VISES_OUTPUTS") or relocated(self.outputs, self.home, home)
        return Place(
            home, outputs, relocated(self.study, self.home, home), relocated(self.token, self.outputs, outputs)
        )


def relocated(path: str, home: str, there: str) -> str:
    """Return a path below one home as it stands below another; one outside it stays as it is.

    Examples
    --------
    >>> relocated("/a/notebooks/01.ipynb", "/a", "/b"), relocated("/c/x", "/a", "/b")
    ('/b/notebooks/01.ipynb', '/c/x')
    """
    inside = Path(path).is_relative_to(home)
    return (Path(there) / Path(path).relative_to(home)).as_posix() if inside else path


def fingerprint(place: Place) -> dict[str, str]:
    """Return, of this machine, everything on which results depend: code, environment, Python, data, notebooks."""
    here, digests = place.here(), Digests()
    home = Path(here.home)
    lock = home / "requirements.lock"
    installed = sorted(f"{each.metadata['Name']}=={each.version}" for each in importlib.metadata.distributions())
    found = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "package": digests.of_package(Path(__file__).parents[1]),
        "environment": text_digest("\n".join(dict.fromkeys(installed))),
        "lock": digests.of(lock) if lock.is_file() else "",
        "shared": str(Path(here.token).is_file()),
    }
    for name, folder in (
        ("study", Path(here.study)),
        ("notebooks", home / "notebooks"),
        ("reference", home / "data" / "reference"),
    ):
        files = sorted(path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts)
        found[name] = text_digest(repr(digests.of_all(files, folder))) if files else ""
    return found


def differing(address: str, there: Mapping[str, str], here: Mapping[str, str]) -> list[Problem]:
    """Return how a worker's machine differs from this one in what results depend on."""
    return [
        Problem(
            f"batch.cluster_errors.{part}", address, values={"here": _short(here[part]), "there": _short(there[part])}
        )
        for part in here
        if part != "shared" and there[part] != here[part]
    ]


def _short(told: str) -> str:
    """Write the beginning of a digest, any other value whole, and a dash where there is nothing."""
    return (told[:_DIGEST_SHOWN] if len(told) == _DIGEST_LENGTH else told) or "–"


@dataclass(frozen=True)
class Answer:
    """What a worker sends back: the outcome, and the files it made."""

    outcome: Outcome
    files: Mapping[str, bytes]


_OWN = threading.local()
_POOLS: list[tuple[Pool, Path]] = []


def carry_out_there(order: Order, place: Place, results: Mapping[str, bytes] | None) -> Answer:
    """Carry out an order on this machine, for another one.

    Parameters
    ----------
    order : Order
        With the other machine's paths.
    place : Place
    results : mapping or None
        The results files that the notebook reads, by their path in the outputs; None where both share the folder.
    """
    here = place.here()
    pool, scratch = _own_pool(here, order.kernels, shared=results is None)
    for name, content in (results or {}).items():
        path = scratch / "outputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    work = scratch / "work" / uuid.uuid4().hex
    notebook = Path(relocated(str(order.notebook), place.home, here.home))
    try:
        pool.submit(replace(order, notebook=notebook, work=work))
        ended: list[Outcome] = []
        while not ended:
            ended = pool.wait(_LOOK_SECONDS)
        return Answer(ended[0], {name: (work / name).read_bytes() for name in ended[0].files})
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _own_pool(here: Place, kernels: str, *, shared: bool) -> tuple[Pool, Path]:
    """Return the process of this thread, started when first needed."""
    if getattr(_OWN, "place", None) != (here, kernels, shared):
        # A nanny starts its worker as a daemon, and multiprocessing refuses children to daemons only because it could
        # not end them: ours end themselves when their parent is gone.
        cast(Any, multiprocessing.current_process())._config["daemon"] = False
        scratch = Path(tempfile.mkdtemp(prefix="vises-"))
        outputs = Path(here.outputs) if shared else scratch / "outputs"
        pool = Pool(1, Path(here.home), outputs, scratch / "scratch", kernels=kernels)
        _OWN.place, _OWN.pool = (here, kernels, shared), (pool, scratch)
        _POOLS.append(_OWN.pool)
    return cast("tuple[Pool, Path]", _OWN.pool)


def release() -> None:
    """End the processes of a worker, and take away what they left."""
    while _POOLS:
        pool, scratch = _POOLS.pop()
        pool.close()
        shutil.rmtree(scratch, ignore_errors=True)


class ClusterPool:
    """The workers of a Dask cluster, used as those of this machine are.

    Parameters
    ----------
    address : str
        The scheduler's, as ``tcp://10.0.0.1:8786``.
    home, outputs, study : Path
        The project, the folder of all outputs, and the study's data.
    scratch : Path
        A folder in the outputs; whether workers see it says whether the outputs are shared.

    Raises
    ------
    InputError
        When Dask is not installed, the scheduler does not answer, or has no worker.
    ClusterError
        When a worker's code, environment or data differ from those here.
    """

    def __init__(self, address: str, home: Path, outputs: Path, study: Path, scratch: Path) -> None:
        self._client = connected(address)
        scratch.mkdir(parents=True, exist_ok=True)
        token = scratch / f"shared-{uuid.uuid4().hex}"
        token.touch()
        self._outputs = outputs
        self._place = Place(str(home), str(outputs), str(study), str(token))
        try:
            self._shared, threads = self._checked(address)
        except BaseException:
            self._client.close()
            raise
        self._size = _AHEAD * threads
        self._known: set[str] = set()
        self.lost()
        self._orders: dict[Any, Order] = {}
        self._sent: dict[str, int] = {}
        self._lost: list[Order] = []

    @property
    def running(self) -> list[str]:
        """The jobs under way."""
        return [order.job_id for order in (*self._orders.values(), *self._lost)]

    @property
    def has_room(self) -> bool:
        """Whether another job can be given out."""
        return len(self._orders) < self._size

    def submit(self, order: Order) -> None:
        """Send a job; its task bears the job's key, so that a cluster does the same work once."""
        if self._client.status != "running":
            self._lost.append(order)
            return
        self._sent[order.job_id] = self._sent.get(order.job_id, 0) + 1
        attempt = self._sent[order.job_id]
        key = f"vises-{order.key}" + (f"-{attempt}" if attempt > 1 else "")
        results = None if self._shared else self._results_read(order)
        future = self._client.submit(carry_out_there, order, self._place, results, key=key, pure=False)
        self._orders[future] = order

    def wait(self, seconds: float) -> list[Outcome]:
        """Return what ended within some seconds, its files written where this machine expects them."""
        from distributed import TimeoutError as WaitedInVain
        from distributed import wait
        from distributed.client import FuturesCancelledError

        if self._client.status != "running":
            return self._given_up()
        if not self._orders:
            return []
        try:
            with self._client.as_current():
                ended = wait(list(self._orders), timeout=seconds, return_when="FIRST_COMPLETED").done
        except WaitedInVain:
            return []
        except FuturesCancelledError:
            return self._given_up()
        return [self._receive(future, self._orders.pop(future)) for future in ended]

    def lost(self) -> list[str]:
        """Return the addresses of the workers that the scheduler no longer knows; it gives their jobs to others."""
        if self._client.status != "running":
            return []
        try:
            now = set(self._client.nthreads())
        except OSError:  # told as the loss of the connection
            return []
        gone = sorted(self._known - now)
        self._known = now
        return gone

    def close(self) -> None:
        """Take back what is still under way and let the workers' processes go."""
        for future in self._orders:
            future.cancel(force=True)
        self._orders.clear()
        with suppress(OSError, TimeoutError):
            self._client.run(release, on_error="ignore")
        self._client.close()

    def _receive(self, future: Any, order: Order) -> Outcome:
        from distributed import KilledWorker

        error = future.exception() if future.status == "error" else None
        if future.status == "cancelled" or isinstance(error, KilledWorker):
            return Outcome(order.job_id, Failure("worker", "KilledWorker"))
        if error is not None:
            return Outcome(order.job_id, Failure("unexpected", f"{type(error).__name__}: {error}"))
        self._sent.pop(order.job_id, None)
        answer: Answer = future.result()
        try:
            order.work.mkdir(parents=True, exist_ok=True)
            for name, content in answer.files.items():
                (order.work / name).write_bytes(content)
        except OSError as failed:
            return replace(answer.outcome, failure=Failure("output", f"{type(failed).__name__}: {failed}"), files=())
        return answer.outcome

    def _given_up(self) -> list[Outcome]:
        """Tell all that was under way as lost: the scheduler is gone, or cannot be reached any more."""
        lost = [*self._orders.values(), *self._lost]
        self._orders.clear()
        self._lost.clear()
        return [Outcome(order.job_id, Failure("cluster")) for order in lost]

    def _results_read(self, order: Order) -> dict[str, bytes]:
        paths = [self._outputs / order.identity["study"] / name for name in order.results_read]
        return {relative(path, self._outputs): path.read_bytes() for path in paths}

    def _checked(self, address: str) -> tuple[bool, int]:
        there: dict[str, dict[str, str]] = self._answered(lambda: self._client.run(fingerprint, self._place))
        if not there:
            raise InputError("batch.errors.no_workers", "--dask", value=address)
        here = fingerprint(self._place)
        problems = [problem for worker, found in sorted(there.items()) for problem in differing(worker, found, here)]
        problems += _versions_differing(self._answered(self._client.get_versions))
        if problems:
            raise ClusterError(problems)
        return all(found["shared"] == "True" for found in there.values()), sum(self._client.nthreads().values())

    def _answered(self, ask: Callable[[], Any]) -> Any:
        """Ask all workers; one that is lost meanwhile is no longer asked after a while."""
        for _ in range(_ATTEMPTS):
            try:
                return ask()
            except OSError as error:
                lost = error
            time.sleep(_LOOK_SECONDS)
        raise InputError("batch.errors.worker_gone", "--dask", detail=str(lost)) from lost


def connected(address: str) -> Any:
    """Return a client of a scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError("batch.errors.no_distributed", "--dask", value=address) from error
    try:
        return Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError("batch.errors.no_scheduler", "--dask", value=address, detail=str(error)) from error


def _versions_differing(versions: Mapping[str, Any]) -> list[Problem]:
    here = versions["client"]["packages"]
    found = []
    for worker, told in sorted(versions["workers"].items()):
        for name, version in sorted(told["packages"].items()):
            if version != here.get(name):
                values = {"name": name, "here": here.get(name), "there": version}
                found.append(Problem("batch.cluster_errors.version", worker, values=values))
    return found
