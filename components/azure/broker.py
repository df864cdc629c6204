"""The Azure Managed Redis that hands tasks to Celery workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import redisenterprise

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.azure_sections import BrokerSettings
from components.settings.model import Settings

from .endpoints import BROKER_PORT, PrivateLink, create_private_endpoint

# The only database that an Azure Managed Redis can have.
DATABASE: Final = "default"


@dataclass(frozen=True, kw_only=True)
class BrokerArgs:
    """What Broker needs: its settings, resource group and location, and a private link if it has no public address."""

    settings: BrokerSettings
    resource_group_name: Input[str]
    location: Input[str]
    broker_name: Input[str]
    key: Literal["primary", "secondary"]
    private_link: PrivateLink | None


class Broker(ComponentResource):
    """An Azure Managed Redis without clustering, reached over TLS with an access key.

    Celery names several keys in one command, which a clustered Redis answers with CROSSSLOT or MOVED. Celery needs the
    access key, because it cannot renew an Entra token. Zones are not set: Azure distributes the replicas itself and
    rejects a request that names zones.
    """

    broker_id: Output[str]
    database_id: Output[str]
    host: Output[str]
    key: Output[str]

    def __init__(self, name: str, args: BrokerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Broker", name, None, opts)
        redis = redisenterprise.RedisEnterprise(
            f"{name}-redis",
            resource_group_name=args.resource_group_name,
            location=args.location,
            cluster_name=args.broker_name,
            sku=redisenterprise.SkuArgs(name=args.settings.sku),
            high_availability="Enabled" if args.settings.high_availability else "Disabled",
            minimum_tls_version="1.2",
            public_network_access="Enabled" if args.private_link is None else "Disabled",
            # The physical name is fixed: the old Redis must be deleted before its replacement is created.
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        database = redisenterprise.Database(
            f"{name}-database",
            resource_group_name=args.resource_group_name,
            cluster_name=redis.name,
            database_name=DATABASE,
            port=BROKER_PORT,
            client_protocol="Encrypted",
            clustering_policy="NoCluster",
            # With eviction, a full broker would lose tasks. Without eviction, it rejects new tasks, which are sent
            # again.
            eviction_policy="NoEviction",
            access_keys_authentication="Enabled",
            defer_upgrade="NotDeferred",
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        endpoint_ids = create_private_endpoint(f"{name}-private", redis.id, "redisEnterprise", args.private_link, self)
        # database.name is an output: with a plain string the call would run before the database exists.
        keys = redisenterprise.list_database_keys_output(
            resource_group_name=args.resource_group_name, cluster_name=redis.name, database_name=database.name
        )
        self.broker_id = redis.id
        self.database_id = database.id
        # Depends on the private endpoint, so that no pod connects before the cluster can reach the broker.
        self.host = make_depend_on(redis.host_name, database.id, *endpoint_ids)
        key = args.key
        self.key = Output.secret(keys).apply(
            lambda answer: answer.primary_key if key == "primary" else answer.secondary_key
        )
        register_annotated_outputs(self)


def create_broker(
    settings: Settings, broker_name: Input[str], private_link: PrivateLink | None, place: Mapping[str, Input[str]]
) -> Broker:
    """Create the broker of a stack with Celery workers; `place`: resource group and location."""
    args = BrokerArgs(
        settings=settings.broker,
        broker_name=broker_name,
        key=settings.secrets.broker_key,
        private_link=private_link,
        **place,
    )
    return Broker("broker", args)
