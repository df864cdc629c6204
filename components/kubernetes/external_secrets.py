"""Secrets through External Secrets: the operator, a store for the vault, and an ExternalSecret for each Secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.pins import Chart

from .external_secret_targets import opaque_target, tls_target
from .image_reference import split_reference
from .labels_and_annotations import DRIVER_LABEL, FORCE_ANNOTATION, ROTATION_ANNOTATION
from .namespace import ServiceAccountSpec, create_closed_namespace, create_service_account
from .secret_source import SecretSource
from .way_out import DIRECT, ContainerWayOut, WayOut, create_trusted_certificates

OPERATOR: Final = "external-secrets"
STORE: Final = "key-vault"
_API: Final = "external-secrets.io/v1"
_TIMEOUT_SECONDS: Final = 600

_STATIC_VALUES: Final = Path(__file__).resolve().parents[2] / "charts" / "external-secrets" / "values.yaml"


@dataclass(frozen=True, kw_only=True)
class ExternalSecretsArgs:
    """What ExternalSecrets needs: what to read, how often to refresh it, and the operator's chart and image.

    `operator` is the name of the release and of its namespace, and `egress_policies` are Cilium's policies there.
    `kinds` is an output of the operator that has brought the kinds; None: this one brings them.
    """

    source: SecretSource
    chart: Chart
    image: Input[str]
    refresh_minutes: int
    egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    operator: str
    kinds: Input[Any] | None
    way_out: WayOut


class ExternalSecrets(ComponentResource):
    """Kubernetes Secrets that follow the Key Vault through an operator, which signs in with a workload identity.

    The operator must run until the last ExternalSecret is deleted. So it runs on the system pool, which exists as long
    as the cluster. Its webhook and the webhook's certificate controller, which may read every Secret, are off.
    """

    versions: dict[str, Output[str]]

    def __init__(self, name: str, args: ExternalSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:ExternalSecrets", name, None, opts)
        self._name = name
        self._args = args
        store = self._create_store(self._install_operator())
        # Depends on the ExternalSecret, so that no pod starts before its Secret exists. After a change of a Secret,
        # the operator still needs a second or two to read the vault. Pulumi does not wait for that, because the
        # condition Ready is true already.
        self.versions = {
            secret: make_depend_on(args.source.versions[secret], self._create_external_secret(secret, keys, store).id)
            for secret, keys in args.source.secrets.items()
        }
        register_annotated_outputs(self)

    def _install_operator(self) -> Release:
        closed, policies = create_closed_namespace(
            self._name, self._args.operator, {}, self._args.egress_policies, self
        )
        certificates = create_trusted_certificates(self._name, closed, self._args.way_out.bundle, self)
        namespace: Output[str] = make_depend_on(closed, *policies, *certificates)
        chart = self._args.chart
        return Release(
            f"{self._name}-operator",
            name=self._args.operator,
            namespace=namespace,
            chart=chart.name,
            version=chart.version,
            repository_opts=RepositoryOptsArgs(repo=chart.repository),
            values=Output.all(
                self._args.image, self._args.source.namespace, self._args.kinds, self._args.way_out.of_container
            ).apply(
                lambda resolved: external_secrets_values(
                    resolved[0], resolved[1], brings_kinds=resolved[2] is None, way_out=resolved[3]
                )
            ),
            timeout=_TIMEOUT_SECONDS,
            max_history=5,
            skip_await=False,
            opts=ResourceOptions(parent=self),
        )

    def _create_store(self, operator: Release) -> list[Resource]:
        """Create the store, and return the resources that each ExternalSecret depends on."""
        source = self._args.source
        spec = ServiceAccountSpec(name=source.service_account, client_id=source.client_id)
        account = create_service_account(self._name, source.namespace, spec, self)
        store = self._create_custom_resource(
            "SecretStore",
            STORE,
            {
                "provider": {
                    "azurekv": {
                        "authType": "WorkloadIdentity",
                        "vaultUrl": source.vault_uri,
                        "tenantId": source.tenant_id,
                        "serviceAccountRef": {"name": account.metadata.name},
                    }
                }
            },
            {},
            # The operator's chart defines the kind, and the store becomes ready only when the operator may create
            # tokens.
            [operator, self._grant_token_creation()],
        )
        return [operator, store]

    def _grant_token_creation(self) -> RoleBinding:
        """Let the operator create tokens for the store's service account and no other."""
        source = self._args.source
        role = Role(
            f"{self._name}-token-role",
            metadata={"name": "external-secrets-token", "namespace": source.namespace},
            rules=[
                {
                    "apiGroups": [""],
                    "resources": ["serviceaccounts/token"],
                    "verbs": ["create"],
                    "resourceNames": [source.service_account],
                }
            ],
            opts=ResourceOptions(parent=self),
        )
        return RoleBinding(
            f"{self._name}-token-role-binding",
            metadata={"name": "external-secrets-token", "namespace": source.namespace},
            role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
            subjects=[{"kind": "ServiceAccount", "name": self._args.operator, "namespace": self._args.operator}],
            opts=ResourceOptions(parent=self),
        )

    def _create_external_secret(
        self, secret: str, keys: Mapping[str, Input[str]], after: list[Resource]
    ) -> CustomResource:
        match self._args.source.kind:
            case "Opaque":
                synced = opaque_target(secret, keys)
            case "kubernetes.io/tls":
                synced = tls_target(secret, keys)
        spec = {
            "refreshInterval": f"{self._args.refresh_minutes}m",
            "secretStoreRef": {"kind": "SecretStore", "name": STORE},
            **synced,
        }
        annotations = {ROTATION_ANNOTATION: self._args.source.versions[secret]}
        # The operator copies the label to the Secret, so that the CSI driver takes the Secret over after a switch to
        # CSI. Without the label, the driver would ignore the Secret, which would then be deleted with the
        # ExternalSecret.
        return self._create_custom_resource("ExternalSecret", secret, spec, annotations, after, DRIVER_LABEL)

    def _create_custom_resource(
        self,
        kind: str,
        object_name: str,
        spec: Any,
        annotations: Mapping[str, Input[str]],
        after: list[Resource],
        labels: Mapping[str, str] | None = None,
    ) -> CustomResource:
        wait_for = Output.all(**annotations, **FORCE_ANNOTATION).apply(wait_conditions)
        return CustomResource(
            f"{self._name}-{kind.lower()}-{object_name}",
            api_version=_API,
            kind=kind,
            metadata={
                "name": object_name,
                "namespace": self._args.source.namespace,
                "annotations": {"pulumi.com/waitFor": wait_for, **annotations},
                **({"labels": dict(labels)} if labels else {}),
            },
            spec=spec,
            opts=ResourceOptions(parent=self, depends_on=after),
        )


