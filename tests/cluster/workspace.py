"""A workspace of the engine rig whose Kubernetes is a real one."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2

from dryrun import wire
from tests.cluster import chart_server
from tests.engine.provider import SimulatedProvider
from tests.engine.running_processes import processes
from tests.engine.workspace import Workspace

from .azure_view import AzureView
from .binaries import provider_version
from .kubectl import kubectl
from .live_cluster import LiveCluster

_PROVIDER = "pulumi-resource-kubernetes"
_CREDENTIALS = "azure-native:containerservice:listManagedClusterAdminCredentials"


class AzureProvider(SimulatedProvider):
    """The simulated Azure, which hands out the real cluster's kubeconfig."""

    kubeconfig: str = ""

    def Invoke(self, request: Any, context: Any) -> Any:
        answer = super().Invoke(request, context)
        if request.tok != _CREDENTIALS:
            return answer
        value = base64.b64encode(self.kubeconfig.encode()).decode()
        kubeconfigs = {"kubeconfigs": [{"name": "clusterAdmin", "value": value}]}
        return provider_pb2.InvokeResponse(**{"return": wire.encode(kubeconfigs)})


@dataclass
class ClusterWorkspace(Workspace):
    """One stack, its simulated Azure, and the cluster that it fills."""

    cluster: LiveCluster = field(kw_only=True)
    provider: Path = field(kw_only=True)
    charts: str = field(kw_only=True)
    azure: AzureProvider = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        chart_server.repin(self.project / "charts" / "pins.yaml", self.charts)
        self.azure = AzureProvider(self.cloud, self.environment)
        self.azure.kubeconfig = self.cluster.control_plane.administrator
        self._replace_providers()
        self._install_provider()
        self.cluster.play(AzureView.of_cloud(self.cloud))

    def save(self) -> dict[str, Any]:
        """State, stack file and cloud, and all that stands in the cluster."""
        return {**super().save(), "etcd": self.cluster.save()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Come back to what was saved, here or in another workspace of this stack."""
        self.cluster.restore(saved["etcd"])
        super().restore(saved)
        self.cluster.play(AzureView.of_cloud(self.cloud))

    def _replace_providers(self) -> None:
        """The simulated Kubernetes goes; Azure answers with the real credentials."""
        attached = dict(entry.split(":") for entry in self.environment["PULUMI_DEBUG_PROVIDERS"].split(","))
        del attached["kubernetes"]
        attached["azure-native"] = self._serve(self.azure, "azure-native").partition(":")[2]
        entries = (f"{package}:{port}" for package, port in attached.items())
        self.environment["PULUMI_DEBUG_PROVIDERS"] = ",".join(entries)

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one place of a file in components/airflow, in the workspace's own copy of the program."""
        path = self.project / "components" / "airflow" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def kubectl(self, *arguments: str) -> list[str]:
        """What kubectl does, in the real cluster; the lines that it shows."""
        return kubectl(self.cluster.api, *arguments)

    def providers(self) -> set[int]:
        """The processes of the Kubernetes provider."""
        return processes(str(self.folder / _PROVIDER))

    def kill_all(self, process: subprocess.Popen[str]) -> None:
        """SIGKILL the engine and its providers."""
        providers = self.providers()
        self.kill(process)
        for provider in providers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(provider, signal.SIGKILL)
        process.communicate()

    def let_providers_outlive_the_engine(self) -> None:
        """Start each provider from a shell that stays, as the released provider does not watch the engine's process."""
        self._install_provider(outliving=True)

    def _install_provider(self, *, outliving: bool = False) -> None:
        folder = Path(self.environment["PULUMI_HOME"]) / "plugins" / f"resource-kubernetes-v{provider_version()}"
        folder.mkdir(parents=True, exist_ok=True)
        launcher = folder / _PROVIDER
        # Under the name that a person looks for among the processes.
        link = self.folder / _PROVIDER
        link.unlink(missing_ok=True)
        link.symlink_to(self.provider)
        # As the CLI, it ends before a garbage collector pays; the limit is for the schemas of all kinds that it holds.
        environment = "GOGC=off GOMEMLIMIT=1GiB"
        command = f'{environment} {"" if outliving else "exec "}"{link}" "$@"'
        launcher.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
        launcher.chmod(0o755)


__all__ = ["AzureProvider", "ClusterWorkspace"]
