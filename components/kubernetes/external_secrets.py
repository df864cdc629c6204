"""External Secrets: the operator, the store on the Key Vault, and one ExternalSecret per Kubernetes Secret."""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Namespace, ServiceAccount
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.component_outputs import register_annotated_outputs
from components.settings.pins import Chart

from .csi_keeper import DRIVER_LABEL
from .namespace import CLIENT_ID_ANNOTATION, pod_security

OPERATOR_NAMESPACE: Final = "external-secrets"
OPERATOR_RELEASE: Final = "external-secrets"
STORE: Final = "key-vault"
_API: Final = "external-secrets.io/v1"
_TIMEOUT_SECONDS: Final = 600

_STATIC_VALUES: Final = Path(__file__).resolve().parents[2] / "charts" / "external-secrets" / "values.yaml"


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsArgs:
    """What ExternalSecrets needs: its chart and image, the vault, and which secrets to bring where."""

    chart: Chart
    image: Input[str]
    namespace: Input[str]
    service_account: str
    client_id: Input[str]
    tenant_id: Input[str]
    vault_uri: Input[str]
    refresh_minutes: int
    secrets: Mapping[str, Mapping[str, Input[str]]]
    versions: Mapping[str, Input[str]]


class ExternalSecrets(ComponentResource):
    """Kubernetes Secrets that follow the Key Vault, read with a workload identity.

    The operator runs on the system pool, which lives as long as the cluster: its webhook must answer until the last
    ExternalSecret is deleted.
    """

    versions: dict[str, Output[str]]

    def __init__(self, name: str, args: ExternalSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:ExternalSecrets", name, None, opts)
        self._name = name
        self._args = args
        operator = self._operator()
        store = self._store(operator)
        # Known once the Kubernetes Secret of that name is there. After a change the operator has been told, and needs
        # a second or two to look: a condition that is true already cannot be waited for.
        self.versions = {
            secret: Output.all(args.versions[secret], self._external_secret(secret, keys, store).id).apply(
                lambda values: str(values[0])
            )
            for secret, keys in args.secrets.items()
        }
        register_annotated_outputs(self)

    def _operator(self) -> Release:
        namespace = Namespace(
            f"{self._name}-namespace",
            metadata={"name": OPERATOR_NAMESPACE, "labels": pod_security("restricted")},
            opts=ResourceOptions(parent=self),
        )
        chart = self._args.chart
        return Release(
            f"{self._name}-operator",
            name=OPERATOR_RELEASE,
            namespace=namespace.metadata.name,
            chart=chart.name,
            version=chart.version,
            repository_opts=RepositoryOptsArgs(repo=chart.repository),
            values=Output.all(image=self._args.image, namespace=self._args.namespace).apply(
                lambda wires: external_secrets_values(wires["image"], wires["namespace"])
            ),
            timeout=_TIMEOUT_SECONDS,
            max_history=5,
            skip_await=False,
            opts=ResourceOptions(parent=self),
        )

    def _store(self, operator: Release) -> list[Resource]:
        """The store, and the right to mint tokens for its account and no other."""
        args = self._args
        account = ServiceAccount(
            f"{self._name}-{args.service_account}",
            metadata={
                "name": args.service_account,
                "namespace": args.namespace,
                "annotations": {CLIENT_ID_ANNOTATION: args.client_id},
            },
            automount_service_account_token=False,
            opts=ResourceOptions(parent=self),
        )
        role = Role(
            f"{self._name}-token-role",
            metadata={"name": "external-secrets-token", "namespace": args.namespace},
            rules=[
                {
                    "apiGroups": [""],
                    "resources": ["serviceaccounts/token"],
                    "verbs": ["create"],
                    "resourceNames": [args.service_account],
                }
            ],
            opts=ResourceOptions(parent=self),
        )
        binding = RoleBinding(
            f"{self._name}-token-role-binding",
            metadata={"name": "external-secrets-token", "namespace": args.namespace},
            role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
            subjects=[{"kind": "ServiceAccount", "name": OPERATOR_RELEASE, "namespace": OPERATOR_NAMESPACE}],
            opts=ResourceOptions(parent=self),
        )
        store = self._custom_resource(
            "SecretStore",
            STORE,
            {
                "provider": {
                    "azurekv": {
                        "authType": "WorkloadIdentity",
                        "vaultUrl": args.vault_uri,
                        "tenantId": args.tenant_id,
                        "serviceAccountRef": {"name": account.metadata.name},
                    }
                }
            },
            {},
            # Its kind comes with the operator, and it becomes ready only with the right above.
            [operator, binding],
        )
        return [operator, store]

    def _external_secret(self, secret: str, keys: Mapping[str, Input[str]], after: list[Resource]) -> CustomResource:
        spec = {
            "refreshInterval": f"{self._args.refresh_minutes}m",
            "secretStoreRef": {"kind": "SecretStore", "name": STORE},
            "target": {"name": secret, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [{"secretKey": key, "remoteRef": {"key": vault_name}} for key, vault_name in keys.items()],
        }
        # A changed annotation makes the operator look at the vault at once, not at the next refresh.
        annotations = {"airflow-aks/secret-versions": self._args.versions[secret]}
        # The operator copies the label to the Secret. The CSI driver sees no Secret without it, and could not take this
        # one over when the delivery is changed: it would be deleted with the ExternalSecret.
        return self._custom_resource("ExternalSecret", secret, spec, annotations, after, DRIVER_LABEL)

    def _custom_resource(
        self,
        kind: str,
        object_name: str,
        spec: Any,
        annotations: Mapping[str, Input[str]],
        after: list[Resource],
        labels: Mapping[str, str] | None = None,
    ) -> CustomResource:
        return CustomResource(
            f"{self._name}-{kind.lower()}-{object_name}",
            api_version=_API,
            kind=kind,
            metadata={
                "name": object_name,
                "namespace": self._args.namespace,
                "annotations": {"pulumi.com/waitFor": "condition=Ready", **annotations},
                **({"labels": dict(labels)} if labels else {}),
            },
            spec=spec,
            opts=ResourceOptions(parent=self, depends_on=after),
        )


def external_secrets_values(image: str, namespace: str) -> dict[str, Any]:
    """The static values, the image in the stack's registry, and the one namespace that the operator works in."""
    repository, _, tag = _split(image)
    values = copy.deepcopy(_static())
    values["scopedNamespace"] = namespace
    for part in (values, values["webhook"], values["certController"]):
        part["image"] = {"repository": repository, "tag": tag}
    return values


@functools.cache
def _static() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(_STATIC_VALUES.read_text(encoding="utf-8"))
    return content


def _split(image: str) -> tuple[str, str, str]:
    """Repository and tag (with its digest, if any) of a full reference; a registry's port is no tag."""
    head, slash, last = image.rpartition("/")
    name, colon, tag = last.partition(":")
    return f"{head}{slash}{name}", colon, tag
