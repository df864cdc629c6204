"""The Azure Managed Redis that hands tasks to Celery workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import redisenterprise

from components.settings.azure_sections import BrokerSettings

from .endpoints import BROKER_PORT
from .private_endpoint import PrivateEndpoint, PrivateEndpointArgs, PrivateLink

# Azure Managed Redis has this database and no other.
DATABASE: Final = "default"


@dataclass(frozen=True, kw_only=True)
class BrokerArgs:
    """What Broker needs: its settings, where to put it, and the private link when it has no public address."""

    settings: BrokerSettings
    resource_group_name: Input[str]
    location: Input[str]
    broker_name: Input[str]
    private_link: PrivateLink | None


class Broker(ComponentResource):
    """A managed Redis without clusters, reached over TLS with a key.

    Celery names several keys in one command, which clusters answer with CROSSSLOT or MOVED, and it cannot renew a token
    of Entra. Zones are not named: Azure spreads the copies itself and refuses to be told.
    """

    broker_id: Output[str]
    host: Output[str]
    key: Output[str]

    def __init__(self, name: str, args: BrokerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Broker", name, None, opts)
        cluster = redisenterprise.RedisEnterprise(
            f"{name}-redis",
            resource_group_name=args.resource_group_name,
            location=args.location,
            cluster_name=args.broker_name,
            sku=redisenterprise.SkuArgs(name=args.settings.sku),
            high_availability="Enabled" if args.settings.high_availability else "Disabled",
            minimum_tls_version="1.2",
            public_network_access="Enabled" if args.private_link is None else "Disabled",
            # Its name is fixed, so that another one can come only when it is gone.
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        database = redisenterprise.Database(
            f"{name}-database",
            resource_group_name=args.resource_group_name,
            cluster_name=cluster.name,
            database_name=DATABASE,
            port=BROKER_PORT,
            client_protocol="Encrypted",
            clustering_policy="NoCluster",
            # A broker that drops keys drops tasks; a full one refuses new ones, which are tried again.
            eviction_policy="NoEviction",
            access_keys_authentication="Enabled",
            defer_upgrade="NotDeferred",
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        reachable = [database.id]
        if args.private_link is not None:
            endpoint = PrivateEndpoint(
                f"{name}-private",
                PrivateEndpointArgs(
                    target_id=cluster.id,
                    group_id="redisEnterprise",
                    link=args.private_link,
                    resource_group_name=args.resource_group_name,
                    location=args.location,
                ),
                ResourceOptions(parent=self),
            )
            reachable.append(endpoint.endpoint_id)
        # The database's name as an output: with a plain text the call would run before there is a database.
        keys = redisenterprise.list_database_keys_output(
            resource_group_name=args.resource_group_name, cluster_name=cluster.name, database_name=database.name
        )
        self.broker_id = cluster.id
        # Known once the broker can be reached from the cluster.
        self.host = Output.all(cluster.host_name, *reachable).apply(lambda values: str(values[0]))
        self.key = Output.secret(keys).apply(lambda answer: answer.primary_key)
        self.register_outputs({"broker_id": self.broker_id, "host": self.host, "key": self.key})
