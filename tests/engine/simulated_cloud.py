"""A cloud that remembers: what exists, in a file of its own, and what it refuses."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pulumi.runtime import rpc

from dryrun import cloud
from tests.engine import apply_rules, azure_effects, azure_rules, csi_rules, gateway_rules, kubernetes_rules

from .faults import Fault
from .helm_records import HelmRecords
from .refusal import CloudError, refuse_second

Properties = dict[str, Any]


@dataclass
class CloudObject:
    """A thing that exists: its type, its logical name, what it was asked to be and what it answers.

    `owners` are the fields of a Kubernetes object that others than Pulumi have set, with who did. `damage` is what
    somebody did to the objects of a Helm release, of which neither the release's record nor Pulumi knows.
    """

    type: str
    name: str
    inputs: Properties
    outputs: Properties
    id: str
    owners: list[tuple[apply_rules.Path, str]] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


@dataclass
class SimulatedCloud:
    """What exists, by id. The folder holds a file for each object: Pulumi's state knows nothing of it."""

    folder: Path
    # The subscription that the deployer is signed in to: `az account set` changes it.
    subscription: str = cloud.SUBSCRIPTION
    objects: dict[str, CloudObject] = field(default_factory=dict)
    soft_deleted_vaults: list[str] = field(default_factory=list)
    operations: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    busy: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    random: Counter[str] = field(default_factory=Counter)
    clusters_made: int = 0
    helm: HelmRecords = field(default_factory=HelmRecords)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def create(self, type_: str, name: str, inputs: Properties) -> tuple[str, Properties]:
        """Make a resource, or refuse."""
        with self.operation("create", type_, name, inputs):
            identifier, outputs = cloud.create(type_, self._seed(type_, name), inputs)
            key = self.key(type_, identifier, name)
            with self.lock:
                self.helm.check("create", type_, inputs)
                if key in self.objects and type_ not in gateway_rules.TAKEN_OVER:
                    refuse_second(type_, key, identifier)
                azure_rules.check_create(self, type_, key, inputs)
                kubernetes_rules.check_create(self, type_, inputs)
                self.objects[key] = CloudObject(type_, name, inputs, outputs, identifier)
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
                azure_rules.check_update(type_, before.inputs, inputs)
                kubernetes_rules.check_create(self, type_, inputs)
                apply_rules.check_conflicts(before, inputs, preview=False)
                _, outputs = cloud.create(type_, name, inputs)
                outputs = azure_effects.kept(type_, before.outputs, outputs)
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
                csi_rules.check_delete(self, self.objects[key])
                kubernetes_rules.check_delete(self, self.objects[key])
                gone = self.objects.pop(key)
                self.helm.cut_off.pop(key, None)
                azure_effects.after_delete(self, gone, key)
                kubernetes_rules.after_delete(self, gone)
                self._save()

    def read(self, type_: str, name: str, identifier: str) -> CloudObject | None:
        """What exists under an id, or None."""
        with self.operation("read", type_, name, {}), self.lock:
            key = self.key(type_, identifier, name)
            found = copy.deepcopy(self.objects.get(key))
            if found is not None:
                found.inputs = copy.deepcopy(self.helm.newest(key, found.inputs))
            return found

    def find(self, type_: str, name: str | None = None) -> CloudObject:
        """The one object of a type (and logical name); LookupError when there is none or more than one."""
        found = [item for item in self.objects.values() if item.type == type_ and name in (None, item.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} objects of {type_} {name}")
        return found[0]

    def exists(self, key: str) -> bool:
        """Whether an Azure resource is there; ids differ in case only."""
        return key.lower() in {known.lower() for known in self.objects}

    def change_outside(
        self, type_: str, name: str, change: Callable[[Properties], None], manager: str = "kubectl-edit"
    ) -> None:
        """Do what a person in the portal, or AKS itself, would do: change properties behind Pulumi's back.

        `manager` is who owns the changed fields of a Kubernetes object from then on.
        """
        with self.lock:
            found = self.find(type_, name)
            before = copy.deepcopy(found.inputs)
            change(found.inputs)
            apply_rules.own_fields(found, before, manager)
            _, found.outputs = cloud.create(type_, name, found.inputs)
            self._save(next(key for key, item in self.objects.items() if item is found))

    def delete_outside(self, type_: str, name: str) -> None:
        """Delete something behind Pulumi's back."""
        with self.lock:
            found = self.find(type_, name)
            key = next(key for key, item in self.objects.items() if item is found)
            del self.objects[key]
            self._save()

    def damage_release(self, name: str, *damage: str) -> None:
        """Change objects inside a Helm release: its record, which Pulumi reads, stays as it is."""
        with self.lock:
            self.find(apply_rules.RELEASE, name).damage += damage

    def delete_record(self, namespace: str, name: str) -> None:
        """Delete the Secret of a Helm operation that did not end well, as a person does with kubectl."""
        with self.lock:
            gone = self.helm.delete(namespace, name)
            if gone is not None:
                self.objects.pop(gone, None)
            self._save()

    def create_outside(self, type_: str, name: str, inputs: Properties) -> str:
        """Make something behind Pulumi's back."""
        with self.lock:
            identifier, outputs = cloud.create(type_, name, inputs)
            key = self.key(type_, identifier, name)
            self.objects[key] = CloudObject(type_, name, inputs, outputs, identifier)
            self._save(key)
            return identifier

    def snapshot(self) -> Properties:
        """Everything, to come back to."""
        return copy.deepcopy(
            {
                "objects": self.objects,
                "softDeletedVaults": self.soft_deleted_vaults,
                "random": self.random,
                "clusters": self.clusters_made,
                "helm": self.helm,
            }
        )

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Come back to a snapshot."""
        with self.lock:
            content = copy.deepcopy(snapshot)
            self.objects, self.soft_deleted_vaults = content["objects"], content["softDeletedVaults"]
            self.random, self.clusters_made = content["random"], content["clusters"]
            self.helm = content["helm"]
            self.operations.clear()
            self.faults.clear()
            self.busy.clear()
            self._save(*self.objects)

    def remember(self, key: str, inputs: Properties, identifier: str) -> None:
        """Keep what something else made."""
        with self.lock:
            name = key.rpartition("::")[2]
            self.objects[key] = CloudObject("pulumi-python:", name, inputs, {}, identifier)
            self._save(key)

    def forget(self, key: str) -> None:
        """Drop what something else deleted."""
        with self.lock:
            self.objects.pop(key, None)
            self._save()

    @staticmethod
    def key(type_: str, identifier: str, name: str) -> str:
        """The key of an object: its id, which some types do not have."""
        if type_.startswith(("random:", "pulumi-python:")):
            return f"{type_}::{name}"
        return f"{type_}::{identifier}" if type_.startswith("kubernetes:") else identifier

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

    def _save(self, *changed: str) -> None:
        """Write what was changed, and drop the files of what is gone."""
        for gone in self.files.keys() - self.objects.keys():
            self.files.pop(gone).unlink()
        for key in changed:
            file = self.folder / f"{cloud.hash_parts(key)[:24]}.json"
            file.write_text(json.dumps(asdict(self.objects[key]), default=str), encoding="utf-8")
            self.files[key] = file
