"""Clusters that the stack did not make: what Azure tells of them, and the objects that a provider makes in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from dryrun import cloud as simulation

from .refusal import CloudError

Properties = dict[str, Any]
_READS = ("getManagedCluster", "listManagedClusterUserCredentials")


@dataclass
class OtherClusters:
    """`made` counts how often a cluster of a name was made, and `living` is the name of the one that answers.

    `objects` holds type and logical name, by the address of the cluster and the object's id. A provider is known by its
    connection, because the engine does not say in a call which provider it is for.
    """

    made: dict[str, int] = field(default_factory=dict)
    living: dict[str, str] = field(default_factory=dict)
    namespaces: tuple[str, ...] = ("jobs",)
    objects: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    configured: dict[str, Properties] = field(default_factory=dict)

    def make(self, name: str) -> None:
        """Make a cluster, again under the same name if it was deleted: its address is another one then."""
        self.made[name] = self.made.get(name, 0) + 1
        self.living[name] = f"{name}-{self.made[name]}"

    def delete(self, name: str) -> None:
        """Delete a cluster with all that is in it."""
        address = self.address(self.living.pop(name))
        self.objects = {key: item for key, item in self.objects.items() if key[0] != address}

    def answer(self, token: str, arguments: Properties) -> Properties | None:
        """Answer a call about such a cluster; None for another call, or about another cluster."""
        name = arguments.get("resourceName")
        if token.rpartition(":")[2] not in _READS or name not in self.living:
            return None
        return simulation.call(token, {**arguments, "resourceName": self.living[name]})

    def configure(self, peer: str, settings: Properties) -> None:
        """Note the settings of the provider behind a connection."""
        self.configured[peer] = settings

    def address_of(self, peer: str) -> str | None:
        """The address of such a cluster, if the provider behind a connection is one for it."""
        kubeconfig = self.configured.get(peer, {}).get("kubeconfig")
        if not kubeconfig:
            return None
        server = str(yaml.safe_load(kubeconfig)["clusters"][0]["cluster"]["server"])
        ever = {self.address(f"{name}-{number + 1}") for name, made in self.made.items() for number in range(made)}
        return server if server in ever else None

    def create(self, address: str, type_: str, name: str, inputs: Properties) -> tuple[str, Properties]:
        """Make an object, or refuse as the API server would."""
        self._reach(address)
        namespace = inputs["metadata"]["namespace"]
        if namespace not in self.namespaces:
            raise CloudError(f'namespaces "{namespace}" not found')
        identifier, outputs = simulation.create(type_, name, inputs)
        if (address, f"{type_}::{identifier}") in self.objects:
            raise CloudError(f"resource '{identifier}' was not successfully created: it already exists")
        self.objects[address, f"{type_}::{identifier}"] = (type_, name)
        return identifier, outputs

    def delete_object(self, address: str, peer: str, type_: str, identifier: str) -> None:
        """Delete an object. A provider with `deleteUnreachable` forgets it when no cluster answers."""
        if address not in self._reachable() and self.configured[peer].get("deleteUnreachable") in (True, "true"):
            return
        self._reach(address)
        self.objects.pop((address, f"{type_}::{identifier}"), None)

    def kinds(self, name: str) -> list[str]:
        """The kinds of the objects in a living cluster, sorted."""
        address = self.address(self.living[name])
        return sorted(type_.rpartition(":")[2] for (place, _), (type_, _) in self.objects.items() if place == address)

    def _reachable(self) -> set[str]:
        return {self.address(name) for name in self.living.values()}

    def _reach(self, address: str) -> None:
        if address not in self._reachable():
            raise CloudError("configured Kubernetes cluster is unreachable: the server could not be found")

    @staticmethod
    def address(name: str) -> str:
        """The address of an API server, as the simulation answers it."""
        return f"https://{name}.dry-run.invalid:443"
