"""Rules for names, tags, the network, the cluster, the registry and the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from components.azure.subnet_plan import overlaps
from components.settings.names import MAX_PREFIX_AND_STACK
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_OLDEST_SUPPORTED: Final = (1, 35)
_OLDEST_FOR_CHART: Final = (1, 30)
# Key Vault allows 15 tags on a secret; the program sets project and stack. Source: Key Vault, "About secrets".
_MOST_TAGS: Final = 13
_KEY_VAULT_API_WARNING_FROM: Final = datetime.date(2026, 12, 1)


def names_fit(context: Context) -> Iterator[Problem]:
    """Prefix and stack are short enough for names of 24 characters to stay readable."""
    settings = context.settings
    length = len(settings.naming.prefix) + len(settings.stack)
    if length > MAX_PREFIX_AND_STACK:
        yield Problem(
            path=key_path("naming", "prefix"),
            message=f"has {len(settings.naming.prefix)} characters, and the stack's name {settings.stack!r} has "
            f"{len(settings.stack)}: together they must have at most {MAX_PREFIX_AND_STACK}, so that every name fits "
            "Azure's limits; shorten the prefix or the stack's name",
        )


def tags_fit(context: Context) -> Iterator[Problem]:
    """Tags do not repeat each other or those of the program, and a Key Vault secret has room for all of them."""
    for tag in context.settings.tags:
        if tag.lower() in ("project", "stack"):
            yield Problem(
                path=key_path("tags", tag), message="is set by the program on every resource; use another name"
            )
    if len(context.settings.tags) > _MOST_TAGS:
        count = len(context.settings.tags)
        yield Problem(
            path=key_path("tags"), message=f"has {count} tags: at most {_MOST_TAGS} fit beside project and stack"
        )
    seen: dict[str, str] = {}
    for tag in context.settings.tags:
        other = seen.setdefault(tag.lower(), tag)
        if other != tag:
            yield Problem(path=key_path("tags", tag), message=f"is the same tag as {other!r}: Azure ignores case")


def address_space_does_not_overlap(context: Context) -> Iterator[Problem]:
    """The virtual network does not overlap the cluster's ranges for services and pods."""
    network = context.settings.network
    inside = overlaps(network.address_space)
    if inside is not None:
        yield Problem(
            path=key_path("network", "addressSpace"),
            message=f"{network.address_space} overlaps {inside}, which the cluster uses for services and pods; "
            "choose another range, for example 10.40.0.0/16",
        )


def api_server_access_is_possible(context: Context) -> Iterator[Problem]:
    """Somebody can sign in to the cluster, and a private API server has no ranges for a public one."""
    cluster = context.settings.cluster
    if not cluster.local_accounts and not cluster.admin_group_ids:
        yield Problem(
            path=key_path("cluster", "localAccounts"),
            message=f"is false, and {key_path('cluster', 'adminGroupIds')} is empty: nobody could sign in; "
            "name an Entra group, or leave local accounts on",
        )
    if cluster.private_api_server and cluster.authorized_ip_ranges:
        yield Problem(
            path=key_path("cluster", "authorizedIpRanges"),
            message=f"is for a public API server, and {key_path('cluster', 'privateApiServer')} is true; remove one",
        )


def upgrade_channels_fit(context: Context) -> Iterator[Problem]:
    """The upgrade channel `node-image` of the cluster goes with `NodeImage` for the nodes."""
    cluster = context.settings.cluster
    if cluster.auto_upgrade == "node-image" and cluster.node_os_upgrade != "NodeImage":
        yield Problem(
            path=key_path("cluster", "nodeOsUpgrade"),
            message=f"must be NodeImage with {key_path('cluster', 'autoUpgrade')}: node-image "
            f"(is {cluster.node_os_upgrade!r})",
        )


def kubernetes_version_runs_airflow(context: Context) -> Iterator[Problem]:
    """The Airflow chart supports the version of Kubernetes."""
    version = context.settings.cluster.kubernetes_version
    if _minor(version) < _OLDEST_FOR_CHART:
        yield Problem(
            path=key_path("cluster", "kubernetesVersion"),
            message=f"is {version}: the Airflow chart needs 1.30 or newer, and AKS supports 1.35 or newer",
        )


def registry_fits_its_sku(context: Context) -> Iterator[Problem]:
    """Private access and retention come with a Premium registry only."""
    registry = context.settings.registry
    if registry.sku == "Premium":
        return
    needs = f"needs {key_path('registry', 'sku')}: Premium (is {registry.sku})"
    if not registry.public_access:
        yield Problem(path=key_path("registry", "publicAccess"), message=f"false {needs}")
    if "retention_days" in registry.model_fields_set:
        yield Problem(path=key_path("registry", "retentionDays"), message=needs)


def database_fits_its_tier(context: Context) -> Iterator[Problem]:
    """PostgreSQL Flexible Server accepts the combination of settings, and uses each of them."""
    database = context.settings.database
    tier = key_path("database", "tier")
    if database.tier == "Burstable" and database.high_availability != "Disabled":
        yield Problem(
            path=key_path("database", "highAvailability"),
            message=f"{database.high_availability} needs {tier}: GeneralPurpose or MemoryOptimized (is Burstable)",
        )
    if database.tier == "Burstable" and database.pooler == "server":
        yield Problem(
            path=key_path("database", "pooler"),
            message=f"server is not available with {tier}: Burstable; use pgbouncer or none, or {tier}: GeneralPurpose",
        )
    if database.access == "private" and database.allowed_ip_ranges:
        yield Problem(
            path=key_path("database", "allowedIpRanges"),
            message=f"is for {key_path('database', 'access')}: public (is private); remove it",
        )


def storage_survives_a_zone(context: Context) -> Iterator[Problem]:
    """Warn about a cluster in several zones whose logs are stored in one."""
    settings = context.settings
    redundancy = settings.logs.redundancy
    if settings.cluster.zones and redundancy.endswith("_LRS"):
        yield Problem(
            path=key_path("logs", "redundancy"),
            message=f"{redundancy} keeps all copies in one zone, but {key_path('cluster', 'zones')} are "
            f"{', '.join(settings.cluster.zones)}; {redundancy.replace('LRS', 'ZRS')} survives the loss of a zone",
        )


def kubernetes_version_is_supported(context: Context) -> Iterator[Problem]:
    """Warn about a version of Kubernetes that AKS no longer supports."""
    version = context.settings.cluster.kubernetes_version
    if _OLDEST_FOR_CHART <= _minor(version) < _OLDEST_SUPPORTED:
        yield Problem(
            path=key_path("cluster", "kubernetesVersion"),
            message=f"{version} is out of AKS support; 1.35 is supported",
        )


def key_vault_api_is_current(context: Context) -> Iterator[Problem]:
    """Warn before Azure retires the API version that the provider creates Key Vaults with."""
    if context.today >= _KEY_VAULT_API_WARNING_FROM:
        yield Problem(
            path=key_path("keyVault"),
            message="is created with a control-plane API version that Azure retires on 2027-02-27; "
            "update pulumi-azure-native before then",
        )


def _minor(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


AZURE_ERRORS: tuple[Rule, ...] = (
    names_fit,
    tags_fit,
    address_space_does_not_overlap,
    api_server_access_is_possible,
    upgrade_channels_fit,
    kubernetes_version_runs_airflow,
    registry_fits_its_sku,
    database_fits_its_tier,
)
AZURE_WARNINGS: tuple[Rule, ...] = (storage_survives_a_zone, kubernetes_version_is_supported, key_vault_api_is_current)
