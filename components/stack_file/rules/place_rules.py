"""Rules for the place of a stack: its region and its address space."""

from __future__ import annotations

from collections.abc import Iterator

from components.azure.regions import describe_unknown_region
from components.azure.subnet_plan import overlaps
from components.stack_file.location import LOCATION
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def region_is_known(context: Context) -> Iterator[Problem]:
    """Warn about a region that is not in the list of public regions."""
    message = describe_unknown_region(context.settings.location)
    if message is not None:
        yield Problem(path=LOCATION, message=message)


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


PLACE_ERRORS: tuple[Rule, ...] = (address_space_does_not_overlap,)
PLACE_WARNINGS: tuple[Rule, ...] = (region_is_known,)
