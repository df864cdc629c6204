"""The operating system of the nodes. AKS chooses its version by the version of Kubernetes.

Source: AKS, "Upgrade operating system (OS) versions in AKS".
"""

from __future__ import annotations

from typing import Final

from .kubernetes_versions import minor

_OLDEST_WITH_AZURE_LINUX_3: Final = (1, 32)
_OLDEST_WITH_UBUNTU_24: Final = (1, 35)


def os_sku(*, gpu: bool) -> str:
    """Return the OS SKU of a pool. Ubuntu has NVIDIA drivers for every GPU size, Azure Linux only for some."""
    return "Ubuntu" if gpu else "AzureLinux"


def node_image(sku: str, kubernetes_version: str) -> str:
    """Return the operating system that an OS SKU stands for, for example `Azure Linux 3.0`."""
    version = minor(kubernetes_version)
    if sku == "Ubuntu":
        return "Ubuntu 24.04" if version >= _OLDEST_WITH_UBUNTU_24 else "Ubuntu 22.04"
    return "Azure Linux 3.0" if version >= _OLDEST_WITH_AZURE_LINUX_3 else "Azure Linux 2.0"
