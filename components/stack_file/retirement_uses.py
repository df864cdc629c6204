"""What a stack uses of charts/retirements.yaml: each with its setting, its last day and what to use instead."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from components.azure.api_versions import find_api_version
from components.azure.kubernetes_versions import last_day, lasting_versions, minor
from components.azure.node_images import node_image, os_sku
from components.settings.model import Settings
from components.settings.pins import Chart
from components.settings.retirements import Retirement, Retirements, Source, retirement_name

from .problems import key_path

WARNING_DAYS: Final = 180
FAILURE_DAYS: Final = 30


@dataclass(frozen=True, kw_only=True)
class Use:
    """Something that a stack uses until its support ends.

    `path`: the setting that uses it. `name`: the retirement's name, for example `kubernetes 1.33`. `title`: what is
    used, in words. `can_be_set`: the user of a stack file can end the use, by a setting or by charts/pins.yaml.
    """

    path: str
    name: str
    title: str
    date: datetime.date
    move_to: str
    source: Source
    can_be_set: bool

    def ends_within(self, days: int, today: datetime.date) -> bool:
        """Return whether the support ends within so many days, or has ended."""
        return self.date - today <= datetime.timedelta(days=days)

    def describe(self, today: datetime.date) -> str:
        """Return the day, what to use instead, the page of docs/ and the source, without the number of days left."""
        verb = "ended" if self.date < today else "ends"
        section = "kubernetes" if self.name.startswith("kubernetes ") else "what-the-file-covers"
        return (
            f"the support of {self.title} {verb} on {self.date}: move to {self.move_to}, see "
            f"docs/retirements.md#{section} ({self.source.address}, as of {self.source.read})"
        )


def cite(source: Source) -> str:
    """Return a source as text: its title, its address, and the day of the content that was read."""
    return f"source: {source.title}, {source.address}, as of {source.read}"


def list_uses(settings: Settings, retirements: Retirements, today: datetime.date) -> Iterator[Use]:
    """Yield what the stack uses and charts/retirements.yaml knows, whatever its day."""
    version = settings.cluster.kubernetes_version
    ended = last_day(retirements, settings.cluster)
    if ended is not None:
        known = retirements.kubernetes[version]
        yield Use(
            path=key_path("cluster", "kubernetesVersion"),
            name=retirement_name("kubernetes", version),
            title=f"Kubernetes {version} on AKS",
            date=ended,
            move_to=known.move_to or _newer_kubernetes(retirements, version, today),
            source=retirements.sources[known.source],
            can_be_set=True,
        )
    for path, kind, key, title, instead in _others(settings, retirements):
        retirement: Retirement = getattr(retirements, kind)[key]
        yield Use(
            path=path,
            name=retirement_name(kind, key),
            title=title,
            date=retirement.date,
            move_to=retirement.move_to or instead,
            source=retirements.sources[retirement.source],
            can_be_set=kind != "azure_apis",
        )


def offered_kubernetes(retirements: Retirements, today: datetime.date) -> list[str]:
    """Return the versions of Kubernetes to use: those that nothing warns of yet, or else those with support today."""
    lasting = lasting_versions(retirements, today + datetime.timedelta(days=WARNING_DAYS))
    return lasting or lasting_versions(retirements, today)


def _newer_kubernetes(retirements: Retirements, version: str, today: datetime.date) -> str:
    newer = [name for name in offered_kubernetes(retirements, today) if minor(name) > minor(version)]
    return " or ".join(newer) or "a newer version, once AKS offers it and charts/retirements.yaml has it"


def _others(settings: Settings, retirements: Retirements) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the setting, kind, key and title of what the stack uses, and what is newer, for entries without moveTo."""
    version = settings.cluster.kubernetes_version
    pools = {os_sku(gpu=False): ("systemPool",)} | {
        os_sku(gpu=True): ("pools", index) for index, pool in enumerate(settings.cluster.pools) if pool.gpu
    }
    for sku, place in pools.items():
        image = node_image(sku, version)
        if image in retirements.node_images:
            yield key_path("cluster", *place), "node_images", image, f"{image} on AKS nodes", "a newer Kubernetes"
    if not settings.has_airflow:
        # Such a stack has no database, no Key Vault and no chart.
        return
    release, lines = settings.airflow.release, settings.pins.airflow
    if release in retirements.airflow:
        newest = max(lines, key=lambda line: tuple(map(int, line.split("."))))
        instead = newest if newest != release else "a newer line of charts/pins.yaml, once it has one"
        yield key_path("airflow", "release"), "airflow", release, f"Airflow {release}", instead
    major = settings.database.version
    if major in retirements.postgresql:
        title = f"PostgreSQL {major} on Azure"
        yield key_path("database", "version"), "postgresql", major, title, "a newer major version"
    for path, chart in _charts(settings):
        key = f"{chart.name} {'.'.join(chart.version.removeprefix('v').split('.')[:2])}"
        if key in retirements.charts:
            title = f"the chart {chart.name} {chart.version}, which charts/pins.yaml pins,"
            yield path, "charts", key, title, "a newer version with `make pins`"
    for resource, api in retirements.azure_apis.items():
        used = find_api_version(resource)
        if used < api.before:
            title = f"API version {used}, with which pulumi-azure-native creates {resource},"
            yield key_path(api.section), "azure_apis", resource, title, "a newer pulumi-azure-native"


def _charts(settings: Settings) -> Iterator[tuple[str, Chart]]:
    """Yield each pinned chart that the stack installs, with the setting that asks for it."""
    pins, access = settings.pins, settings.access
    if settings.airflow.release in pins.airflow:
        yield key_path("airflow", "release"), settings.release_line.chart
    if access is not None and access.gateway_class == "envoy":
        yield key_path("access"), pins.envoy_gateway.chart
    if access is not None and access.tls.uses_cert_manager:
        yield key_path("access", "tls"), pins.cert_manager.chart
    if settings.secrets.delivery == "externalSecrets":
        yield key_path("secrets", "delivery"), pins.external_secrets.chart
