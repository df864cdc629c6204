"""Creates the gateway's certificate, and the identity that its source needs in Azure."""

from __future__ import annotations

from pulumi import Input, Output, ResourceOptions

from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs
from components.azure.stack_images import select_secret_sync_image
from components.kubernetes import cert_manager
from components.kubernetes.certificates import SYNC_OPERATOR, Certificates, CertificatesArgs, VaultDelivery
from components.kubernetes.secret_sync import SecretSync
from components.settings.access_sections import AccessSettings

from .accounts import secret_sync_account
from .certificate_access import cert_manager_policies, certificate_identity, solver_policy
from .foundation import Foundation
from .restricted_egress import egress_policies


def create_gateway_certificate(
    stack: Foundation,
    access: AccessSettings,
    secret_sync: SecretSync,
    *,
    namespace: Input[str],
    gateway: Input[str],
    opts: ResourceOptions,
) -> Certificates:
    """Create the component for the source that the stack file selects.

    `namespace` is the Gateway's, and depends on the Gateway API's CRDs. `gateway` is the Gateway's name, and depends on
    the Gateway.
    """
    settings, images = stack.settings, stack.images.references
    by_name = egress_policies(settings, stack.azure_names)
    return Certificates(
        "certificates",
        CertificatesArgs(
            settings=access.tls,
            host=access.host_in(settings.location),
            azure_name=access.dns_label is not None,
            dns_zone_id=access.dns_zone_id,
            namespace=namespace,
            gateway=gateway,
            client_id=_create_identity(stack, access),
            chart=settings.pins.cert_manager.chart,
            images=images,
            policies=cert_manager_policies(access, restricted=settings.network.restricted),
            egress_policies=by_name.get(cert_manager.NAMESPACE, {}),
            solver_policy=solver_policy(),
            node_selector=stack.cluster.airflow_node_selector,
            vault=VaultDelivery(
                settings=settings.secrets,
                service_account=secret_sync_account(settings.secrets),
                tenant_id=stack.tenant_id,
                vault_uri=stack.key_vault.vault_uri,
                chart=settings.pins.external_secrets.chart,
                image=select_secret_sync_image(settings, images, stack.airflow_image),
                operator_egress_policies=by_name.get(SYNC_OPERATOR, {}),
                kinds=Output.all(*secret_sync.versions.values()),
            ),
        ),
        opts,
    )


def _create_identity(stack: Foundation, access: AccessSettings) -> Output[str] | None:
    """Create the identity that writes DNS records or reads the Key Vault, and return its client id; else None."""
    settings = stack.settings
    who = certificate_identity(access, settings.secrets, stack.key_vault.vault_id, stack.subscription_id)
    if who is None:
        return None
    identity = WorkloadIdentity(
        "certificate-identity",
        WorkloadIdentityArgs(
            identity_name=stack.azure_names.certificate_identity,
            subscription_id=who.subscription_id,
            issuer_url=stack.cluster.oidc_issuer_url,
            namespace=who.namespace,
            service_accounts=[who.service_account],
            roles=[who.grant],
            **stack.place,
        ),
    )
    return identity.client_id
