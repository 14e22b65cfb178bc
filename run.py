#!/usr/bin/env python3
"""The one command of the VISES workbook.

    python3 run.py            set everything up, run the demonstration study, say where to look
    python3 run.py test       run the tests
    python3 run.py lab        open JupyterLab on the first notebook
    python3 run.py bench NAME measure tests/benchmarks/NAME.py beside its peers, which are laid over .venv for that run
    python3 run.py lock       resolve the dependencies again (maintainers)
    python3 run.py vises …    any command of the workbook, as in: python3 run.py vises check --study demo

It needs Python 3.11 or later and nothing else: everything is installed into the folder .venv beside this file, from
requirements.lock, whose hashes are checked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import signal
import ssl
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent
ENVIRONMENT = HOME / ".venv"
LOCK = HOME / "requirements.lock"
STAMP = ENVIRONMENT / "vises-ready"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
LOCK_OPTIONS = [
    "--universal",
    *("--python-version", "3.11"),
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--all-extras",
    "--quiet",
]


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"The VISES workbook needs Python 3.11 or later; this is Python {sys.version.split()[0]}.")
        print("Install a newer Python from your system's own source and run this command with it.")
        return 2
    if arguments[:1] and arguments[0] in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    commands = {"run": run, "test": test, "lab": lab, "bench": bench, "lock": lock, "vises": vises}
    name, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    if name not in commands:
        print(f"There is no command '{name}'. The commands are: {', '.join(commands)}.\n\n{__doc__.strip()}")
        return 2
    try:
        set_up()
    except subprocess.CalledProcessError as error:
        print("\nThe installation stopped; the lines above say where.")
        print("Usual causes: no connection to the package index, or a full disk. Run the same command again:")
        print("what was already fetched is kept.")
        return error.returncode or 1
    return commands[name](rest)


def set_up() -> None:
    """Make .venv hold exactly what the lock says; do nothing where it already does."""
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted() and PYTHON.is_file():
        return
    print("Setting up the environment in .venv (a few minutes the first time) …", flush=True)
    if not PYTHON.is_file():
        make_environment()
    call(PYTHON, "-m", "ensurepip")
    call(
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        installer_lock(),
    )
    uv = (PYTHON, "-m", "uv", "pip")
    # Compiled once here, the libraries need not be compiled again by the first process of each kind.
    call(*uv, "sync", "--quiet", "--compile-bytecode", "--python", PYTHON, "--require-hashes", LOCK)
    call(*uv, "install", "--quiet", "--python", PYTHON, "--no-deps", "--no-build-isolation", "--editable", HOME)
    STAMP.write_text(wanted(), encoding="utf-8")


def make_environment() -> None:
    """Create .venv with this Python; some systems keep the module that puts pip into it in a package of its own."""
    if importlib.util.find_spec("ensurepip") is None:
        print("This Python cannot make an environment: its module 'ensurepip' is missing.")
        print("On Debian and Ubuntu, install the package python3-venv; then run the same command again.")
        sys.exit(2)
    venv.EnvBuilder(with_pip=True, clear=ENVIRONMENT.exists()).create(ENVIRONMENT)


def installer_lock() -> Path:
    """Write the lock's own entry for uv to a file, so that the installer too is installed by hash."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("uv=="))
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    path = ENVIRONMENT / "installer.lock"
    path.write_text("\n".join(lines[start:end]) + "\n", encoding="utf-8")
    return path


def wanted() -> str:
    """Return what the environment depends on: the lock, the project's own metadata and the Python in use."""
    content = LOCK.read_bytes() + (HOME / "pyproject.toml").read_bytes() + sys.version.encode() + bytes(HOME)
    return hashlib.sha256(content).hexdigest()


def run(arguments: list[str]) -> int:
    return vises(["run", "--study", "demo", *arguments])


def vises(arguments: list[str]) -> int:
    return execute(PYTHON, "-m", "vises_methods.cli", *arguments)


def test(arguments: list[str]) -> int:
    # Everything at once takes all processors, the long tests first; a part is sooner done in one process.
    everything = ("--numprocesses", "logical", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "25")
    return execute(PYTHON, "-m", "pytest", *(arguments or everything))


def lab(arguments: list[str]) -> int:
    return execute(PYTHON, "-m", "jupyterlab", HOME / "notebooks" / "00_start_here.ipynb", *arguments)


def bench(arguments: list[str]) -> int:
    import tomllib  # absent before Python 3.11, whose users are told so above

    benchmarks = HOME / "tests" / "benchmarks"
    peers = tomllib.loads((benchmarks / "peers.toml").read_text(encoding="utf-8"))
    names = sorted(path.stem for path in benchmarks.glob("*.py"))
    if not arguments or arguments[0] not in names:
        print(f"Which benchmark? One of: {', '.join(names)}.")
        return 2
    name, *rest = arguments
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # processor time of a second thread that only waits is nobody's
    layers = [part for peer in peers.get(name, []) for part in ("--with", peer)]
    uv = (PYTHON, "-m", "uv", "run", "--quiet", "--no-project", "--python", PYTHON)
    return execute(*uv, *layers, "python", benchmarks / f"{name}.py", *rest)


def lock(arguments: list[str]) -> int:
    return execute(PYTHON, "-m", "uv", "pip", "compile", "pyproject.toml", *LOCK_OPTIONS, "-o", LOCK.name, *arguments)


def execute(*command: str | Path) -> int:
    # Ctrl-C reaches the command too, which finishes in its own way: here it must only not end the waiting.
    signal.signal(signal.SIGINT, lambda *_: None)
    return subprocess.Popen([str(part) for part in command], cwd=HOME, env=environment()).wait()


def call(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], cwd=HOME, env=environment(), check=True)


def environment() -> dict[str, str]:
    """Return this process's environment with .venv in front, and nothing of another Python in it."""
    # Without its bytecode the package would be compiled again by every process of a run.
    left_out = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    if ssl.create_default_context().get_ca_certs():
        # The installer brings certificates of its own; a network with a certificate of its own needs the system's.
        kept.setdefault("UV_SYSTEM_CERTS", "true")
    return {
        **kept,
        "VIRTUAL_ENV": str(ENVIRONMENT),
        "PATH": os.pathsep.join([str(SCRIPTS), kept.get("PATH", "")]),
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
