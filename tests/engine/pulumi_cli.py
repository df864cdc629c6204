"""Finds the Pulumi CLI, or builds it once from its Go module.

Run as `python -m tests.engine.pulumi_cli`, it prints the path of the binary.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from tests.engine.go_binaries import Binary, NoBinaryError
from tests.engine.go_binaries import find_or_build as find_or_build_binary

HERE = Path(__file__).parent
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


def _stamp() -> dict[str, str]:
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 (v[0-9.]+)", (HERE / "go.mod").read_text(encoding="utf-8"))
    if found is None:
        raise NoBinaryError("tests/engine/go.mod names no version of github.com/pulumi/pulumi/pkg/v3")
    return {_VERSION_VARIABLE: found.group(1)}


PULUMI = Binary("pulumi", HERE, _stamp, "3 to 4 minutes", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")


def find_or_build() -> Path:
    """The CLI on PATH, the cached one, or a new one.

    Raises:
        NoBinaryError: without a CLI and without Go, or when the build fails.

    """
    found = shutil.which("pulumi")
    return Path(found).resolve() if found else find_or_build_binary(PULUMI)


if __name__ == "__main__":
    try:
        print(find_or_build())
    except NoBinaryError as error:
        sys.exit(f"error: {error}")
