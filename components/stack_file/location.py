"""Checks the region and the cloud of a stack. The program knows names and addresses of Azure's public cloud only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from .problems import Problem

LOCATION: Final = "azure-native:location"
ENVIRONMENT: Final = "azure-native:environment"
PUBLIC: Final = "public"
# Regions of Azure Government, of Azure operated by 21Vianet in China, and of the clouds without a public list.
_OTHER_CLOUDS: Final = ("usgov", "usdod", "china", "ussec", "usnat")
# `true` and `false` are excluded, because Pulumi passes booleans as these texts and no region has such a name.
REGION_PATTERN: Final = rf"^(?!(?:true|false)$|{'|'.join(_OTHER_CLOUDS)})[a-z][a-z0-9]*$"


def check_location(config: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the problems of the region and the cloud."""
    cloud = config.get(ENVIRONMENT, PUBLIC)
    if cloud != PUBLIC:
        yield Problem(
            path=ENVIRONMENT,
            message=f"must be {PUBLIC}, or left out: other clouds are not supported, because their services have other "
            f"addresses (is {cloud!r})",
        )
    location = config.get(LOCATION)
    if location is None:
        yield Problem(path=LOCATION, message="is missing: set it to an Azure region, for example canadacentral")
        return
    name = "".join(character for character in location.lower() if character.isascii() and character.isalnum())
    if name.startswith(_OTHER_CLOUDS):
        yield Problem(
            path=LOCATION,
            message="must be a region of Azure's public cloud, for example canadacentral: other clouds are not "
            f"supported, because their services have other addresses (is {location!r})",
        )
    elif not re.fullmatch(REGION_PATTERN, location):
        example = name if re.fullmatch(REGION_PATTERN, name) else "canadacentral"
        yield Problem(path=LOCATION, message=f"must be a region's short name, for example {example} (is {location!r})")
