"""Finds the Pulumi CLI, or builds it once from its Go module into a cache outside the tree.

Run as `python -m tests.engine.pulumi_cli`, it prints the path of the binary.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


class NoPulumiError(Exception):
    """There is no CLI and none can be built; the message says what would help."""


def find_or_build() -> Path:
    """The CLI on PATH, the cached one, or a new one.

    Raises:
        NoPulumiError: without a CLI and without Go, or when the build fails.

    """
    found = shutil.which("pulumi")
    if found:
        return Path(found).resolve()
    target = _cache() / f"pulumi-{_digest()}" / "pulumi"
    if not target.exists():
        _build(target)
    return target


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "airflow-aks"


def _digest() -> str:
    """What the build depends on: its modules."""
    return hashlib.sha256((HERE / "go.sum").read_bytes()).hexdigest()[:12]


def _version() -> str:
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 (v[0-9.]+)", (HERE / "go.mod").read_text(encoding="utf-8"))
    if found is None:
        raise NoPulumiError("tests/engine/go.mod names no version of github.com/pulumi/pulumi/pkg/v3")
    return found.group(1)


def _build(target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise NoPulumiError("no `pulumi` on PATH, and no `go` to build it with: install one of the two")
    print(f"Building the Pulumi CLI {_version()} into {target.parent}: once, 3 to 4 minutes ...", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: a build that is interrupted leaves nothing that looks finished.
    unfinished = target.with_name(f"pulumi.{os.getpid()}")
    command = [go, "build", "-mod=readonly", "-o", str(unfinished), "-ldflags", f"-X {_VERSION_VARIABLE}={_version()}"]
    process = subprocess.Popen([*command, _PACKAGE], cwd=HERE)
    started = time.monotonic()
    while process.poll() is None:
        time.sleep(1)
        elapsed = int(time.monotonic() - started)
        if elapsed and elapsed % 30 == 0:
            print(f"  still building, {elapsed} s ...", file=sys.stderr)
    if process.returncode:
        raise NoPulumiError(f"the build of the Pulumi CLI failed: {' '.join([*command, _PACKAGE])}")
    unfinished.rename(target)


if __name__ == "__main__":
    try:
        print(find_or_build())
    except NoPulumiError as error:
        sys.exit(f"error: {error}")
