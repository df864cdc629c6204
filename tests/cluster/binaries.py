"""The control plane and the Kubernetes provider, each built once from a Go module of this folder.

Run as `python -m tests.cluster.binaries`, it prints the paths of both.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import resources
from pathlib import Path

from tests.engine.go_binaries import Binary, NoBinaryError, find_or_build

HERE = Path(__file__).parent
_KUBERNETES_VERSION = "k8s.io/component-base/version"
_PROVIDER_VERSION = "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version"


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


CONTROL_PLANE = Binary("control_plane", HERE / "control_plane", _kubernetes_stamp, "5 to 10 minutes")
PROVIDER = Binary(
    "kubernetes_provider",
    HERE / "kubernetes_provider",
    lambda: {_PROVIDER_VERSION: provider_version()},
    "9 to 15 minutes",
)


if __name__ == "__main__":
    try:
        for one in (CONTROL_PLANE, PROVIDER):
            print(find_or_build(one))
    except NoBinaryError as error:
        sys.exit(f"error: {error}")
