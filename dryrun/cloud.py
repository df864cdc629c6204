"""The simulated Azure: what a resource answers with, by its type.

Ids and values derive from names alone, so that two runs answer the same. An unknown type or call is an error: it would
otherwise answer with nothing, and what hangs on the answer would be dropped without a word.
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

Properties = dict[str, Any]

SUBSCRIPTION: Final = str(uuid.uuid5(uuid.NAMESPACE_DNS, "subscription.dry-run"))
TENANT: Final = str(uuid.uuid5(uuid.NAMESPACE_DNS, "tenant.dry-run"))
DEPLOYER: Final = str(uuid.uuid5(uuid.NAMESPACE_DNS, "deployer.dry-run"))


class UnknownToSimulationError(Exception):
    """A type or call that the simulation does not know; it must be taught before the program may use it."""


def seeded(*parts: str) -> str:
    """64 hex digits that stand for the parts."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def guid(*parts: str) -> str:
    """A GUID that stands for the parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join(parts)))


def create(type_: str, name: str, inputs: Mapping[str, Any]) -> tuple[str, Properties]:
    """Id and outputs of a resource that is made with these inputs.

    Raises:
        UnknownToSimulationError: for a type that the simulation does not know.

    """
    package, _, rest = type_.partition(":")
    match package:
        case "azure-native":
            return _azure(rest, name, dict(inputs))
        case "kubernetes":
            return _kubernetes(name, dict(inputs))
        case "random":
            return _random(rest, name, dict(inputs))
        case "pulumi-python":
            return _dynamic(name, dict(inputs))
        case "pulumi" if rest.startswith("providers:"):
            return f"{name}-id", dict(inputs)
        case "pulumi" if rest == "index:Stash":
            return f"{name}-id", {"input": inputs["input"], "output": inputs["input"]}
    raise UnknownToSimulationError(f"the simulation does not know the type {type_}; teach it in dryrun/cloud.py")


def call(token: str, arguments: Mapping[str, Any]) -> Properties:
    """The answer to an invoke.

    Raises:
        UnknownToSimulationError: for a call that the simulation does not know.

    """
    match token:
        case "azure-native:authorization:getClientConfig":
            return {
                "clientId": DEPLOYER,
                "objectId": DEPLOYER,
                "subscriptionId": SUBSCRIPTION,
                "tenantId": TENANT,
            }
        case "azure-native:containerservice:listManagedClusterAdminCredentials":
            return {"kubeconfigs": [{"name": "clusterAdmin", "value": _kubeconfig(arguments["resourceName"], "admin")}]}
        case "azure-native:containerservice:listManagedClusterUserCredentials":
            return {"kubeconfigs": [{"name": "clusterUser", "value": _kubeconfig(arguments["resourceName"], "user")}]}
        case "azure-native:redisenterprise:listDatabaseKeys":
            # Azure's keys end in an equals sign, which a URL must not hold as it is.
            cluster = arguments["clusterName"]
            return {f"{which}Key": f"{seeded(cluster, which)[:43]}=" for which in ("primary", "secondary")}
        case "azure-native:storage:listStorageAccountKeys":
            account = arguments["accountName"]
            keys = [(name, base64.b64encode(bytes.fromhex(seeded(account, name)) * 2)) for name in ("key1", "key2")]
            return {"keys": [{"keyName": name, "permissions": "FULL", "value": key.decode()} for name, key in keys]}
    raise UnknownToSimulationError(f"the simulation does not know the call {token}; teach it in dryrun/cloud.py")


def _azure(kind: str, name: str, inputs: Properties) -> tuple[str, Properties]:
    path = ARM_PATHS.get(kind)
    if path is None:
        raise UnknownToSimulationError(
            f"the simulation does not know the type azure-native:{kind}; teach it in dryrun/arm_paths.py"
        )
    own = path.rpartition("{")[2].rstrip("}")
    physical = inputs.get(own) or (
        guid(kind, name) if kind == "authorization:RoleAssignment" else _auto_name(kind, name)
    )
    known = {**inputs, own: physical, "subscription": SUBSCRIPTION}
    text = path.format(**known)
    if not path.startswith(("/", "{scope}")):
        text = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{inputs['resourceGroupName']}/providers/{text}"
    outputs = {**inputs, "name": physical}
    answer = _AZURE_OUTPUTS.get(kind)
    return text, {**outputs, **(answer(text, physical, inputs) if answer else {})}


def _auto_name(kind: str, name: str) -> str:
    return f"{name}-{seeded(kind, name)[:8]}"


def _identity(arm_id: str, _: str, __: Properties) -> Properties:
    return {"clientId": guid(arm_id, "client"), "principalId": guid(arm_id, "principal"), "tenantId": TENANT}


def _cluster(arm_id: str, _: str, inputs: Properties) -> Properties:
    location = inputs["location"]
    fqdn = f"{inputs['dnsPrefix']}-{seeded(arm_id)[:8]}.hcp.{location}.azmk8s.io"
    users = inputs["identity"]["userAssignedIdentities"]
    return {
        "identity": {**inputs["identity"], "userAssignedIdentities": {user: _identity(user, "", {}) for user in users}},
        "currentKubernetesVersion": f"{inputs['kubernetesVersion']}.0",
        "fqdn": fqdn,
        "oidcIssuerProfile": {
            "enabled": True,
            "issuerURL": f"https://{location}.oic.prod-aks.azure.com/{TENANT}/{guid(arm_id, 'issuer')}/",
        },
    }


def _vault(_: str, name: str, inputs: Properties) -> Properties:
    return {"properties": {**inputs["properties"], "vaultUri": f"https://{name}.vault.azure.net/"}}


def _vault_secret(arm_id: str, name: str, inputs: Properties) -> Properties:
    uri = f"https://{inputs['vaultName']}.vault.azure.net/secrets/{name}"
    value = str(inputs["properties"].get("value", ""))
    properties = {key: value for key, value in inputs["properties"].items() if key != "value"}
    version = seeded(arm_id, value)[:32]
    return {"properties": {**properties, "secretUri": uri, "secretUriWithVersion": f"{uri}/{version}"}}


def _storage_account(_: str, name: str, __: Properties) -> Properties:
    kinds = ("blob", "dfs", "file", "queue", "table", "web")
    return {"primaryEndpoints": {kind: f"https://{name}.{kind}.core.windows.net/" for kind in kinds}}


def _redis(_: str, name: str, inputs: Properties) -> Properties:
    return {"hostName": f"{name}.{inputs['location']}.redis.azure.net"}


_AZURE_OUTPUTS: Final[dict[str, Callable[[str, str, Properties], Properties]]] = {
    "containerregistry:Registry": lambda _, name, __: {"loginServer": f"{name.lower()}.azurecr.io"},
    "containerservice:ManagedCluster": _cluster,
    "dbforpostgresql:Server": lambda _, name, __: {"fullyQualifiedDomainName": f"{name}.postgres.database.azure.com"},
    "keyvault:Secret": _vault_secret,
    "keyvault:Vault": _vault,
    "managedidentity:UserAssignedIdentity": _identity,
    "network:PublicIPAddress": lambda arm_id, _, __: {"ipAddress": f"20.{int(seeded(arm_id)[:2], 16)}.113.10"},
    "redisenterprise:RedisEnterprise": _redis,
    "storage:StorageAccount": _storage_account,
}


def _kubernetes(name: str, inputs: Properties) -> tuple[str, Properties]:
    metadata = dict(inputs.get("metadata") or {})
    if "chart" in inputs:
        release = inputs.get("name") or name
        return f"{inputs.get('namespace', 'default')}/{release}", {
            **inputs,
            "name": release,
            "status": {"name": release},
        }
    object_name = metadata.get("name") or f"{name}-{seeded(name)[:8]}"
    namespace = metadata.get("namespace")
    full = f"{namespace}/{object_name}" if namespace else object_name
    return full, {**inputs, "metadata": {**metadata, "name": object_name, "uid": guid(full)}}


def _random(kind: str, name: str, inputs: Properties) -> tuple[str, Properties]:
    seed = seeded(kind, name, json.dumps(inputs, sort_keys=True, default=str))
    match kind:
        case "index/randomPassword:RandomPassword":
            return "none", {**inputs, "result": _password(seed, int(inputs["length"]))}
        case "index/randomBytes:RandomBytes":
            raw = b"".join(bytes.fromhex(seeded(seed, str(index))) for index in range(int(inputs["length"]) // 32 + 1))
            raw = raw[: int(inputs["length"])]
            return "none", {**inputs, "base64": base64.b64encode(raw).decode(), "hex": raw.hex()}
        case "index/randomId:RandomId":
            return seed[:8], {**inputs, "hex": seed[: 2 * int(inputs["byteLength"])]}
    raise UnknownToSimulationError(f"the simulation does not know the type random:{kind}; teach it in dryrun/cloud.py")


def _password(seed: str, length: int) -> str:
    """Letters and digits, among them one of each kind."""
    alphabet = string.ascii_letters + string.digits
    digits = "".join(seeded(seed, str(index)) for index in range(length // 32 + 1))
    letters = [alphabet[int(digits[2 * index : 2 * index + 2], 16) % len(alphabet)] for index in range(length - 3)]
    return "".join([*letters, "a", "Z", "7"])


def _dynamic(name: str, inputs: Properties) -> tuple[str, Properties]:
    """A dynamic resource: an image import. The simulated registry cannot be reached, so that no digest is read back."""
    outputs = {key: value for key, value in inputs.items() if key != "__provider"}
    return name, {**outputs, "importedDigest": inputs.get("digest") or ""}


def _kubeconfig(cluster: str, user: str) -> str:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": f"https://{cluster}.dry-run.invalid:443"}}],
        "users": [{"name": user, "user": {"client-key-data": seeded(cluster, user, "key")}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
        "current-context": cluster,
    }
    return base64.b64encode(json.dumps(config).encode()).decode()
