"""A cloud that remembers: what providers create, update, read and delete in it, and what it refuses."""

from __future__ import annotations

import copy
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi.runtime import rpc

from dryrun import cloud
from tests.engine import (
    apply_rules,
    azure_effects,
    azure_rules,
    csi_rules,
    gateway_rules,
    kubernetes_rules,
    proxy_rules,
    vault_rules,
)

from . import existing_zones
from .database_servers import SERVER
from .existing_objects import CloudObject, Properties
from .faults import Fault
from .outside_changes import OutsideChanges
from .refusal import CloudError, refuse_second


@dataclass
class SimulatedCloud(OutsideChanges):
    """What exists, and what providers do with it: the cloud refuses what Azure and Kubernetes refuse."""

    # The subscription that the deployer is signed in to: `az account set` changes it.
    subscription: str = cloud.SUBSCRIPTION
    soft_deleted_vaults: list[str] = field(default_factory=list)
    soft_deleted_secrets: list[str] = field(default_factory=list)
    # Whether the deployer has a role for the data of vaults.
    may_delete_secrets: bool = True
    operations: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    busy: dict[str, str] = field(default_factory=dict)
    random: Counter[str] = field(default_factory=Counter)
    clusters_made: int = 0

    def create(self, type_: str, name: str, inputs: Properties) -> tuple[str, Properties]:
        """Make a resource, or refuse."""
        with self.operation("create", type_, name, inputs):
            identifier, outputs = cloud.create(type_, self._seed(type_, name), inputs)
            outputs = proxy_rules.answer(type_, {}, outputs)
            key = self.key(type_, identifier, name)
            with self.lock:
                self.helm.check("create", type_, inputs)
                if key in self.objects and type_ not in gateway_rules.TAKEN_OVER:
                    refuse_second(type_, key, identifier)
                azure_rules.check_create(self, type_, key, inputs)
                kubernetes_rules.check_create(self, type_, inputs)
                self.objects[key] = CloudObject(type_, name, inputs, outputs, identifier)
                if type_ == SERVER:
                    self.servers.create(inputs)
                self.clusters_made += type_ == "azure-native:containerservice:ManagedCluster"
                self._save(key)
            return identifier, outputs

    def _seed(self, type_: str, name: str) -> str:
        """Random things are others each time; everything else answers as in a dry run."""
        if not type_.startswith("random:"):
            return name
        self.random[name] += 1
        return name if self.random[name] == 1 else f"{name} {self.random[name]}"

    def update(self, type_: str, name: str, identifier: str, inputs: Properties) -> Properties:
        """Change a resource that exists."""
        with self.operation("update", type_, name, inputs):
            key = self.key(type_, identifier, name)
            with self.lock:
                if key not in self.objects:
                    raise CloudError(f"ResourceNotFound: {key}")
                self.helm.check("update", type_, inputs)
                live = self.objects[key]
                before = replace(live)
                azure_rules.check_update(self, type_, before.inputs, inputs)
                kubernetes_rules.check_create(self, type_, inputs)
                apply_rules.check_conflicts(before, inputs, preview=False)
                _, outputs = cloud.create(type_, name, inputs)
                if type_ == SERVER:
                    self.servers.update(inputs)
                outputs = azure_effects.kept(type_, before.outputs, outputs)
                outputs = proxy_rules.answer(type_, before.outputs, outputs)
                # A release is applied whole, an object by force.
                live.inputs, live.outputs, live.owners, live.damage = inputs, outputs, [], []
                self.helm.cut_off.pop(key, None)
                self._save(key)
            return apply_rules.answer(before, inputs, outputs)

    def dry_run(self, type_: str, name: str, identifier: str, inputs: Properties) -> None:
        """Refuse in a preview what the API server refuses. The provider asks it only when every value is known."""
        with self.lock:
            live = self.objects.get(self.key(type_, identifier, name))
            if live is not None and rpc.UNKNOWN not in json.dumps(inputs):
                apply_rules.check_conflicts(live, inputs, preview=True)

    def delete(self, type_: str, name: str, identifier: str) -> None:
        """Delete a resource and all that stands in it; one that is gone already is no error."""
        with self.operation("delete", type_, name, {}):
            key = self.key(type_, identifier, name)
            with self.lock:
                if key not in self.objects:
                    return
                vault_rules.check_delete(self, type_, key)
                csi_rules.check_delete(self, self.objects[key])
                existing_zones.check_delete(self, self.objects[key])
                kubernetes_rules.check_delete(self, self.objects[key])
                gone = self.objects.pop(key)
                self.helm.cut_off.pop(key, None)
                azure_effects.after_delete(self, gone, key)
                kubernetes_rules.after_delete(self, gone)
                self._save()

    def was_replaced(self, type_: str, name: str, outputs: Properties) -> bool:
        """Whether a random value has given way to a newer one of its name, as in the middle of a replacement."""
        live = self.objects.get(self.key(type_, "", name)) if type_.startswith("random:") else None
        return live is not None and any(outputs.get(key) != value for key, value in live.outputs.items())

    def read(self, type_: str, name: str, identifier: str) -> CloudObject | None:
        """What exists under an id, or None."""
        with self.operation("read", type_, name, {}), self.lock:
            key = self.key(type_, identifier, name)
            found = copy.deepcopy(self.objects.get(key))
            if found is not None:
                found.inputs = copy.deepcopy(self.helm.newest(key, found.inputs))
            return found

    def snapshot(self) -> Properties:
        """Everything, to come back to."""
        return copy.deepcopy(
            {
                "objects": self.objects,
                "softDeletedVaults": self.soft_deleted_vaults,
                "softDeletedSecrets": self.soft_deleted_secrets,
                "random": self.random,
                "clusters": self.clusters_made,
                "helm": self.helm,
                "servers": self.servers,
                "regenerated": self.regenerated,
            }
        )

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Come back to a snapshot."""
        with self.lock:
            content = copy.deepcopy(snapshot)
            self.objects, self.soft_deleted_vaults = content["objects"], content["softDeletedVaults"]
            self.soft_deleted_secrets = content["softDeletedSecrets"]
            self.random, self.clusters_made = content["random"], content["clusters"]
            self.helm = content["helm"]
            self.servers, self.regenerated = content["servers"], content["regenerated"]
            self.operations.clear()
            self.faults.clear()
            self.busy.clear()
            self._save(*self.objects)

    @contextmanager
    def operation(self, operation: str, type_: str, name: str, inputs: Properties) -> Iterator[None]:
        """Note the operation, inject what is to go wrong, and refuse what Azure refuses to do two of at once."""
        fault = self._fault(operation, name)
        scope = azure_effects.one_at_a_time(type_, inputs) if operation in ("create", "update") else None
        with self.lock:
            self.operations.append((operation, name))
            if scope is not None and scope in self.busy:
                raise CloudError(f"Conflict: {self.busy[scope]} is being written; {name} must wait for it ({scope})")
            if scope is not None:
                self.busy[scope] = name
        try:
            if scope is not None:
                # Long enough that a second write which does not wait is caught.
                time.sleep(0.01)
            if fault is not None and fault.cut_off:
                self.helm.write(operation, inputs or self.find(type_, name).inputs, failed=fault.half_made)
            if fault is not None and not fault.after:
                fault.happen()
            yield
            if fault is not None and fault.after:
                fault.happen()
        finally:
            if scope is not None:
                self.busy.pop(scope, None)

    def _fault(self, operation: str, name: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.operation == operation and fault.name in (name, "*") and fault.injected < fault.times:
                    fault.injected += 1
                    return fault
        return None
