"""The records that Helm keeps of its releases, and what an operation that dies leaves in them.

Source: helm.sh/helm/v3/pkg/action: install, upgrade and uninstall write the record before they touch the cluster. What
the Kubernetes provider makes of such a record is what tests/cluster/test_helm_kills.py sees it do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from .refusal import CloudError

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_STATUS: Final = {"create": "pending-install", "update": "pending-upgrade", "delete": "uninstalling"}


@dataclass(frozen=True)
class Record:
    """The newest record of a release: the operation that did not end well, its status, and what was asked for."""

    operation: str
    status: str
    inputs: dict[str, Any]


@dataclass
class HelmRecords:
    """Records of operations that died or failed, by the key of their release."""

    cut_off: dict[str, Record] = field(default_factory=dict)

    def write(self, operation: str, inputs: dict[str, Any], *, failed: bool) -> None:
        """Begin an operation that nobody will end, or one that fails before it is through."""
        status = "failed" if failed else _STATUS[operation]
        self.cut_off[_key(inputs)] = Record(operation, status, inputs)

    def check(self, operation: str, type_: str, inputs: dict[str, Any]) -> None:
        """Refuse what Helm refuses while a record says that an operation runs."""
        record = self.cut_off.get(_key(inputs)) if type_ == RELEASE else None
        if record is None:
            return
        if operation == "create":
            raise CloudError("cannot re-use a name that is still in use")
        if record.status.startswith("pending-"):
            raise CloudError("another operation (install/upgrade/rollback) is in progress")
        if record.status == "uninstalling":
            raise CloudError(f'"{inputs["name"]}" has no deployed releases')

    def newest(self, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """What a refresh reads: the inputs of the newest record, also of one that never came true."""
        return self.cut_off[key].inputs if key in self.cut_off else inputs

    def names(self) -> dict[str, Record]:
        """The records by the names of their Secrets. An upgrade has one beside that of the release before it."""
        return {
            f"sh.helm.release.v1.{record.inputs['name']}.v{2 if record.operation == 'update' else 1}": record
            for record in self.cut_off.values()
        }

    def delete(self, namespace: str, name: str) -> str | None:
        """Delete a record; returns the key of the release if Helm then knows nothing of it."""
        record = self.names()[name]
        if record.inputs["namespace"] != namespace:
            raise LookupError(f"secrets {name} not found in {namespace}")
        key = _key(record.inputs)
        del self.cut_off[key]
        return key if record.operation != "update" else None


def _key(inputs: dict[str, Any]) -> str:
    return f"{RELEASE}::{inputs['namespace']}/{inputs['name']}"


__all__ = ["RELEASE", "HelmRecords", "Record"]
