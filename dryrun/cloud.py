"""The simulated Azure: ids and outputs of resources by their type, and answers to function calls.

Ids and values are hashes of names, so that two runs give the same results. An unknown type or call is an error: with an
empty answer, the plan of every resource that reads the answer would lack values.
"""

from __future__ import annotations

import base64
import hashlib
import json
import string
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from .arm_paths import ARM_PATHS
from .existing_azure import describe_group, describe_vault, describe_workspace
from .other_clusters import cluster_id, describe_cluster, list_credentials

Properties = dict[str, Any]

SUBSCRIPTION: Final = str(uuid.uuid5(uuid.NAMESPACE_DNS, "subscription.dry-run"))
TENANT: Final = str(uuid.uuid5(uuid.NAMESPACE_DNS, "tenant.dry-run"))
DEPLOYER: Final = str(uuid.uuid5(uuid.NAMESPACE_DNS, "deployer.dry-run"))


class UnknownToSimulationError(Exception):
    """The simulation has no answer for a resource type or call that the program uses."""


def hash_parts(*parts: str) -> str:
    """Return 64 hex digits that depend on the parts alone."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def make_guid(*parts: str) -> str:
    """Return a GUID that depends on the parts alone."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join(parts)))


def create(type_: str, name: str, inputs: Mapping[str, Any]) -> tuple[str, Properties]:
    """Return the id and the outputs of a resource with these inputs.

    Raises:
        UnknownToSimulationError: the simulation does not know the type.

    """
    package, _, rest = type_.partition(":")
    match package:
        case "azure-native":
            return _create_azure(rest, name, dict(inputs))
        case "kubernetes":
            return _create_kubernetes(name, dict(inputs))
        case "random":
            return _create_random(rest, name, dict(inputs))
        case "pulumi-python":
            return _create_dynamic(name, dict(inputs))
        case "pulumi" if rest.startswith("providers:"):
            return f"{name}-id", dict(inputs)
        case "pulumi" if rest == "pulumi:StackReference":
            return inputs["name"], {**inputs, "outputs": {"clusterId": cluster_id(SUBSCRIPTION, inputs["name"])}}
        case "pulumi" if rest == "index:Stash":
            return f"{name}-id", {"input": inputs["input"], "output": inputs["input"]}
    raise UnknownToSimulationError(f"the simulation does not know the type {type_}; teach it in dryrun/cloud.py")


def call(token: str, arguments: Mapping[str, Any]) -> Properties:
    """Return the answer to a function call (an invoke).

    Raises:
        UnknownToSimulationError: the simulation does not know the call.

    """
    match token:
        case "azure-native:authorization:getClientConfig":
            return {
                "clientId": DEPLOYER,
                "objectId": DEPLOYER,
                "subscriptionId": SUBSCRIPTION,
                "tenantId": TENANT,
            }
        case "azure-native:containerregistry:getRegistry":
            name = arguments["registryName"]
            return {"name": name, "loginServer": f"{name.lower()}.azurecr.io", "sku": {"name": "Premium"}}
        case "azure-native:containerservice:getManagedCluster":
            place = (arguments["resourceGroupName"], arguments["resourceName"])
            return describe_cluster(place[1], TENANT, make_guid(*place, "kubelet"))
        case "azure-native:containerservice:listManagedClusterAdminCredentials":
            return _answer_credentials(arguments["resourceName"], "admin")
        case "azure-native:containerservice:listManagedClusterUserCredentials":
            return _answer_credentials(arguments["resourceName"], "user")
        case "azure-native:keyvault:getVault":
            return describe_vault(arguments, TENANT)
        case "azure-native:operationalinsights:getWorkspace":
            return describe_workspace(arguments)
        case "azure-native:resources:getResourceGroup":
            return describe_group(arguments, SUBSCRIPTION)
        case "azure-native:network:getSubnet":
            place = (arguments["virtualNetworkName"], arguments["subnetName"])
            # As with Azure, a subnet has a list of ranges, and the older field for one range is empty.
            return {"name": place[1], "addressPrefixes": [f"10.200.{int(hash_parts(*place)[:2], 16)}.0/24"]}
        case "azure-native:redisenterprise:listDatabaseKeys":
            # Like Azure's keys, these end in an equals sign, so that a URL with an unescaped key is noticed.
            cluster = arguments["clusterName"]
            return {f"{which}Key": f"{hash_parts(cluster, which)[:43]}=" for which in ("primary", "secondary")}
        case "azure-native:storage:listStorageAccountKeys":
            account = arguments["accountName"]
            keys = [(name, base64.b64encode(bytes.fromhex(hash_parts(account, name)) * 2)) for name in ("key1", "key2")]
            return {"keys": [{"keyName": name, "permissions": "FULL", "value": key.decode()} for name, key in keys]}
    raise UnknownToSimulationError(f"the simulation does not know the call {token}; teach it in dryrun/cloud.py")


