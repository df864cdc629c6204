"""Builds the control plane and the Kubernetes provider once each, from their Go modules, into a cache outside the tree.

Run as `python -m tests.cluster.binaries`, it prints the paths of both.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from charts.chart_cache import CACHE

HERE = Path(__file__).parent
_KUBERNETES_VERSION = "k8s.io/component-base/version"
_PROVIDER_VERSION = "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version"


class NoBinaryError(Exception):
    """A binary is not there and cannot be built; the message says what would help."""


@dataclass(frozen=True)
class Binary:
    """A Go module of this folder. `stamp` gives what the linker writes into it, `minutes` what a first build takes."""

    name: str
    stamp: Callable[[], dict[str, str]]
    minutes: str

    @property
    def module(self) -> Path:
        """The folder with its source."""
        return HERE / self.name

    @property
    def target(self) -> Path:
        """Where the built one stands: by the hash of all that it is built from."""
        digest = hashlib.sha256(json.dumps(self.stamp(), sort_keys=True).encode())
        for file in sorted((*self.module.glob("go.*"), *self.module.glob("*.go"))):
            digest.update(file.read_bytes())
        return CACHE / f"{self.name}-{digest.hexdigest()[:12]}" / self.name


def kubernetes_version() -> str:
    """The version of the control plane, for example 1.35.4."""
    found = re.search(r"k8s\.io/kubernetes v([0-9.]+)", (HERE / "control_plane" / "go.mod").read_text(encoding="utf-8"))
    if found is None:
        raise NoBinaryError("tests/cluster/control_plane/go.mod names no version of k8s.io/kubernetes")
    return found.group(1)


def provider_version() -> str:
    """The provider's version that the SDK asks the engine for."""
    plugin = resources.files("pulumi_kubernetes").joinpath("pulumi-plugin.json").read_text(encoding="utf-8")
    return str(json.loads(plugin)["version"])


def _kubernetes_stamp() -> dict[str, str]:
    version = kubernetes_version()
    major, minor, _ = version.split(".")
    return {
        f"{_KUBERNETES_VERSION}.gitVersion": f"v{version}",
        f"{_KUBERNETES_VERSION}.gitMajor": major,
        f"{_KUBERNETES_VERSION}.gitMinor": minor,
    }


CONTROL_PLANE = Binary("control_plane", _kubernetes_stamp, "5 to 10 minutes")
PROVIDER = Binary("kubernetes_provider", lambda: {_PROVIDER_VERSION: provider_version()}, "9 to 15 minutes")


def find_or_build(binary: Binary) -> Path:
    """The built binary, or a new one.

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
        raise NoBinaryError(f"tests/cluster/{binary.name} is not built, and there is no `go` to build it with")
    print(f"Building {binary.name} into {target.parent}: once, {binary.minutes} ...", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: a build that is interrupted leaves nothing that looks finished.
    unfinished = target.with_name(f"{binary.name}.{os.getpid()}")
    stamps = " ".join(f"-X {name}={value}" for name, value in binary.stamp().items())
    command = [go, "build", "-mod=readonly", "-o", str(unfinished), "-ldflags", f"-s -w {stamps}", "."]
    process = subprocess.Popen(command, cwd=binary.module)
    started = time.monotonic()
    while process.poll() is None:
        time.sleep(1)
        elapsed = int(time.monotonic() - started)
        if elapsed and elapsed % 30 == 0:
            print(f"  still building, {elapsed} s ...", file=sys.stderr)
    if process.returncode:
        raise NoBinaryError(f"the build of tests/cluster/{binary.name} failed; its modules come from the Go proxy")
    unfinished.rename(target)


if __name__ == "__main__":
    try:
        for one in (CONTROL_PLANE, PROVIDER):
            print(find_or_build(one))
    except NoBinaryError as error:
        sys.exit(f"error: {error}")
