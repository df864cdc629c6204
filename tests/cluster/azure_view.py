"""What the cluster's parts see of Azure: pools, add-ons, the vault, who may sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from dryrun.plan import Plan
from tests.engine.simulated_cloud import SimulatedCloud

Resources = Callable[[], Iterable[tuple[str, dict[str, Any]]]]


@dataclass(frozen=True)
class Pool:
    """A node pool as AKS knows it."""

    name: str
    mode: str
    vm_size: str
    least: int
    most: int
    max_pods: int
    labels: dict[str, str]
    taints: tuple[str, ...]
    zones: tuple[str, ...]
    spot: bool
    location: str

    @classmethod
    def of(cls, name: str, inputs: dict[str, Any], location: str) -> Self:
        """Read it from an agent pool's description."""
        return cls(
            name=name,
            mode=inputs.get("mode", "User"),
            vm_size=inputs["vmSize"],
            least=int(inputs["minCount"]),
            most=int(inputs["maxCount"]),
            max_pods=int(inputs["maxPods"]),
            labels=dict(inputs.get("nodeLabels") or {}),
            taints=tuple(inputs.get("nodeTaints") or ()),
            zones=tuple(inputs.get("availabilityZones") or ()),
            spot=inputs.get("scaleSetPriority") == "Spot",
            location=location,
        )


class AzureView:
    """Azure as a list of resources that are there now: those of a simulated cloud, or those of a plan."""

    def __init__(self, resources: Resources, vault: Mapping[str, str] | None = None) -> None:
        self._resources = resources
        self._vault = vault

    @classmethod
    def of_cloud(cls, cloud: SimulatedCloud) -> Self:
        """What exists in a simulated cloud, whenever it is asked for."""

        def resources() -> list[tuple[str, dict[str, Any]]]:
            with cloud.lock:
                return [(item.type, {**item.outputs, **item.inputs}) for item in cloud.objects.values()]

        return cls(resources)

    @classmethod
    def of_plan(cls, plan: Plan, stored: Mapping[str, str] | None = None) -> Self:
        """What a plan makes, with marks in place of secrets; `stored` is what a user put into the vault."""
        found = [(resource.type, {**resource.outputs, **resource.inputs}) for resource in plan.resources]
        return cls(lambda: found, {**plan.vault, **(stored or {})})

    def pools(self) -> list[Pool]:
        """Every pool, those in the cluster's own description among them."""
        found = []
        for cluster in self._all("containerservice:ManagedCluster"):
            location = cluster["location"]
            found += [Pool.of(profile["name"], profile, location) for profile in cluster["agentPoolProfiles"]]
            found += [
                Pool.of(pool["agentPoolName"], pool, location) for pool in self._all("containerservice:AgentPool")
            ]
        return found

    def has_cluster(self) -> bool:
        """Whether there is a cluster."""
        return bool(self._all("containerservice:ManagedCluster"))

    def has_cilium(self) -> bool:
        """Whether Cilium forwards the traffic of pods; its kinds are there with it."""
        return any(
            (cluster.get("networkProfile") or {}).get("networkDataplane") == "cilium"
            for cluster in self._all("containerservice:ManagedCluster")
        )

    def has_keda(self) -> bool:
        """Whether the KEDA add-on is on."""
        return any(
            (cluster.get("workloadAutoScalerProfile") or {}).get("keda", {}).get("enabled")
            for cluster in self._all("containerservice:ManagedCluster")
        )

    def has_secrets_driver(self) -> bool:
        """Whether the Key Vault add-on is on. AKS keeps an add-on that an update does not name."""
        return any(
            (cluster.get("addonProfiles") or {}).get("azureKeyvaultSecretsProvider", {}).get("enabled")
            for cluster in self._all("containerservice:ManagedCluster")
        )

    def vault(self) -> dict[str, str]:
        """Name to value of every secret."""
        if self._vault is not None:
            return dict(self._vault)
        return {
            secret["secretName"]: str(secret["properties"].get("value", "")) for secret in self._all("keyvault:Secret")
        }

    def subjects(self) -> set[str]:
        """The service accounts that may sign in, as their tokens name them."""
        return {item["subject"] for item in self._all("managedidentity:FederatedIdentityCredential")}

    def public_address(self, name: str) -> str | None:
        """The address of a public IP address by its name, or None."""
        addresses = self._all("network:PublicIPAddress")
        return next((str(one["ipAddress"]) for one in addresses if one["publicIpAddressName"] == name), None)

    def _all(self, kind: str) -> list[dict[str, Any]]:
        return [inputs for type_, inputs in self._resources() if type_ == f"azure-native:{kind}"]


__all__ = ["AzureView", "Pool"]