def _create_azure(kind: str, name: str, inputs: Properties) -> tuple[str, Properties]:
    path = ARM_PATHS.get(kind)
    if path is None:
        raise UnknownToSimulationError(
            f"the simulation does not know the type azure-native:{kind}; teach it in dryrun/arm_paths.py"
        )
    own = path.rpartition("{")[2].rstrip("}")
    physical = inputs.get(own) or (
        make_guid(kind, name) if kind == "authorization:RoleAssignment" else _make_name(kind, name)
    )
    known = {**inputs, own: physical, "subscription": SUBSCRIPTION}
    text = path.format(**known)
    if not path.startswith(("/", "{scope}", "{resourceUri}")):
        text = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{inputs['resourceGroupName']}/providers/{text}"
    outputs = {**inputs, "name": physical}
    answer = _AZURE_OUTPUTS.get(kind)
    return text, {**outputs, **(answer(text, physical, inputs) if answer else {})}


def _make_name(kind: str, name: str) -> str:
    return f"{name}-{hash_parts(kind, name)[:8]}"


def _answer_identity(arm_id: str, _: str, __: Properties) -> Properties:
    return {"clientId": make_guid(arm_id, "client"), "principalId": make_guid(arm_id, "principal"), "tenantId": TENANT}


def _answer_cluster(arm_id: str, _: str, inputs: Properties) -> Properties:
    location = inputs["location"]
    # In a zone of others, a cluster has the name that it asks for.
    host = inputs.get("fqdnSubdomain") or f"{inputs['dnsPrefix']}-{hash_parts(arm_id)[:8]}"
    fqdn = f"{host}.hcp.{location}.azmk8s.io"
    identities = {user: _answer_identity(user, "", {}) for user in inputs["identity"]["userAssignedIdentities"]}
    return {
        "identity": {**inputs["identity"], "userAssignedIdentities": identities},
        "currentKubernetesVersion": f"{inputs['kubernetesVersion']}.0",
        "fqdn": fqdn,
        "oidcIssuerProfile": {
            "enabled": True,
            "issuerURL": f"https://{location}.oic.prod-aks.azure.com/{TENANT}/{make_guid(arm_id, 'issuer')}/",
        },
    }


def _answer_vault(_: str, name: str, inputs: Properties) -> Properties:
    return {"properties": {**inputs["properties"], "vaultUri": f"https://{name}.vault.azure.net/"}}


def _answer_vault_secret(arm_id: str, name: str, inputs: Properties) -> Properties:
    uri = f"https://{inputs['vaultName']}.vault.azure.net/secrets/{name}"
    value = str(inputs["properties"].get("value", ""))
    properties = {key: value for key, value in inputs["properties"].items() if key != "value"}
    version = hash_parts(arm_id, value)[:32]
    return {"properties": {**properties, "secretUri": uri, "secretUriWithVersion": f"{uri}/{version}"}}


