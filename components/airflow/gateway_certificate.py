"""Makes the gateway's certificate, and the identity that its source needs in Azure."""

from __future__ import annotations

from pulumi import Input, Output, ResourceOptions

from components.azure.cluster import Cluster
from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs
from components.azure.image_imports import ImageImports
from components.azure.key_vault import KeyVault
from components.azure.stack_images import select_secret_sync_image
from components.kubernetes.certificates import Certificates, CertificatesArgs, VaultDelivery
from components.kubernetes.secret_sync import SecretSync
from components.settings.access_sections import AccessSettings
from components.settings.model import Settings
from components.settings.names import Names

from .accounts import secret_sync_account
from .certificate_access import cert_manager_policies, certificate_identity, solver_policy


def create_gateway_certificate(
    settings: Settings,
    access: AccessSettings,
    *,
    azure_names: Output[Names],
    place: dict[str, Input[str]],
    subscription_id: Input[str],
    tenant_id: Input[str],
    cluster: Cluster,
    key_vault: KeyVault,
    images: ImageImports,
    airflow_image: Output[str],
    secret_sync: SecretSync,
    namespace: Input[str],
    gateway: Input[str],
    opts: ResourceOptions,
) -> Certificates:
    """Create the component for the source that the stack file selects.

    `namespace` is the Gateway's, and depends on the Gateway API's CRDs. `gateway` is the Gateway's name, and depends on
    the Gateway.
    """
    who = certificate_identity(access, settings.secrets, key_vault.vault_id, subscription_id)
    identity = None
    if who is not None:
        identity = WorkloadIdentity(
            "certificate-identity",
            WorkloadIdentityArgs(
                identity_name=azure_names.certificate_identity,
                subscription_id=who.subscription_id,
                issuer_url=cluster.oidc_issuer_url,
                namespace=who.namespace,
                service_accounts=[who.service_account],
                roles=[who.grant],
                **place,
            ),
        )
    return Certificates(
        "certificates",
        CertificatesArgs(
            settings=access.tls,
            host=access.host_in(settings.location),
            azure_name=access.dns_label is not None,
            dns_zone_id=access.dns_zone_id,
            namespace=namespace,
            gateway=gateway,
            client_id=identity.client_id if identity else None,
            chart=settings.pins.cert_manager.chart,
            images=images.references,
            policies=cert_manager_policies(access),
            solver_policy=solver_policy(),
            node_selector=cluster.airflow_node_selector,
            vault=VaultDelivery(
                settings=settings.secrets,
                service_account=secret_sync_account(settings.secrets),
                tenant_id=tenant_id,
                vault_uri=key_vault.vault_uri,
                chart=settings.pins.external_secrets.chart,
                image=select_secret_sync_image(settings, images.references, airflow_image),
                kinds=Output.all(*secret_sync.versions.values()),
            ),
        ),
        opts,
    )
