"""Virtual environments with a real Airflow, one for each release line, made once in a cache outside the tree.

`python -m tests.airflow_environment.environment 3.3` makes a line's environment, and prints the path of its Python.
Each line has two files here: `requirements-<line>.txt` names what a test needs, `constraints-<line>.txt` pins every
package. Another file or another Python makes another environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path.home() / ".cache" / "airflow-aks"


def find_or_make(line: str) -> Path:
    """Return the Python of a line's environment, which is made if it does not exist."""
    folder = CACHE / f"airflow-{line}-{_hash(line)}"
    python, complete = folder / "bin" / "python", folder / "complete"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        # Test processes that start together wait for the first one.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            sys.stderr.write(f"Installing Airflow {line} into {folder} (once) ...\n")
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            install += ["--requirement", _file("requirements", line), "--constraint", _file("constraints", line)]
            subprocess.run(install, check=True)
            complete.touch()
    return python


def run(line: str, *arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the Python of a line's environment, and return what it printed.

    Raises:
        RuntimeError: it failed; the message holds its output.

    """
    command = [find_or_make(line), *arguments]
    done = subprocess.run(command, env=clean(environment), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done


def clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a process of Airflow, with nothing of this one but the path."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_PROXY": "127.0.0.1,localhost", **environment}


def _hash(line: str) -> str:
    content = [_file(kind, line).read_text(encoding="utf-8") for kind in ("requirements", "constraints")]
    return hashlib.sha256("\n".join([*content, sys.version]).encode()).hexdigest()[:12]


def _file(kind: str, line: str) -> Path:
    return HERE / f"{kind}-{line}.txt"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        sys.stdout.write(f"Airflow {name}: {find_or_make(name)}\n")
