"""The storage accounts that keep task logs and, if DAGs come from a file share, the DAGs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pulumi import ComponentResource, Input, Output, ResourceOptions, Stash
from pulumi_azure_native import storage
from pulumi_random import RandomId

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.azure_sections import LogsSettings

from .endpoints import PrivateLink, create_private_endpoint
from .kept_data import keep_data
from .log_retention import delete_logs_after, keep_deleted_shares
from .log_storage_plan import blob_redundancy, check_redundancy, is_premium, redundancy_class

CONTAINER: Final = "airflow-logs"


@dataclass(frozen=True, kw_only=True)
class LogStorageArgs:
    """What LogStorage needs: its settings, resource group, location and shares.

    `shares` maps the use of each share, `logs` or `dags`, to its quota in GiB. `key` is the name of the account key
    with which pods mount the shares.
    The private links are those of the accounts' blobs and file shares; None if they have public addresses.
    """

    settings: LogsSettings
    resource_group_name: Input[str]
    location: Input[str]
    account_name: Input[str]
    file_account_name: Input[str]
    shares: Mapping[str, int]
    key: Literal["key1", "key2"]
    protect: bool
    blob_link: PrivateLink | None
    file_link: PrivateLink | None


class LogStorage(ComponentResource):
    """The account with the blob container of Airflow's task logs, and the file shares that pods mount.

    Shared keys are disabled: pods authenticate with their workload identity. Only the account with file shares allows
    keys, because SMB without a key needs a property that this API version does not have. Premium shares need a second
    account, of kind FileStorage. It exists as long as the redundancy is Premium, even without shares. When a setting no
    longer asks for a share, the share stays in Azure, so that no data is lost. A share's name has a random suffix,
    because the old share still has the old name when the setting asks for a share again.
    """

    account_name: Output[str]
    account_url: Output[str]
    container_name: Output[str]
    container_id: Output[str]
    file_account_name: Output[str]
    share_credentials: dict[str, Output[str]]
    share_names: dict[str, Output[str]]

    def __init__(self, name: str, args: LogStorageArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:LogStorage", name, None, opts)
        self._name = name
        self._args = args
        premium = is_premium(args.settings.redundancy)
        account = self._create_account(
            "account",
            self._keep_premium(args.account_name),
            kind="StorageV2",
            sku=blob_redundancy(args.settings.redundancy),
            with_keys=bool(args.shares) and not premium,
        )
        container = storage.BlobContainer(
            f"{name}-container",
            resource_group_name=args.resource_group_name,
            account_name=account.name,
            container_name=CONTAINER,
            public_access=storage.PublicAccess.NONE,
            opts=keep_data(self, protect=args.protect),
        )
        storage.ManagementPolicy(
            f"{name}-lifecycle",
            resource_group_name=args.resource_group_name,
            account_name=account.name,
            management_policy_name="default",
            policy=storage.ManagementPolicySchemaArgs(
                rules=[delete_logs_after(args.settings.retention_days, CONTAINER)]
            ),
            opts=ResourceOptions(parent=self),
        )
        file_account = account
        if premium:
            file_account = self._create_account(
                "file-account", args.file_account_name, kind="FileStorage", sku=args.settings.redundancy, with_keys=True
            )
        endpoint_ids = [
            *create_private_endpoint(f"{name}-private-blob", account.id, "blob", args.blob_link, self),
            *create_private_endpoint(f"{name}-private-file", file_account.id, "file", args.file_link, self),
        ]
        self.account_name = account.name
        # Depends on the private endpoints, so that no pod starts before the cluster can reach logs and shares.
        self.account_url = make_depend_on(
            account.primary_endpoints.apply(lambda endpoints: str(endpoints.blob).rstrip("/")), *endpoint_ids
        )
        self.container_name = container.name
        self.container_id = container.id
        self.file_account_name = file_account.name
        self.share_credentials = self._read_credentials(file_account)
        self.share_names = self._create_shares(file_account)
        register_annotated_outputs(self)

    def _keep_premium(self, account_name: Input[str]) -> Input[str]:
        """Return the account's name after a check that the redundancy does not delete a Premium account.

        The state records whether the redundancy was ever Premium. A Premium redundancy overwrites the record, and a
        Standard redundancy is compared with it. The name depends on the comparison, so that no account is planned
        before it has passed.

        Raises pulumi.RunError, also in a preview, when the redundancy changes from Premium to Standard.
        """
        current = redundancy_class(self._args.settings.redundancy)
        premium = current == "Premium"
        record = Stash(
            f"{self._name}-redundancy-class",
            input=current,
            opts=ResourceOptions(
                parent=self,
                replace_on_changes=["input"] if premium else None,
                ignore_changes=None if premium else ["input"],
            ),
        )
        if premium:
            return account_name
        return Output.all(record.output, account_name).apply(
            lambda both: check_redundancy(self._args.settings.redundancy, str(both[0]), str(both[1]))
        )

    def _create_account(
        self, part: str, account_name: Input[str], *, kind: str, sku: str, with_keys: bool
    ) -> storage.StorageAccount:
        return storage.StorageAccount(
            f"{self._name}-{part}",
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            account_name=account_name,
            kind=kind,
            sku=storage.SkuArgs(name=sku),
            # An account of kind FileStorage has no access tier.
            access_tier=storage.AccessTier.HOT if kind == "StorageV2" else None,
            minimum_tls_version="TLS1_2",
            enable_https_traffic_only=True,
            allow_blob_public_access=False,
            allow_shared_key_access=with_keys,
            allow_cross_tenant_replication=False,
            default_to_o_auth_authentication=True,
            public_network_access="Enabled" if self._args.settings.public_access else "Disabled",
            opts=keep_data(self, protect=self._args.protect),
        )

    def _read_credentials(self, account: storage.StorageAccount) -> dict[str, Output[str]]:
        """Return the name and a key of the account with shares, under the names that the SMB driver reads."""
        if not self._args.shares:
            return {}
        # account.name is an output: with a plain string the call would run before the account exists.
        keys = storage.list_storage_account_keys_output(
            resource_group_name=self._args.resource_group_name, account_name=account.name
        )
        name = self._args.key
        key = Output.secret(
            keys.apply(lambda result: next(str(key.value) for key in result.keys if key.key_name == name))
        )
        return {"azurestorageaccountname": account.name, "azurestorageaccountkey": key}

    def _create_shares(self, account: storage.StorageAccount) -> dict[str, Output[str]]:
        """Create the shares, and return their names by use."""
        if not self._args.shares:
            return {}
        service = storage.FileServiceProperties(
            f"{self._name}-file-service",
            resource_group_name=self._args.resource_group_name,
            account_name=account.name,
            file_services_name="default",
            share_delete_retention_policy=keep_deleted_shares(),
            opts=ResourceOptions(parent=self),
        )
        names = {}
        for use, gib in self._args.shares.items():
            suffix = RandomId(f"{self._name}-{use}-share-name", byte_length=4, opts=ResourceOptions(parent=self))
            share = storage.FileShare(
                f"{self._name}-{use}-share",
                resource_group_name=self._args.resource_group_name,
                account_name=account.name,
                share_name=Output.format("airflow-{0}-{1}", use, suffix.hex),
                enabled_protocols="SMB",
                share_quota=gib,
                opts=ResourceOptions.merge(
                    keep_data(self, protect=self._args.protect),
                    ResourceOptions(depends_on=[service], retain_on_delete=True),
                ),
            )
            names[use] = share.name
        return names
