"""The certificate of the gateway, from the source that the stack file selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.access_sections import TlsSettings
from components.settings.airflow_sections import SecretsSettings
from components.settings.pins import Chart

from . import certificate_objects
from .cert_manager import CertManager, CertManagerArgs
from .certificate_secret import TLS_SECRET
from .labels_and_annotations import DRIVER_LABEL
from .secret_source import SecretSource
from .secret_sync import SecretSync, SecretSyncArgs
from .way_out import WayOut

_API: Final = "cert-manager.io/v1"
# The operator of the stack's secrets works in Airflow's namespace only, where any DAG can mount any Secret.
SYNC_OPERATOR: Final = "external-secrets-gateway"


@dataclass(frozen=True, kw_only=True)
class VaultDelivery:
    """What the delivery of a certificate from the Key Vault needs, beside what every source needs.

    `kinds` is an output of the operator of the stack's secrets, which brings External Secrets' kinds.
    """

    settings: SecretsSettings
    service_account: str
    tenant_id: Input[str]
    vault_uri: Input[str]
    chart: Chart
    image: Input[str]
    operator_egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    kinds: Input[Any]


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """What Certificates needs: the source, the gateway that shows the certificate, and what each source needs.

    `namespace` is the Gateway's; it depends on the Gateway API's CRDs. `gateway` is the Gateway's name; it depends on
    the Gateway, so that Let's Encrypt finds it. `azure_name`: the host is a name that Azure gives. `client_id` is the
    identity for the DNS zone or the Key Vault. `policies` and `egress_policies` are those of cert-manager's
    namespace, `solver_policy` is that of its solver in the Gateway's.
    """

    settings: TlsSettings
    host: str
    azure_name: bool
    dns_zone_id: str | None
    namespace: Input[str]
    gateway: Input[str]
    client_id: Input[str] | None
    chart: Chart
    images: Mapping[str, Input[str]]
    policies: Mapping[str, Mapping[str, Any]]
    egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    solver_policy: Mapping[str, Any]
    node_selector: Input[Mapping[str, str]]
    vault: VaultDelivery
    way_out: WayOut


class Certificates(ComponentResource):
    """A Secret of type kubernetes.io/tls in the gateway's namespace, and what renews it.

    With cert-manager, no object owns the Secret. It stays when the Certificate or cert-manager is deleted, so that a
    new installation takes it over and orders no second certificate. Only a Secret that the CSI driver makes has an
    owner.
    """

    secret_name: Output[str]

    def __init__(self, name: str, args: CertificatesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:Certificates", name, None, opts)
        self._name = name
        self._args = args
        match args.settings.issuer:
            case "letsencrypt":
                made = self._order("letsencrypt")
            case "letsencryptStaging":
                made = self._order("letsencrypt-staging")
            case "selfSigned":
                made = self._sign()
            case "keyVault":
                made = self._copy(args.vault)
        self.secret_name = make_depend_on(TLS_SECRET, made)
        register_annotated_outputs(self)

    def _order(self, server: str) -> Output[str]:
        """Order from Let's Encrypt: by a record in the DNS zone if one is given, else by an answer of the gateway."""
        args = self._args
        if args.dns_zone_id is not None:
            solver = Output.all(args.dns_zone_id, args.client_id).apply(
                lambda resolved: certificate_objects.dns_solver(*resolved)
            )
        else:
            solver = Output.all(args.gateway, args.namespace, args.node_selector).apply(
                lambda resolved: certificate_objects.http_solver(*resolved, azure_name=args.azure_name)
            )
            self._admit_to_solver()
        spec = solver.apply(lambda solver: certificate_objects.acme_issuer_spec(server, args.settings.email, solver))
        issuer = self._create("Issuer", server, spec, self._install().ready)
        # A host of somebody else's DNS leads here only after its owner knows the address, which this update outputs.
        return self._certify(server, issuer, waits=args.azure_name or args.dns_zone_id is not None)

    def _sign(self) -> Output[str]:
        """Sign with an authority of the cluster's own, which people can trust once."""
        ready = self._install().ready
        root = self._create("Issuer", "self-signed", {"selfSigned": {}}, ready)
        spec = certificate_objects.authority_spec(self._args.host, "self-signed")
        authority = self._create("Certificate", "authority", spec, root.id)
        ca = {"ca": {"secretName": certificate_objects.AUTHORITY_SECRET}}
        return self._certify("authority", self._create("Issuer", "authority", ca, authority.id), waits=True)

    def _copy(self, vault: VaultDelivery) -> Output[str]:
        """Copy a certificate of the Key Vault with its key, through the delivery of the stack's secrets."""
        args = self._args
        if args.settings.certificate is None or args.client_id is None:
            raise ValueError(f"{self._name}: a certificate of the Key Vault needs its name, and an identity to read it")
        certificate = Output.from_input(args.settings.certificate)
        sync = SecretSync(
            f"{self._name}-sync",
            SecretSyncArgs(
                settings=vault.settings,
                source=SecretSource(
                    namespace=args.namespace,
                    service_account=vault.service_account,
                    client_id=args.client_id,
                    tenant_id=vault.tenant_id,
                    vault_uri=vault.vault_uri,
                    secrets={TLS_SECRET: {"tls.crt": certificate, "tls.key": certificate}},
                    versions={TLS_SECRET: certificate},
                    kind="kubernetes.io/tls",
                ),
                chart=vault.chart,
                image=vault.image,
                node_selector=args.node_selector,
                operator=SYNC_OPERATOR,
                operator_egress_policies=vault.operator_egress_policies,
                kinds=vault.kinds,
                way_out=args.way_out,
            ),
            ResourceOptions(parent=self),
        )
        return sync.versions[TLS_SECRET]

    def _install(self) -> CertManager:
        args = self._args
        return CertManager(
            f"{self._name}-cert-manager",
            CertManagerArgs(
                chart=args.chart,
                images=args.images,
                network_policies=args.policies,
                egress_policies=args.egress_policies,
                dns_client_id=args.client_id,
                after=args.namespace,
                way_out=args.way_out,
            ),
            ResourceOptions(parent=self),
        )

    def _admit_to_solver(self) -> None:
        NetworkPolicy(
            f"{self._name}-acme-solver",
            metadata={"name": "acme-solver", "namespace": self._args.namespace},
            spec=self._args.solver_policy,
            opts=ResourceOptions(parent=self),
        )

    def _certify(self, issuer: str, made: CustomResource, *, waits: bool) -> Output[str]:
        # With the label, the CSI driver takes the Secret over after a switch to the Key Vault.
        spec = certificate_objects.certificate_spec(self._args.host, issuer, DRIVER_LABEL)
        certificate: Output[str] = self._create("Certificate", "gateway", spec, made.id, waits=waits).id
        return certificate

    def _create(
        self, kind: str, object_name: str, spec: Any, after: Input[Any], *, waits: bool = True
    ) -> CustomResource:
        return CustomResource(
            f"{self._name}-{kind.lower()}-{object_name}",
            api_version=_API,
            kind=kind,
            metadata={
                "name": object_name,
                "namespace": make_depend_on(self._args.namespace, after),
                "annotations": {"pulumi.com/waitFor": "condition=Ready"} if waits else {},
            },
            spec=spec,
            opts=ResourceOptions(parent=self),
        )
