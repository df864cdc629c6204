"""The PostgreSQL Flexible Server with Airflow's metadata. endpoints.py has the ports of the server and its pooler."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

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
from components.settings.database_restore import FIRST_SERVER, server_name
from components.settings.secret_rotation import keepers

from .customer_key import encryption_of
from .kept_data import keep_data

LOGIN: Final = "airflow"
DATABASE: Final = "airflow"
# Database drivers prepare statements, and PgBouncer tracks them per client only if this limit is set.
MAX_PREPARED_STATEMENTS: Final = 200


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What Database needs: its settings, resource group, location, and for private access its subnet and DNS zone.

    `server_name`: the name of the first server. `password_rotation`: another number makes another password.
    """

    settings: DatabaseSettings
    resource_group_name: Input[str]
    location: Input[str]
    server_name: Input[str]
    subnet_id: Input[str] | None
    private_zone_id: Input[str] | None
    password_rotation: int
    protect: bool


class Database(ComponentResource):
    """The server that Airflow uses, with one database and a generated password; beside it, servers before or after it.

    A restore to a point in time always makes a new server, which gets a number. The first server has number 0. Every
    server is a resource of its own, so that the old one stays, protected, until the stack file removes it. The
    resources on a server are created one after another: the server rejects concurrent writes.
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
            keepers=keepers(args.password_rotation),
            opts=ResourceOptions(parent=self),
        )
        after: list[CustomResource] = []
        for number in args.settings.servers:
            server, database_name, last = self._create_server(number, password.result, after)
            # A restore reads the server before it, which must not change meanwhile.
            after = [last]
            if number == args.settings.used_server:
                self.server_id = server.id
                # Depends on everything on the server, so that no pod connects before the server is ready.
                self.host = make_depend_on(server.fully_qualified_domain_name, database_name, last.id)
                self.database_name = database_name
        self.login = Output.from_input(LOGIN)
        self.password = Output.secret(password.result)
        register_annotated_outputs(self)

    def _create_server(
        self, number: int, password: Output[str], after: list[CustomResource]
    ) -> tuple[dbforpostgresql.Server, Output[str], CustomResource]:
        """Create a server and what is on it; return it, its database's name, and what was created last."""
        args = self._args
        restored = number != FIRST_SERVER
        name = f"{self._name}-restored-{number}" if restored else self._name
        restore = args.settings.restore
        protect = args.protect and (restore is None or restore.state_of(number) == "protected")
        server = dbforpostgresql.Server(
            f"{name}-server",
            server_name=Output.from_input(args.server_name).apply(lambda first: server_name(first, number)),
            **self._server_properties(number, password),
            opts=ResourceOptions.merge(
                keep_data(self, protect=protect),
                ResourceOptions(
                    depends_on=after, transformations=[_unset_zone], ignore_changes=self._fixed_origin(number)
                ),
            ),
        )
        if restored:
            # A restored server has the database from its backup, and Azure refuses to create it a second time.
            last: CustomResource = server
            database_name = make_depend_on(DATABASE, server.id)
        else:
            database = dbforpostgresql.Database(
                f"{name}-database",
                resource_group_name=args.resource_group_name,
                server_name=server.name,
                database_name=DATABASE,
                charset="UTF8",
                collation="en_US.utf8",
                opts=keep_data(self, protect=protect),
            )
            last, database_name = database, database.name
        last = self._create_firewall_rules(name, server, after=last)
        return server, database_name, self._set_parameters(name, server, after=last)

    def _server_properties(self, number: int, password: Output[str]) -> dict[str, Any]:
        """Return the properties of a server, without its name.

        Azure makes a restored server without a standby and, as far as its documentation says, with the password that
        was valid at the point in time. When Airflow begins to use the server, another `createMode` makes the provider
        send every property, and so the password, before any pod gets the server's name.
        """
        args, settings = self._args, self._args.settings
        private = settings.access == "private"
        used = number == settings.used_server
        return {
            "resource_group_name": args.resource_group_name,
            "location": args.location,
            "version": settings.version,
            **self._origin(number),
            **encryption_of(settings.customer_managed_key),
            "sku": dbforpostgresql.SkuArgs(name=settings.sku, tier=settings.tier),
            "administrator_login": LOGIN,
            "administrator_login_password": password,
            # Plain mappings here and below, because AuthConfigArgs adds an empty tenant and HighAvailabilityArgs an
            # empty zone.
            "auth_config": {
                "active_directory_auth": dbforpostgresql.MicrosoftEntraAuth.DISABLED,
                "password_auth": dbforpostgresql.PasswordBasedAuth.ENABLED,
            },
            "storage": dbforpostgresql.StorageArgs(storage_size_gb=settings.storage_gb, auto_grow="Enabled"),
            "backup": dbforpostgresql.BackupArgs(
                backup_retention_days=settings.backup_days,
                geo_redundant_backup="Enabled" if settings.geo_redundant_backup else "Disabled",
            ),
            "high_availability": {"mode": settings.high_availability if used or number == FIRST_SERVER else "Disabled"},
            "network": dbforpostgresql.NetworkArgs(
                delegated_subnet_resource_id=args.subnet_id,
                private_dns_zone_arm_resource_id=args.private_zone_id,
                public_network_access="Disabled",
            )
            if private
            else dbforpostgresql.NetworkArgs(public_network_access="Enabled"),
        }

    def _origin(self, number: int) -> dict[str, str]:
        """Return how a server comes to be. The stack file holds the source of the newest restore only."""
        restore = self._args.settings.restore
        if restore is None or number == FIRST_SERVER:
            return {"create_mode": "Default"}
        if number != restore.number:
            return {"create_mode": "Update"}
        return {
            "create_mode": "Update" if restore.in_use else "PointInTimeRestore",
            "source_server_resource_id": restore.source_server_id,
            "point_in_time_utc": restore.point_in_utc,
        }

    def _fixed_origin(self, number: int) -> list[str] | None:
        """Return the properties that a server takes at its creation only."""
        restore = self._args.settings.restore
        if restore is None or number == FIRST_SERVER or (number == restore.number and restore.in_use):
            return None
        # `createMode` stays too: a server that Airflow no longer uses must not be restored a second time. For an
        # earlier server, the stack file no longer holds the source.
        return ["createMode"] if number == restore.number else ["sourceServerResourceId", "pointInTimeUTC"]

    def _create_firewall_rules(
        self, name: str, server: dbforpostgresql.Server, after: CustomResource
    ) -> CustomResource:
        """Create the firewall rules of a public server; return the resource that was created last."""
        for rule, (first, last) in _firewall_rules(self._args.settings):
            after = dbforpostgresql.FirewallRule(
                f"{name}-{rule}",
                resource_group_name=self._args.resource_group_name,
                server_name=server.name,
                firewall_rule_name=rule,
                start_ip_address=first,
                end_ip_address=last,
                opts=ResourceOptions(parent=self, depends_on=[after]),
            )
        return after

    def _set_parameters(self, name: str, server: dbforpostgresql.Server, after: CustomResource) -> CustomResource:
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
                f"{name}-{parameter.replace('.', '-').replace('_', '-')}",
                resource_group_name=self._args.resource_group_name,
                server_name=server.name,
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
