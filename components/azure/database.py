"""The PostgreSQL Flexible Server with Airflow's metadata. endpoints.py has the ports of the server and its pooler."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pulumi import (
    ComponentResource,
    CustomResource,
    Input,
    Output,
    ResourceOptions,
    ResourceTransformationArgs,
    ResourceTransformationResult,
)
from pulumi_azure_native import dbforpostgresql
from pulumi_random import RandomPassword

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.azure_sections import DatabaseSettings

from .kept_data import keep_data

LOGIN: Final = "airflow"
DATABASE: Final = "airflow"
# Database drivers prepare statements, and PgBouncer tracks them per client only if this limit is set.
MAX_PREPARED_STATEMENTS: Final = 200


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What Database needs: its settings, resource group, location, and for private access its subnet and DNS zone."""

    settings: DatabaseSettings
    resource_group_name: Input[str]
    location: Input[str]
    server_name: Input[str]
    subnet_id: Input[str] | None
    private_zone_id: Input[str] | None
    protect: bool


class Database(ComponentResource):
    """A managed server with one database and a generated password.

    The resources on the server are created one after another: the server rejects concurrent writes.
    """

    server_id: Output[str]
    host: Output[str]
    database_name: Output[str]
    login: Output[str]
    password: Output[str]

    def __init__(self, name: str, args: DatabaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Database", name, None, opts)
        self._name = name
        self._args = args
        password = RandomPassword(
            f"{name}-password",
            length=32,
            special=False,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            opts=ResourceOptions(parent=self),
        )
        self._server = self._create_server(password.result)
        database = dbforpostgresql.Database(
            f"{name}-database",
            resource_group_name=args.resource_group_name,
            server_name=self._server.name,
            database_name=DATABASE,
            charset="UTF8",
            collation="en_US.utf8",
            opts=keep_data(self, protect=args.protect),
        )
        last = self._set_parameters(after=self._create_firewall_rules(after=database))
        self.server_id = self._server.id
        # Depends on everything on the server, so that no pod connects before the server is ready.
        self.host = make_depend_on(self._server.fully_qualified_domain_name, database.id, last.id)
        self.database_name = database.name
        self.login = Output.from_input(LOGIN)
        self.password = Output.secret(password.result)
        register_annotated_outputs(self)

    def _create_server(self, password: Output[str]) -> dbforpostgresql.Server:
        args, settings = self._args, self._args.settings
        private = settings.access == "private"
        return dbforpostgresql.Server(
            f"{self._name}-server",
            resource_group_name=args.resource_group_name,
            location=args.location,
            server_name=args.server_name,
            version=settings.version,
            create_mode="Default",
            sku=dbforpostgresql.SkuArgs(name=settings.sku, tier=settings.tier),
            administrator_login=LOGIN,
            administrator_login_password=password,
            # Plain mappings here and below, because AuthConfigArgs adds an empty tenant and HighAvailabilityArgs an
            # empty zone.
            auth_config={
                "active_directory_auth": dbforpostgresql.MicrosoftEntraAuth.DISABLED,
                "password_auth": dbforpostgresql.PasswordBasedAuth.ENABLED,
            },
            storage=dbforpostgresql.StorageArgs(storage_size_gb=settings.storage_gb, auto_grow="Enabled"),
            backup=dbforpostgresql.BackupArgs(
                backup_retention_days=settings.backup_days,
                geo_redundant_backup="Enabled" if settings.geo_redundant_backup else "Disabled",
            ),
            high_availability={"mode": settings.high_availability},
            network=dbforpostgresql.NetworkArgs(
                delegated_subnet_resource_id=args.subnet_id,
                private_dns_zone_arm_resource_id=args.private_zone_id,
                public_network_access="Disabled",
            )
            if private
            else dbforpostgresql.NetworkArgs(public_network_access="Enabled"),
            opts=ResourceOptions.merge(
                keep_data(self, protect=args.protect), ResourceOptions(transformations=[_unset_zone])
            ),
        )

    def _create_firewall_rules(self, after: CustomResource) -> CustomResource:
        """Create the firewall rules of a public server; return the resource that was created last."""
        for rule, (first, last) in _firewall_rules(self._args.settings):
            after = dbforpostgresql.FirewallRule(
                f"{self._name}-{rule}",
                resource_group_name=self._args.resource_group_name,
                server_name=self._server.name,
                firewall_rule_name=rule,
                start_ip_address=first,
                end_ip_address=last,
                opts=ResourceOptions(parent=self, depends_on=[after]),
            )
        return after

    def _set_parameters(self, after: CustomResource) -> CustomResource:
        """Require TLS, and enable the built-in pooler if it is selected; return the resource that was created last."""
        parameters = {"require_secure_transport": "on"}
        if self._args.settings.pooler == "server":
            # The order matters: the second parameter exists only after the first is set.
            parameters |= {
                "pgbouncer.enabled": "true",
                "pgbouncer.max_prepared_statements": str(MAX_PREPARED_STATEMENTS),
            }
        for parameter, value in parameters.items():
            after = dbforpostgresql.Configuration(
                f"{self._name}-{parameter.replace('.', '-').replace('_', '-')}",
                resource_group_name=self._args.resource_group_name,
                server_name=self._server.name,
                configuration_name=parameter,
                value=value,
                source="user-override",
                opts=ResourceOptions(parent=self, depends_on=[after]),
            )
        return after


def _unset_zone(args: ResourceTransformationArgs) -> ResourceTransformationResult:
    """Let Azure choose the zone. Without this transformation, the SDK sends an omitted zone as an empty text."""
    return ResourceTransformationResult(props={**args.props, "availability_zone": None}, opts=args.opts)


def _firewall_rules(settings: DatabaseSettings) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the name, and the first and last address, of each firewall rule."""
    if settings.access != "public":
        return
    # This range means every Azure service. Source: Azure, "Firewall rules in Azure Database for PostgreSQL".
    yield "azure-services", ("0.0.0.0", "0.0.0.0")  # noqa: S104 - not an address to listen on
    for cidr in settings.allowed_ip_ranges:
        network = ipaddress.IPv4Network(cidr)
        name = cidr.replace(".", "-").replace("/", "-")
        yield f"allow-{name}", (str(network.network_address), str(network.broadcast_address))