def wait_conditions(annotations: Mapping[str, str]) -> str:
    """Return what the provider waits for: an object that is ready and has these annotations.

    The provider reads the object from a cache, which may still hold the object from before the update. That object is
    ready too, and a change of annotations makes no new generation, by which the provider would recognize it. Without
    the annotations as conditions, the old object would come into the state, and the next update would not be empty.
    """
    expected = [f"jsonpath={{.metadata.annotations['{key}']}}={value}" for key, value in sorted(annotations.items())]
    return json.dumps(["condition=Ready", *expected])


def external_secrets_values(
    image: str, namespace: str, *, brings_kinds: bool = True, way_out: ContainerWayOut = DIRECT
) -> dict[str, Any]:
    """Return the static values, with the image from the stack's registry and the only namespace to watch."""
    values: dict[str, Any] = yaml.safe_load(_STATIC_VALUES.read_text(encoding="utf-8"))
    values["scopedNamespace"] = namespace
    values["image"] = split_reference(image)
    values["installCRDs"] = brings_kinds
    # It calls Entra and the Key Vault.
    added = {
        "extraEnv": way_out.variables(),
        "extraVolumes": way_out.volumes,
        "extraVolumeMounts": way_out.mounts,
        "podAnnotations": way_out.annotations,
    }
    return {**values, **{key: value for key, value in added.items() if value}}
