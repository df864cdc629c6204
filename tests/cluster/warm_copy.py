"""A warm language host whose pins name a chart repository on this machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import chart_server
from tests.engine.warm_host import running
from tests.plans import PINS_FILE


@contextmanager
def warm_copy(charts: str) -> Iterator[Path]:
    """A process that forks hosts; the path of its socket."""
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.yaml"
        shutil.copy(PINS_FILE, pins)
        chart_server.repin(pins, charts)
        with running(pins) as socket:
            yield socket


__all__ = ["warm_copy"]
