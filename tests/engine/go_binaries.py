"""Builds programs from Go modules of the tests once each, into a cache outside the tree."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from charts.chart_cache import CACHE


class NoBinaryError(Exception):
    """A program is not there and cannot be built; the message says what would help."""


@dataclass(frozen=True)
class Binary:
    """A program, and the Go module in a folder that it is built from.

    `stamp` gives what the linker writes into it, `minutes` how long a first build takes.
    """

    name: str
    module: Path
    stamp: Callable[[], dict[str, str]]
    minutes: str
    package: str = "."

    @property
    def target(self) -> Path:
        """Where it stands once it is built: by the hash of all that it is built from."""
        digest = hashlib.sha256(json.dumps(self.stamp(), sort_keys=True).encode())
        for file in sorted((*self.module.glob("go.*"), *self.module.glob("*.go"))):
            digest.update(file.read_bytes())
        return CACHE / f"{self.name}-{digest.hexdigest()[:12]}" / self.name


def find_or_build(binary: Binary) -> Path:
    """The program in the cache, or a new one.

    Raises:
        NoBinaryError: without Go, or when the build fails, as it does without a network.

    """
    target = binary.target
    if not target.exists():
        _build(binary, target)
    return target


def _build(binary: Binary, target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoBinaryError(f"{target} is not built, and there is no `go` to build it with: install Go")
    print(f"Building {binary.name} into {target.parent}: once, {binary.minutes} ...", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: a build that is interrupted leaves nothing that looks finished.
    unfinished = target.with_name(f"{binary.name}.{os.getpid()}")
    stamps = " ".join(f"-X {name}={value}" for name, value in binary.stamp().items())
    command = [go, "build", "-mod=readonly", "-o", str(unfinished), "-ldflags", f"-s -w {stamps}", binary.package]
    process = subprocess.Popen(command, cwd=binary.module)
    started = time.monotonic()
    while process.poll() is None:
        time.sleep(1)
        elapsed = int(time.monotonic() - started)
        if elapsed and elapsed % 30 == 0:
            print(f"  still building, {elapsed} s ...", file=sys.stderr)
    if process.returncode:
        raise NoBinaryError(f"the build of {binary.name} failed; its modules come from the Go proxy")
    unfinished.rename(target)
