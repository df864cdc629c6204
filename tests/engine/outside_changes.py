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

    def regenerate_key(self, resource: str, key: str) -> None:
        """Make a new access key of a storage account (`key1`, `key2`) or a Redis (`primary`, `secondary`)."""
        with self.lock:
            self.regenerated[resource, key] += 1

    def current_keys(self, token: str, arguments: Properties, answer: Properties) -> Properties:
        """The answer to a call that lists access keys, with those that somebody has regenerated."""
        match token:
            case "azure-native:storage:listStorageAccountKeys":
                name = arguments["accountName"]
                keys = [{**key, "value": self._key(name, key["keyName"], key["value"])} for key in answer["keys"]]
                return {"keys": keys}
            case "azure-native:redisenterprise:listDatabaseKeys":
                name = arguments["clusterName"]
                return {key: self._key(name, key.removesuffix("Key"), value) for key, value in answer.items()}
        return answer

    def _key(self, resource: str, key: str, first: str) -> str:
        """A key, which is another one with each time that it was regenerated."""
        count = self.regenerated[resource, key]
        return f"{cloud.hash_parts(first, str(count))[:43]}=" if count else first

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
