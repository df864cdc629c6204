"""Records the settings that a stack was created with in Pulumi's state, to refuse changes that Azure cannot make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi import Alias, ComponentResource, Input, Output, ResourceOptions, RunError, Stash

from components.settings.model import Settings
from components.settings.names import default_suffix

from .recorded_encryption import describe_changed_encryption, encryption_to_record
from .recorded_names import MADE, NAMES, PATTERN, describe_changed_names, names_to_record
from .recorded_places import EXISTING_GROUP, EXISTING_VAULT, describe_moves, places_to_record
from .recorded_zones import (
    DATABASE_ZONE,
    cluster_zone_to_record,
    database_zone_to_record,
    describe_changed_cluster_zone,
    describe_changed_database_zone,
    may_change_database_zone,
)
from .stack_counters import check_numbers, kept_entries, reached

LOCATION: Final = "azure-native:location"
SUBSCRIPTION: Final = "azure-native:subscriptionId"
STACK: Final = "the stack's name"
PREFIX: Final = "airflow-aks:naming.prefix"
SUFFIX: Final = "airflow-aks:naming.suffix"
PRIVATE: Final = "airflow-aks:network.private"
PRIVATE_API_SERVER: Final = "airflow-aks:cluster.privateApiServer"
DATABASE_ACCESS: Final = "airflow-aks:database.access"
AIRFLOW: Final = "airflow-aks:airflow"
_NEW_STACK: Final = "or move to a new stack as docs/moving-a-stack.md says"


@dataclass(frozen=True, kw_only=True)
class StackRecordArgs:
    """What StackRecord needs: the settings, and the subscription that the deployment is signed in to."""

    settings: Settings
    subscription_id: Input[str]


class StackRecord(ComponentResource):
    """The subscription, region, names and fixed settings of the first update, kept in the state.

    The settings are compared with the record first; the suffix is an output of that check. The program derives every
    physical name from this output, so no resource is planned before the check has passed.

    Without the record, another subscription, region or stack name would replace the resources, and the provider deletes
    a resource with a fixed name before it creates the replacement. `pulumi destroy` removes the record.

    The record also holds the numbers that the stack has reached, stack_counters.py, and the zone of others that the
    database is in, recorded_zones.py. Only these are updated.

    A stack without Airflow has a record of another name, which marks Airflow as absent and omits Airflow's settings.
    When such a stack gets Airflow, it gets a new record. When the stack file of a stack with Airflow sets it to null,
    the alias finds the record of the stack, and the update is refused before it deletes any data. Without a preview,
    the refused update renames the record in the state, so that the next one makes a new record.

    Raises pulumi.RunError, also in a preview, with every setting that differs from the record.
    """

    suffix: Output[str]

    def __init__(self, name: str, args: StackRecordArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:StackRecord", name, None, opts)
        settings = args.settings
        numbers = reached(settings)
        later = {**numbers, **database_zone_to_record(settings)}
        current = Output.from_input(args.subscription_id).apply(lambda subscription: made_with(settings, subscription))
        with_airflow = f"{name}-made-with"
        stash = Stash(
            with_airflow if settings.has_airflow else f"{name}-made-without-airflow",
            input=current.apply(lambda values: values | later),
            opts=ResourceOptions(
                parent=self,
                ignore_changes=_ignored_paths(settings) if numbers or may_change_database_zone(settings) else ["input"],
                aliases=None if settings.has_airflow else [Alias(name=with_airflow)],
            ),
        )
        # `output` is the first input of a stash, `input` the newest.
        self.suffix = Output.all(stash.output, stash.input, current).apply(lambda known: _check(settings, *known))
        self.register_outputs({"suffix": self.suffix})


def _ignored_paths(settings: Settings) -> list[str]:
    """Return the paths of the record that keep their values: the fixed settings, and what the check compares."""
    zone = () if may_change_database_zone(settings) else (DATABASE_ZONE,)
    fixed = dict.fromkeys((*made_with(settings, ""), PATTERN, NAMES, MADE, *zone, *kept_entries(settings)))
    return [f'input["{entry}"]' for entry in fixed]


def _check(
    settings: Settings, recorded: Mapping[str, str], newest: Mapping[str, str], current: Mapping[str, str]
) -> str:
    """Check the settings and their numbers against the record, and return the recorded suffix."""
    suffix = check_record(settings, recorded, current, describe_changed_database_zone(settings, newest))
    check_numbers(settings, newest)
    return suffix


def made_with(settings: Settings, subscription_id: str) -> dict[str, str]:
    """Return the settings that cannot change while the stack lives: path in the stack file to the value as JSON."""
    cluster, database = settings.cluster, settings.database
    suffix = settings.naming.suffix or default_suffix(subscription_id, settings.project, settings.stack)
    values: dict[str, object] = {
        LOCATION: settings.location,
        SUBSCRIPTION: subscription_id,
        STACK: settings.stack,
        PREFIX: settings.naming.prefix,
        SUFFIX: suffix,
        PRIVATE_API_SERVER: cluster.private_api_server,
        "airflow-aks:cluster.systemPool.vmSize": cluster.system_pool.vm_size,
        "airflow-aks:cluster.zones": cluster.zones,
        **names_to_record(settings, suffix),
    }
    values |= places_to_record(settings) | cluster_zone_to_record(settings) | encryption_to_record(settings)
    if not settings.has_airflow:
        values[AIRFLOW] = None
    else:
        values |= {
            DATABASE_ACCESS: database.access,
            "airflow-aks:database.geoRedundantBackup": database.geo_redundant_backup,
        }
        if settings.key_vault.existing_id is None:
            values["airflow-aks:keyVault.softDeleteDays"] = settings.key_vault.soft_delete_days
    return {path: json.dumps(value) for path, value in values.items()}


def check_record(
    settings: Settings, recorded: Mapping[str, str], current: Mapping[str, str], others: Iterable[str] = ()
) -> str:
    """Return the recorded suffix, which is the end of the stack's globally unique names.

    `others` are lines about settings that differ from a later record, and are refused with the rest.

    Raises:
        pulumi.RunError: one message with every setting that differs from the record, or the stack lost its Airflow.

    """
    if not settings.has_airflow and AIRFLOW not in recorded:
        raise RunError(
            f"{AIRFLOW}: is null, and the stack {settings.stack} has Airflow, whose database, logs and Key Vault would "
            "be deleted: set the section back, and make a new stack for a cluster without Airflow, as "
            "docs/remote-clusters.md says"
        )
    # If the stack file sets no suffix, the recorded suffix stays, even if today's subscription gives another one.
    apart = {
        PATTERN,
        NAMES,
        MADE,
        EXISTING_GROUP,
        EXISTING_VAULT,
        *([SUFFIX] if settings.naming.suffix is None else []),
    }
    changed = [path for path in current if path in recorded and current[path] != recorded[path] and path not in apart]
    lines = [
        _describe_change(path, json.loads(recorded[path]), json.loads(current[path]), private=settings.network.private)
        for path in changed
    ]
    lines += describe_moves(recorded, current, _NEW_STACK)
    lines += describe_changed_cluster_zone(recorded, current, _NEW_STACK)
    lines += [*others, *describe_changed_encryption(recorded, current, _NEW_STACK)]
    suffix = str(json.loads(recorded.get(SUFFIX, current[SUFFIX])))
    lines += describe_changed_names(_with_recorded_parts(settings, recorded), recorded, suffix, _NEW_STACK)
    if lines:
        count = "1 setting differs" if len(lines) == 1 else f"{len(lines)} settings differ"
        raise RunError("\n  ".join((f"{count} from what the stack {settings.stack} was made with:", *lines)))
    return suffix


def _with_recorded_parts(settings: Settings, recorded: Mapping[str, str]) -> Settings:
    """Return the settings with the recorded parts of names, whose changes are described by themselves."""
    location, stack, prefix = (
        json.loads(recorded[path]) if path in recorded else now
        for path, now in ((LOCATION, settings.location), (STACK, settings.stack), (PREFIX, settings.naming.prefix))
    )
    group, vault = (json.loads(recorded.get(path, "null")) for path in (EXISTING_GROUP, EXISTING_VAULT))
    return settings.model_copy(
        update={
            "location": location,
            "stack": stack,
            "naming": settings.naming.model_copy(update={"prefix": prefix}),
            "resource_group": settings.resource_group.model_copy(update={"existing_name": group}),
            "key_vault": settings.key_vault.model_copy(update={"existing_id": vault}),
        }
    )


def _describe_change(path: str, recorded: object, current: object, *, private: bool) -> str:
    was, now = _show(recorded), _show(current)
    match path:
        case _ if path == SUBSCRIPTION:
            return (
                f"{path}: the deployment is signed in to {now}, and the stack is in {was}: run "
                f"`az account set --subscription {was}`, {_NEW_STACK}"
            )
        case _ if path == STACK:
            return (
                f"{path}: is {now}, and the names of its resources contain {was}: run `pulumi stack rename {was}`, "
                f"{_NEW_STACK}"
            )
        case _ if path in (LOCATION, PREFIX, SUFFIX):
            return (
                f"{path}: is {now}, and the stack was made with {was}: the change would replace every resource, those "
                f"that hold data too. Set it back to {was}, {_NEW_STACK}"
            )
        case _ if private and path in (PRIVATE_API_SERVER, DATABASE_ACCESS):
            return (
                f"{path}: is {now} because of {PRIVATE}, and the stack was made with {was}: Azure fixes it at "
                f"creation. Set {PRIVATE} to false and close the other services by their own settings, {_NEW_STACK}"
            )
        case _:
            return (
                f"{path}: is {now}, and the stack was made with {was}: Azure fixes it at creation. Set it back to "
                f"{was}, {_NEW_STACK}"
            )


def _show(value: object) -> str:
    """Return a value as it stands in the stack file."""
    return value if isinstance(value, str) else json.dumps(value)
