"""Which changed properties replace a resource, and whether the old one is deleted first.

The rules are those of the providers: azure-native from its SDK and schema (see create_only.py), Kubernetes and Random
from their sources, and the image imports from the program's own provider. The engine tests' simulated providers use
them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from components.azure.image_import_provider import REGISTRY_INPUTS

from .create_only import list_create_only, list_path_properties

Inputs = Mapping[str, Any]

# Types that this program leaves to the provider to name, with the property that holds the name.
AUTO_NAMED: Final = {"azure-native:authorization:RoleAssignment": "roleAssignmentName"}
# Source: pulumi-kubernetes, provider/pkg/provider/diff.go (forceNew) and helm_release.go; for ConfigMap and Secret
# as long as the provider option that makes them mutable is off.
_SELECTOR: Final = ("spec.selector",)
_KUBERNETES: Final[Mapping[str, tuple[str, ...]]] = {
    "apps/v1:DaemonSet": _SELECTOR,
    "apps/v1:Deployment": _SELECTOR,
    "apps/v1:StatefulSet": (
        *_SELECTOR,
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "batch/v1:Job": ("spec.completions", "spec.parallelism", *_SELECTOR, "spec.template"),
    "core/v1:ConfigMap": ("binaryData", "data"),
    "core/v1:PersistentVolume": ("spec.azureDisk", "spec.azureFile", "spec.csi", "spec.local", "spec.nfs"),
    "core/v1:PersistentVolumeClaim": (
        "spec.accessModes",
        *_SELECTOR,
        "spec.storageClassName",
        "spec.volumeName",
    ),
    "core/v1:ResourceQuota": ("spec.scopes",),
    "core/v1:Secret": ("data", "stringData", "type"),
    "core/v1:Service": ("spec.clusterIP",),
    "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("roleRef",),
    "rbac.authorization.k8s.io/v1:RoleBinding": ("roleRef",),
    "storage.k8s.io/v1:StorageClass": ("parameters", "provisioner"),
}
_OBJECT_PLACE: Final = ("metadata.name", "metadata.namespace")
_RELEASE_PLACE: Final = ("name", "namespace")


def list_forcing_properties(type_: str) -> tuple[str, ...] | None:
    """Return the properties whose change replaces a resource of a type; None if every property does."""
    package, _, kind = type_.partition(":")
    match package:
        case "azure-native":
            return tuple(sorted({*list_path_properties(kind), *list_create_only(kind)}))
        case "kubernetes" if kind.startswith("helm.sh/"):
            return _RELEASE_PLACE
        case "kubernetes":
            return (*_OBJECT_PLACE, *_KUBERNETES.get(kind, ()))
        case "pulumi-python":
            return REGISTRY_INPUTS
        case "random":
            return None
        case "pulumi" if kind == "providers:kubernetes":
            # Another cluster replaces everything in it; another credential for the same cluster replaces nothing.
            return ("clusterIdentifier",)
    return ()


def find_forcing(type_: str, old: Inputs, new: Inputs) -> list[str]:
    """Return the properties that differ and replace the resource."""
    properties = list_forcing_properties(type_)
    if properties is None:
        return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    return find_changed(properties, old, new)


def find_changed(properties: Iterable[str], old: Inputs, new: Inputs) -> list[str]:
    """Return those of the properties that differ: `a.b`, or `a[*].b` for the b of every item of the list a."""
    found = []
    for name in properties:
        before, after = (dict(find_values(side, name)) for side in (old, new))
        if before != after and not (_is_generated_name(name) and not after):
            found.append(name)
    return found


def find_values(inputs: Inputs, name: str) -> list[tuple[str, Any]]:
    """Return the values of a property, each with its path; none if the inputs do not set it."""
    found: list[tuple[str, Any]] = [("", inputs)]
    for part in name.replace("[*]", ".*").split("."):
        found = [item for path, value in found for item in _step(path, value, part)]
    return found


def deletes_first(type_: str, old: Inputs, new: Inputs) -> bool:
    """Return whether the provider deletes the old resource before it creates the new one.

    The azure-native provider does so for every resource that it did not name itself, whatever forces the replacement.
    The Kubernetes provider does so for an object that keeps its name. The resource option `delete_before_replace`
    overrides both. Source: the Diff of either provider.
    """
    if type_.startswith("azure-native:"):
        return type_ not in AUTO_NAMED
    names = [find_values(inputs, "metadata.name") for inputs in (old, new)]
    return type_.startswith("kubernetes:") and names[0] == names[1]


def _step(path: str, value: Any, part: str) -> list[tuple[str, Any]]:
    if part == "*":
        if not isinstance(value, list | tuple):
            return []
        return [(f"{path}[{_name_item(item, index)}]", item) for index, item in enumerate(value)]
    if isinstance(value, Mapping) and value.get(part) is not None:
        return [(f"{path}.{part}".lstrip("."), value[part])]
    return []


def _name_item(item: Any, index: int) -> str:
    return str(item["name"]) if isinstance(item, Mapping) and "name" in item else str(index)


def _is_generated_name(name: str) -> bool:
    """Return whether the provider keeps the old name of an object for which the program no longer sets one."""
    return name == "metadata.name" or name in AUTO_NAMED.values()
