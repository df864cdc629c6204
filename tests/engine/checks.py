"""What must hold of a stack, whatever was done to it."""

from __future__ import annotations

from tests.engine import rendered_charts
from tests.plans import plan_of

from .workspace import Workspace, base_type

DATA_TYPES = (
    "azure-native:containerregistry:Registry",
    "azure-native:dbforpostgresql:Database",
    "azure-native:dbforpostgresql:Server",
    "azure-native:keyvault:Vault",
    "azure-native:storage:BlobContainer",
    "azure-native:storage:FileShare",
    "azure-native:storage:StorageAccount",
)
# Types of which one that a setting dropped stays beside the one that came after it, under a name of its own.
_KEPT_TYPES = (
    "azure-native:keyvault:Secret",
    "azure-native:operationalinsights:Workspace",
    "azure-native:storage:FileShare",
    rendered_charts.DEFINITION,
)
# A server that is restored to a point in time, which stands beside the one before it.
_RESTORED = "database-restored-"
# What stays of a gateway, beside its kinds: the namespace with the certificate.
_KEPT = ("kubernetes:core/v1:Namespace", "gateway-namespace")


def planned(stack: str) -> list[tuple[str, str]]:
    """Type and logical name of everything that the program makes, in its order."""
    return [
        (base_type(resource.type), resource.name)
        for resource in plan_of(stack).resources
        if resource.custom and not resource.type.startswith("pulumi:")
    ]


def state_and_cloud_agree(workspace: Workspace) -> None:
    """Nothing is orphaned, nothing is only imagined; what a setting dropped and the documentation names is kept."""
    state, cloud = workspace.in_state(), workspace.in_cloud()
    once = [item for item in cloud if item[0] not in _KEPT_TYPES]
    assert len(set(once)) == len(once), "something was made twice"
    dropped = {item for item in set(cloud) - state if item[0] in _KEPT_TYPES or item == _KEPT}
    orphaned, imagined = sorted(set(cloud) - dropped - state), sorted(state - set(cloud))
    assert not orphaned + imagined, f"orphaned: {orphaned}; imagined: {imagined}"


def no_secret_in_state(workspace: Workspace) -> None:
    """No generated value stands in any file of the backend."""
    values = {value for value in secret_values(workspace) if len(value) > 8}
    assert len(values) >= 8
    for file in workspace.state.rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace").replace("\\n", "\n").replace('\\"', '"')
            found = [value for value in values if value in text]
            assert not found, f"{len(found)} secrets in the clear in {file.name}"


def secret_values(workspace: Workspace) -> set[str]:
    """Every value that must stand in no file of Pulumi's: what was generated, and what stands in the vault."""
    found: set[str] = set()
    for item in workspace.cloud.objects.values():
        if item.type.startswith("random:index/randomPassword") or "randomBytes" in item.type:
            found |= {str(item.outputs[key]) for key in ("result", "base64", "hex") if key in item.outputs}
        # The account's name stands beside its key for the driver, and is no secret.
        named = item.inputs.get("secretName", "")
        if item.type == "azure-native:keyvault:Secret" and "-STORAGE-ACCOUNT-NAME-" not in named:
            found.add(str(item.inputs["properties"]["value"]).strip())
    return found


def data_is_protected(workspace: Workspace) -> None:
    """Everything that holds data refuses deletion."""
    holding = [resource for resource in workspace.export() if resource["type"] in DATA_TYPES]
    assert {resource["type"] for resource in holding} >= {*DATA_TYPES} - {"azure-native:storage:FileShare"}
    unprotected = [resource["urn"].rpartition("::")[2] for resource in holding if not resource.get("protect")]
    assert not unprotected, f"not protected: {unprotected}"


def data_is_kept(workspace: Workspace) -> None:
    """Nothing that holds data was made anew or deleted since the cloud's operations were cleared.

    A share comes with the setting that asks for it, and none is ever deleted; so does a restored server.
    """
    shares = {item.name for item in workspace.cloud.objects.values() if item.type.endswith(":FileShare")}
    assert not {("delete", share) for share in shares} & set(workspace.cloud.operations), "a share was deleted"
    data = {item.name for item in workspace.cloud.objects.values() if item.type in DATA_TYPES} - shares
    touched = {
        name
        for operation, name in workspace.cloud.operations
        if (operation == "delete" or (operation == "create" and not name.startswith(_RESTORED))) and name in data
    }
    gone = {"database-server", "key-vault-vault", "log-storage-account", "registry-registry"} - data
    assert not touched | gone, f"data was made anew or deleted: {sorted(touched | gone)}"


def operations(workspace: Workspace, *kinds: str) -> list[str]:
    """Names of what was created, updated or deleted since the operations were cleared."""
    return sorted(name for operation, name in workspace.cloud.operations if operation in kinds)


def applied(workspace: Workspace) -> list[str]:
    """Bring a change there, and say what was touched."""
    workspace.cloud.operations.clear()
    workspace.up()
    data_is_kept(workspace)
    state_and_cloud_agree(workspace)
    return operations(workspace, "create", "update", "delete")
