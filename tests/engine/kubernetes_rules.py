"""What a Kubernetes API server and Helm refuse, as far as a simulation can know it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from components.kubernetes.chart_source import chart_source
from components.settings.pins import load_pins
from tests.engine import apply_rules, certificate_rules, csi_rules, gateway_rules, vault_rules
from tests.plans import PINS_FILE

from . import existing_registry
from .refusal import CloudError

if TYPE_CHECKING:
    from .existing_objects import CloudObject
    from .simulated_cloud import SimulatedCloud

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_VOLUME: Final = "kubernetes:core/v1:PersistentVolume"
_CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
_STORE: Final = "kubernetes:external-secrets.io/v1:SecretStore"
_EXTERNAL_SECRET: Final = "kubernetes:external-secrets.io/v1:ExternalSecret"
# Kinds that a chart brings; its release must be there first.
_BROUGHT_BY: Final = {certificate_rules.API: "cert-manager", "external-secrets.io/v1": "external-secrets"}


def check_create(cloud: SimulatedCloud, type_: str, inputs: dict[str, Any]) -> None:
    """Refuse what the cluster would refuse."""
    if not type_.startswith("kubernetes:"):
        return
    if not any(item.type == "azure-native:containerservice:ManagedCluster" for item in cloud.objects.values()):
        raise CloudError("dial tcp: no such host: there is no cluster")
    namespace = inputs.get("namespace") if type_ == _RELEASE else inputs.get("metadata", {}).get("namespace")
    if namespace and namespace not in {*_names(cloud, _NAMESPACE), "kube-system"}:
        raise CloudError(f'namespaces "{namespace}" not found')
    chart = _BROUGHT_BY.get(inputs.get("apiVersion", ""))
    if chart is not None and chart not in {item.inputs["chart"] for item in _items(cloud, _RELEASE)}:
        raise CloudError(f'no matches for kind "{inputs["kind"]}" in version "{inputs["apiVersion"]}"')
    if inputs.get("apiVersion") == csi_rules.API and not csi_rules.driver_runs(cloud):
        raise CloudError(f'no matches for kind "{inputs["kind"]}" in version "{inputs["apiVersion"]}"')
    csi_rules.check_keeper(cloud, type_, inputs)
    existing_registry.check_pull(cloud, type_, inputs)
    apply_rules.check_conditions(inputs)
    gateway_rules.check_create(cloud, type_, inputs)
    certificate_rules.check_ready(cloud, type_, inputs)
    if type_ == _STORE:
        _check_operator(cloud, inputs)
    if type_ == _EXTERNAL_SECRET:
        _check_vault(cloud, inputs)
    if type_ == _CLAIM:
        _check_binding(cloud, inputs)
    if type_ == _RELEASE:
        _check_chart(inputs)
        _check_claims(cloud, inputs)
    for secret, key in _secrets_needed(type_, inputs):
        if key not in _synced(cloud).get(secret, set()):
            raise CloudError(
                f"couldn't find key {key} in Secret {namespace}/{secret}: timed out waiting for the condition"
            )


def check_delete(cloud: SimulatedCloud, gone: CloudObject) -> None:
    """A claim stays as long as a pod mounts it, and a volume as long as a claim is bound to it."""
    gateway_rules.check_delete(cloud, gone)
    name = gone.inputs.get("metadata", {}).get("name")
    if gone.type == _CLAIM:
        for item in _items(cloud, _RELEASE):
            values = item.inputs["values"]
            parts = (values.get(key, {}).get("persistence", {}) for key in ("logs", "dags"))
            if name in [part.get("existingClaim") for part in parts if part.get("enabled")]:
                raise CloudError(f"persistentvolumeclaim {name} is in use: timed out waiting for its deletion")
    if gone.type == _VOLUME and name in {item.inputs["spec"]["volumeName"] for item in _items(cloud, _CLAIM)}:
        raise CloudError(f"persistentvolume {name} is bound: timed out waiting for its deletion")


def after_delete(cloud: SimulatedCloud, gone: CloudObject) -> None:
    """What goes with a namespace."""
    if gone.type != _NAMESPACE:
        return
    name = gone.inputs["metadata"]["name"]
    inside = [
        key
        for key, item in cloud.objects.items()
        if item.type.startswith("kubernetes:")
        and name in (item.inputs.get("namespace"), item.inputs.get("metadata", {}).get("namespace"))
    ]
    for key in inside:
        del cloud.objects[key]


def _items(cloud: SimulatedCloud, type_: str) -> Iterator[CloudObject]:
    return (item for item in cloud.objects.values() if item.type == type_)


def _names(cloud: SimulatedCloud, type_: str) -> set[str]:
    return {item.inputs["metadata"]["name"] for item in _items(cloud, type_)}


def _synced(cloud: SimulatedCloud) -> dict[str, set[str]]:
    """Kubernetes Secrets that the operator or the driver has made, and their keys."""
    return csi_rules.synced(cloud) | {
        item.inputs["spec"]["target"]["name"]: {entry["secretKey"] for entry in item.inputs["spec"]["data"]}
        for item in _items(cloud, _EXTERNAL_SECRET)
    }


def _check_vault(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """An ExternalSecret becomes ready only when the vault holds what it asks for."""
    held = {item.inputs["secretName"] for item in _items(cloud, "azure-native:keyvault:Secret")}
    for entry in inputs["spec"]["data"]:
        if entry["remoteRef"]["key"] not in held:
            raise CloudError(f"SecretSyncedError: Secret does not exist: {entry['remoteRef']['key']}")
    vault_rules.check_reads(cloud, [entry["remoteRef"]["key"] for entry in inputs["spec"]["data"]])


def _check_operator(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """A store becomes ready only if an operator works in its namespace, and Entra trusts its service account."""
    namespace = inputs["metadata"]["namespace"]
    watched = {item.inputs["values"].get("scopedNamespace") for item in _items(cloud, _RELEASE)}
    if namespace not in watched:
        raise CloudError(f"no operator looks at namespace {namespace}: timed out waiting for condition=Ready")
    account = inputs["spec"]["provider"]["azurekv"]["serviceAccountRef"]["name"]
    subject = f"system:serviceaccount:{namespace}:{account}"
    if subject not in {item.inputs["subject"] for item in _items(cloud, _CREDENTIAL)}:
        raise CloudError(f"AADSTS70021: no matching federated identity record for {subject}")


def _check_binding(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """A claim is bound only when the volume that it names is there, fits it and is no other claim's."""
    name, spec = inputs["metadata"]["name"], inputs["spec"]
    volumes = {item.inputs["metadata"]["name"]: item.inputs["spec"] for item in _items(cloud, _VOLUME)}
    volume = volumes.get(spec["volumeName"])
    taken = {
        item.inputs["spec"]["volumeName"] for item in _items(cloud, _CLAIM) if item.inputs["metadata"]["name"] != name
    }
    if volume is None or spec["volumeName"] in taken:
        raise CloudError(f"persistentvolumeclaim {name} is Pending: volume {spec['volumeName']} is not available")
    if (volume["storageClassName"], volume["accessModes"]) != (spec["storageClassName"], spec["accessModes"]):
        raise CloudError(f"persistentvolumeclaim {name} is Pending: volume {spec['volumeName']} does not fit")


