"""A warm language host over a copy of the program, whose pins name a chart repository on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import chart_server
from tests.engine.workspace import ROOT

_PROGRAM = ("__main__.py", "Pulumi.yaml", "components", "charts")


@contextmanager
def warm_copy(charts: str) -> Iterator[Path]:
    """A process that forks hosts; the path of its socket, which must be short."""
    folder = Path(tempfile.mkdtemp(prefix="host-"))
    project, path, log = folder / "project", folder / "socket", folder / "log"
    project.mkdir()
    for name in _PROGRAM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, project)
    chart_server.repin(project / "charts" / "pins.yaml", charts)
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.warm_host", str(path), str(project / "charts" / "pins.yaml")],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # The copy's components, and the rig of the tree.
            env={**os.environ, "PYTHONPATH": f"{project}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    try:
        while not path.exists():
            if process.poll() is not None:
                raise RuntimeError(f"the warm language host did not start:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        yield path
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["warm_copy"]
