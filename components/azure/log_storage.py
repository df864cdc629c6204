"""The storage account that keeps task logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import storage

from components.settings.azure_sections import LogsSettings

CONTAINER: Final = "airflow-logs"


@dataclass(frozen=True, kw_only=True)
class LogStorageArgs:
    """What LogStorage needs: its settings, and where to put things."""

    settings: LogsSettings
    resource_group_name: Input[str]
    location: Input[str]
    account_name: Input[str]
    protect: bool


class LogStorage(ComponentResource):
    """The account that keeps Airflow's task logs, and the container in it.

    Shared keys are off: pods sign in with their workload identity.
    """

    account_name: Output[str]
    account_url: Output[str]
    container_name: Output[str]
    container_id: Output[str]

    def __init__(self, name: str, args: LogStorageArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:LogStorage", name, None, opts)
        account = storage.StorageAccount(
            f"{name}-account",
            resource_group_name=args.resource_group_name,
            location=args.location,
            account_name=args.account_name,
            kind="StorageV2",
            sku=storage.SkuArgs(name=args.settings.redundancy),
            access_tier=storage.AccessTier.HOT,
            minimum_tls_version="TLS1_2",
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=False,
            allow_cross_tenant_replication=False,
            default_to_o_auth_authentication=True,
            public_network_access="Enabled",
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        container = storage.BlobContainer(
            f"{name}-container",
            resource_group_name=args.resource_group_name,
            account_name=account.name,
            container_name=CONTAINER,
            public_access=storage.PublicAccess.NONE,
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        storage.ManagementPolicy(
            f"{name}-lifecycle",
            resource_group_name=args.resource_group_name,
            account_name=account.name,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(rules=[_delete_after(args.settings.retention_days)]),
            opts=ResourceOptions(parent=self),
        )
        self.account_name = account.name
        self.account_url = account.primary_endpoints.apply(lambda endpoints: str(endpoints.blob).rstrip("/"))
        self.container_name = container.name
        self.container_id = container.id
        self.register_outputs(
            {
                "account_name": self.account_name,
                "account_url": self.account_url,
                "container_name": self.container_name,
                "container_id": self.container_id,
            }
        )


def _delete_after(days: int) -> storage.ManagementPolicyRuleArgs:
    """The rule that deletes logs. Azure looks once a day, so that a log may live a day longer."""
    return storage.ManagementPolicyRuleArgs(
        name="delete-old-logs",
        enabled=True,
        type="Lifecycle",
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"], prefix_match=[f"{CONTAINER}/"]),
            actions=storage.ManagementPolicyActionArgs(
                base_blob=storage.ManagementPolicyBaseBlobArgs(
                    delete=storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
                )
            ),
        ),
    )