def _answer_storage_account(_: str, name: str, __: Properties) -> Properties:
    kinds = ("blob", "dfs", "file", "queue", "table", "web")
    return {"primaryEndpoints": {kind: f"https://{name}.{kind}.core.windows.net/" for kind in kinds}}


def _answer_redis(_: str, name: str, inputs: Properties) -> Properties:
    return {"hostName": f"{name}.{inputs['location']}.redis.azure.net"}


_AZURE_OUTPUTS: Final[dict[str, Callable[[str, str, Properties], Properties]]] = {
    "containerregistry:Registry": lambda _, name, __: {"loginServer": f"{name.lower()}.azurecr.io"},
    "containerservice:ManagedCluster": _answer_cluster,
    "dbforpostgresql:Server": lambda _, name, __: {"fullyQualifiedDomainName": f"{name}.postgres.database.azure.com"},
    "keyvault:Secret": _answer_vault_secret,
    "keyvault:Vault": _answer_vault,
    "managedidentity:UserAssignedIdentity": _answer_identity,
    "network:PublicIPAddress": lambda arm_id, _, __: {"ipAddress": f"20.{int(hash_parts(arm_id)[:2], 16)}.113.10"},
    "redisenterprise:RedisEnterprise": _answer_redis,
    "storage:StorageAccount": _answer_storage_account,
}


def _create_kubernetes(name: str, inputs: Properties) -> tuple[str, Properties]:
    metadata = dict(inputs.get("metadata") or {})
    if "chart" in inputs:
        release = inputs.get("name") or name
        return f"{inputs.get('namespace', 'default')}/{release}", {
            **inputs,
            "name": release,
            "status": {"name": release},
        }
    object_name = metadata.get("name") or f"{name}-{hash_parts(name)[:8]}"
    namespace = metadata.get("namespace")
    full = f"{namespace}/{object_name}" if namespace else object_name
    return full, {**inputs, "metadata": {**metadata, "name": object_name, "uid": make_guid(full)}}


def _create_random(kind: str, name: str, inputs: Properties) -> tuple[str, Properties]:
    seed = hash_parts(kind, name, json.dumps(inputs, sort_keys=True, default=str))
    match kind:
        case "index/randomPassword:RandomPassword":
            return "none", {**inputs, "result": _make_password(seed, int(inputs["length"]))}
        case "index/randomBytes:RandomBytes":
            length = int(inputs["length"])
            raw = b"".join(bytes.fromhex(hash_parts(seed, str(index))) for index in range(length // 32 + 1))[:length]
            return "none", {**inputs, "base64": base64.b64encode(raw).decode(), "hex": raw.hex()}
        case "index/randomId:RandomId":
            return seed[:8], {**inputs, "hex": seed[: 2 * int(inputs["byteLength"])]}
    raise UnknownToSimulationError(f"the simulation does not know the type random:{kind}; teach it in dryrun/cloud.py")


def _make_password(seed: str, length: int) -> str:
    """Return letters and digits, with at least one lowercase letter, one uppercase letter and one digit."""
    alphabet = string.ascii_letters + string.digits
    digits = "".join(hash_parts(seed, str(index)) for index in range(length // 32 + 1))
    letters = [alphabet[int(digits[2 * index : 2 * index + 2], 16) % len(alphabet)] for index in range(length - 3)]
    return "".join([*letters, "a", "Z", "7"])


def _create_dynamic(name: str, inputs: Properties) -> tuple[str, Properties]:
    """Answer for an image import, which is the only dynamic resource.

    There is no registry to read, so only a pinned digest is known.
    """
    outputs = {key: value for key, value in inputs.items() if key != "__provider"}
    return name, {**outputs, "importedDigest": inputs.get("digest") or ""}


def _answer_credentials(cluster: str, user: str) -> Properties:
    return list_credentials(cluster, user, hash_parts(cluster, user, "key"), hash_parts(cluster, "authority"))
