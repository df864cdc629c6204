"""A warm language host whose pins name a chart repository on this machine."""

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
from tests.plans import PINS_FILE


@contextmanager
def warm_copy(charts: str) -> Iterator[Path]:
    """A process that forks hosts; the path of its socket, which must be short."""
    folder = Path(tempfile.mkdtemp(prefix="host-"))
    pins, path, log = folder / "pins.yaml", folder / "socket", folder / "log"
    shutil.copy(PINS_FILE, pins)
    chart_server.repin(pins, charts)
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.warm_host", str(path), str(pins)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
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