def _check_claims(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """Pods start only when the claims that they mount are there, and what the volume's driver needs."""
    if inputs["chart"] != "airflow":
        return
    claims = {item.inputs["metadata"]["name"]: item.inputs["spec"] for item in _items(cloud, _CLAIM)}
    volumes = {item.inputs["metadata"]["name"]: item.inputs["spec"]["csi"] for item in _items(cloud, _VOLUME)}
    for part in (inputs["values"]["logs"], inputs["values"]["dags"]):
        if not part["persistence"]["enabled"]:
            continue
        claim = part["persistence"]["existingClaim"]
        if claim not in claims:
            raise CloudError(f'persistentvolumeclaim "{claim}" not found: timed out waiting for the condition')
        source = volumes[claims[claim]["volumeName"]]
        if "nodeStageSecretRef" in source and source["nodeStageSecretRef"]["name"] not in _synced(cloud):
            raise CloudError(f"FailedMount: secret {source['nodeStageSecretRef']['name']} not found")


def _check_chart(inputs: dict[str, Any]) -> None:
    pins = load_pins(PINS_FILE)
    charts = [addon.chart for addon in (pins.cert_manager, pins.envoy_gateway, pins.external_secrets)]
    charts += [line.chart for line in pins.airflow.values()]
    asked = (inputs.get("repositoryOpts", {}).get("repo"), inputs["chart"], inputs["version"])
    sources = [chart_source(chart) for chart in charts]
    if asked not in {(one.get("repository_opts", {}).get("repo"), one["chart"], one["version"]) for one in sources}:
        raise CloudError(f"failed to fetch chart {asked[1]} {asked[2]} from {asked[0]}")


def _secrets_needed(type_: str, inputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of Secrets without which a pod would not start."""
    if type_ == "kubernetes:batch/v1:Job":
        for container in inputs["spec"]["template"]["spec"]["containers"]:
            for variable in container["env"]:
                if "valueFrom" in variable:
                    reference = variable["valueFrom"]["secretKeyRef"]
                    yield reference["name"], reference["key"]
    if type_ == _RELEASE and inputs["chart"] == "airflow":
        values = inputs["values"]
        yield values["fernetKeySecretName"], "fernet-key"
        if str(values["airflowVersion"]).startswith("2."):
            yield values["webserverSecretKeySecretName"], "webserver-secret-key"
        else:
            yield values["apiSecretKeySecretName"], "api-secret-key"
            yield values["jwtSecretName"], "jwt-secret"
        yield values["data"]["metadataSecretName"], "connection"
        if values["pgbouncer"]["enabled"]:
            yield values["pgbouncer"]["configSecretName"], "pgbouncer.ini"
            yield values["pgbouncer"]["metricsExporterSidecar"]["statsSecretName"], "connection"
        for entry in values.get("secret", ()):
            yield entry["secretName"], entry["secretKey"]
