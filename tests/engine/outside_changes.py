"""What people do to the simulated cloud outside of Pulumi."""

from __future__ import annotations

import copy
from collections.abc import Callable

from dryrun import cloud
from tests.engine import apply_rules

from .existing_objects import CloudObject, ExistingObjects, Properties


class OutsideChanges(ExistingObjects):
    """What exists, and what people change of it, in the portal or with kubectl, of which Pulumi hears nothing."""

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
