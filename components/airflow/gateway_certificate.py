"""Creates the gateway's certificate, and the identity that its source needs in Azure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pulumi import Input, Output, ResourceOptions

from components.azure.required_grants import command_grant
from components.azure.stack_images import select_secret_sync_image
from components.kubernetes import cert_manager
from components.kubernetes.certificates import SYNC_OPERATOR, Certificates, CertificatesArgs, VaultDelivery
from components.kubernetes.secret_sync import SecretSync
from components.settings.access_sections import AccessSettings

from .accounts import secret_sync_account
from .certificate_access import cert_manager_policies, certificate_identity, solver_policy
from .foundation import Foundation
from .identities import create_identity
from .restricted_egress import HostPolicies
from .vault.shared_vault import GRANT_ACCESS

CERTIFICATE: Final = "access.tls.certificate"


def create_gateway_certificate(
    foundation: Foundation,
    access: AccessSettings,
    secret_sync: SecretSync,
    host_policies: HostPolicies,
    *,
    namespace: Input[str],
    gateway: Input[str],
    opts: ResourceOptions,
) -> dict[str, Output[str]]:
    """Create the component for the source that the stack file selects, and return the roles that others must assign.

    `namespace` is the Gateway's, and depends on the Gateway API's CRDs. `gateway` is the Gateway's name, and depends on
    the Gateway.
    """
    settings, images = foundation.settings, foundation.images.references
    sign_in = _create_identity(foundation, access)
    Certificates(
        "certificates",
        CertificatesArgs(
            settings=access.tls,
            host=access.host_in(settings.location),
            azure_name=access.dns_label is not None,
            dns_zone_id=access.dns_zone_id,
            namespace=namespace,
            gateway=gateway,
            client_id=sign_in.client_id,
            chart=settings.pins.cert_manager.chart,
            images=images,
            policies=cert_manager_policies(access, restricted=settings.network.restricted, proxy=settings.proxy),
            egress_policies=host_policies.get(cert_manager.NAMESPACE, {}),
            solver_policy=solver_policy(),
            node_selector=foundation.cluster.airflow_node_selector,
            way_out=foundation.way_out,
            vault=VaultDelivery(
                settings=settings.secrets,
                service_account=secret_sync_account(settings.secrets),
                tenant_id=foundation.tenant_id,
                vault_uri=foundation.key_vault.vault_uri,
                chart=settings.pins.external_secrets.chart,
                image=select_secret_sync_image(settings, images, foundation.airflow_image),
                operator_egress_policies=host_policies.get(SYNC_OPERATOR, {}),
                kinds=Output.all(*secret_sync.versions.values()),
            ),
        ),
        opts,
    )
    return sign_in.required_grants


@dataclass(frozen=True, kw_only=True)
class CertificateSignIn:
    """The identity with which the certificate's source signs in to Azure, and the roles that others must assign."""

    client_id: Output[str] | None = None
    required_grants: dict[str, Output[str]] = field(default_factory=dict)


def _create_identity(foundation: Foundation, access: AccessSettings) -> CertificateSignIn:
    """Create the identity that writes DNS records or reads the Key Vault, unless the source needs nothing of Azure.

    The certificate of a vault that exists may be somebody else's to open.
    """
    settings, vault = foundation.settings, foundation.key_vault
    who = certificate_identity(access, settings.secrets, vault.vault_id, vault.subscription_id)
    if who is None:
        return CertificateSignIn()
    by_others = not access.tls.uses_cert_manager and not settings.key_vault.grant_access
    identity = create_identity(
        foundation,
        "certificate-identity",
        foundation.azure_names.certificate_identity,
        [who.service_account],
        [] if by_others else [who.grant],
        namespace=who.namespace,
        subscription_id=who.subscription_id,
    )
    grants = {}
    if by_others:
        grants[CERTIFICATE] = command_grant(GRANT_ACCESS, who.grant.role, identity.principal_id, who.grant.scope)
    return CertificateSignIn(client_id=identity.client_id, required_grants=grants)
