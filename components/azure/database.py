"""The PostgreSQL Flexible Server with Airflow's metadata."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, CustomResource, Input, Output, ResourceOptions
from pulumi_azure_native import dbforpostgresql
from pulumi_random import RandomPassword

from components.settings.azure_sections import DatabaseSettings

_PASSWORDS_ON: Final = {"password_auth": "Enabled"}
LOGIN: Final = "airflow"
DATABASE: Final = "airflow"
# PgBouncer keeps prepared statements apart per client only when told how many; drivers prepare on their own.
MAX_PREPARED_STATEMENTS: Final = 200


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What Database needs: its settings, where to put it, and for private access its subnet and DNS zone."""

    settings: DatabaseSettings
    resource_group_name: Input[str]
    location: Input[str]
    server_name: Input[str]
    subnet_id: Input[str] | None
    private_zone_id: Input[str] | None
    protect: bool


class Database(ComponentResource):
    """A managed server with one database, and a generated password that nobody types.

    What stands on the server is made one after another: it refuses two writes at a time.
    """

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
        self._server = self._make_server(password.result)
        database = dbforpostgresql.Database(
            f"{name}-database",
            resource_group_name=args.resource_group_name,
            server_name=self._server.name,
            database_name=DATABASE,
            charset="UTF8",
            collation="en_US.utf8",
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        last = self._parameters(after=self._firewall(after=database))
        # Known once everything on the server is ready.
        self.host = Output.all(self._server.fully_qualified_domain_name, database.id, last.id).apply(
            lambda values: str(values[0])
        )
        self.database_name = database.name
        self.login = Output.from_input(LOGIN)
        self.password = Output.secret(password.result)
        self.register_outputs(
            {
                "host": self.host,
                "database_name": self.database_name,
                "login": self.login,
                "password": self.password,
            }
        )

    def _make_server(self, password: Output[str]) -> dbforpostgresql.Server:
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
            auth_config=dbforpostgresql.AuthConfigArgs(active_directory_auth="Disabled", **_PASSWORDS_ON),
            storage=dbforpostgresql.StorageArgs(storage_size_gb=settings.storage_gb, auto_grow="Enabled"),
            backup=dbforpostgresql.BackupArgs(
                backup_retention_days=settings.backup_days,
                geo_redundant_backup="Enabled" if settings.geo_redundant_backup else "Disabled",
            ),
            high_availability=dbforpostgresql.HighAvailabilityArgs(mode=settings.high_availability),
            network=dbforpostgresql.NetworkArgs(
                delegated_subnet_resource_id=args.subnet_id,
                private_dns_zone_arm_resource_id=args.private_zone_id,
                public_network_access="Disabled",
            )
            if private
            else dbforpostgresql.NetworkArgs(public_network_access="Enabled"),
            opts=ResourceOptions(
                parent=self,
                protect=args.protect,
                # A failover swaps the zones, and a changed zone would replace the server. Azure sets the disk's tier.
                ignore_changes=["availabilityZone", "highAvailability.standbyAvailabilityZone", "storage.tier"],
            ),
        )

    def _firewall(self, after: CustomResource) -> CustomResource:
        """Who may connect to a public server."""
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

    def _parameters(self, after: CustomResource) -> CustomResource:
        """Server parameters: TLS always, and the built-in pooler where it is chosen."""
        parameters = {"require_secure_transport": "on"}
        if self._args.settings.pooler == "server":
            # The second parameter exists only once the first is set.
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


def _firewall_rules(settings: DatabaseSettings) -> Iterator[tuple[str, tuple[str, str]]]:
    """Names of firewall rules, with their first and last address."""
    if settings.access != "public":
        return
    # Azure: "Firewall rules in Azure Database for PostgreSQL", this range stands for every Azure service.
    yield "azure-services", ("0.0.0.0", "0.0.0.0")  # noqa: S104 - not an address to listen on
    for cidr in settings.allowed_ip_ranges:
        network = ipaddress.IPv4Network(cidr)
        name = cidr.replace(".", "-").replace("/", "-")
        yield f"allow-{name}", (str(network.network_address), str(network.broadcast_address))
