"""What a stack was made in: subnets, a resource group and a Key Vault of its own, or such that existed already."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from components.settings.model import Settings

EXISTING_SUBNETS: Final = "airflow-aks:network.existing"
EXISTING_GROUP: Final = "airflow-aks:resourceGroup.existingName"
EXISTING_VAULT: Final = "airflow-aks:keyVault.existingId"


class _Place(NamedTuple):
    """A setting that names what existed: what the stack has without it and with it, and what a move into and out costs.

    A move from one that exists to another costs what a move out does.
    """

    own: str
    existing: str
    into: str
    out: str


_SUBNETS_COST: Final = (
    "replace the cluster, the database and the private endpoints, because none of them can move to another subnet"
)
_PLACES: Final[Mapping[str, _Place]] = {
    EXISTING_SUBNETS: _Place("a network of its own", "subnets that existed", _SUBNETS_COST, _SUBNETS_COST),
    EXISTING_GROUP: _Place(
        "a resource group of its own",
        "a resource group that existed",
        "replace every resource, those that hold data too, and delete the stack's own group",
        "replace every resource, those that hold data too",
    ),
    EXISTING_VAULT: _Place(
        "a Key Vault of its own",
        "a Key Vault that existed",
        "delete the stack's own vault with everything that others keep in it, such as certificates, and write the "
        "stack's secrets into another one",
        "write the stack's secrets into another vault, without what others keep in this one, such as certificates",
    ),
}


def places_to_record(settings: Settings) -> dict[str, object]:
    """Return what existed and the stack cannot leave; nothing for what is the stack's own."""
    found: dict[str, object] = {}
    if settings.network.existing is not None:
        fixed = ("nodeSubnetId", "databaseSubnetId")
        ids = settings.network.existing.ids
        found |= {f"{EXISTING_SUBNETS}.{key}": ids[key].lower() for key in fixed if key in ids}
    if settings.resource_group.existing_name is not None:
        found[EXISTING_GROUP] = settings.resource_group.existing_name
    if settings.key_vault.existing_id is not None:
        found[EXISTING_VAULT] = settings.key_vault.existing_id
    return found


def describe_moves(recorded: Mapping[str, str], current: Mapping[str, str], remedy: str) -> Iterator[str]:
    """Yield a message for each move into what existed, out of it, or from one to another. `remedy` ends each.

    No older record names what existed, so that a record without it is of a stack with its own. A move between two
    subnets is that of a setting which Azure fixes: stack_record.py describes it.
    """
    for path, place in _PLACES.items():
        was, now = (any(_is_at(key, path) for key in record) for record in (recorded, current))
        if was and not now:
            again = f"Set it to {_show(recorded[path])}" if path in recorded else "Set it"
            yield (
                f"{path}: is not set, and the stack was made in {place.existing}: the change would {place.out}. "
                f"{again}, {remedy}"
            )
        elif now and not was:
            yield (
                f"{path}: is set, and the stack was made in {place.own}: the change would {place.into}. Remove it, "
                f"{remedy}"
            )
        elif path in recorded and path in current and _differ(path, recorded[path], current[path]):
            yield (
                f"{path}: is {_show(current[path])}, and the stack was made in {_show(recorded[path])}: the change "
                f"would {place.out}. Set it back, {remedy}"
            )


def _differ(path: str, before: str, after: str) -> bool:
    """Return whether a name or id has changed. Azure tells the name of a group as it is, however it was written."""
    return before.lower() != after.lower() if path == EXISTING_GROUP else before != after


def _is_at(key: str, path: str) -> bool:
    return key == path or key.startswith(f"{path}.")


def _show(value: str) -> str:
    return str(json.loads(value))
