"""Checks the region and the cloud of a stack. The program knows names and addresses of Azure's public cloud only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Final

from .problems import Problem

LOCATION: Final = "azure-native:location"
ENVIRONMENT: Final = "azure-native:environment"
PUBLIC: Final = "public"
METADATA_HOST: Final = "azure-native:metadataHost"
# The variables that the provider reads if the config sets no cloud, in its order.
# Source: pulumi-azure-native, provider/pkg/provider/auth_azidentity.go, getCloud.
_CLOUD_VARIABLES: Final = ("ARM_ENVIRONMENT", "AZURE_ENVIRONMENT")
_METADATA_VARIABLE: Final = "ARM_METADATA_HOSTNAME"
# The names of other clouds in the provider, the Azure CLI and SDKs, in lower case and without punctuation. The provider
# takes every other name for the public cloud. Source: pulumi-azure-native, provider/pkg/azure/cloud/cloud.go.
_CLOUDS: Final = re.compile(r"(azure)?(usgov(ernment)?(l4)?|china|german)(cloud)?")
_PUBLIC_METADATA: Final = re.compile(r"(https://)?management\.azure\.com(:443)?/?", re.IGNORECASE)
# Regions of Azure Government, of Azure operated by 21Vianet in China, of the clouds without a public list, and of the
# former Azure Germany.
_OTHER_CLOUDS: Final = ("usgov", "usdod", "china", "ussec", "usnat", "germanycentral", "germanynortheast")
# `true` and `false` are excluded, because Pulumi passes booleans as these texts and no region has such a name.
REGION_PATTERN: Final = rf"^(?!(?:true|false)$|{'|'.join(_OTHER_CLOUDS)})[a-z][a-z0-9]*$"


def check_location(config: Mapping[str, str], variables: Mapping[str, str] = os.environ) -> Iterator[Problem]:
    """Yield the problems of the region and the cloud. The provider reads environment variables too."""
    yield from _check_cloud(config, variables)
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


def _check_cloud(config: Mapping[str, str], variables: Mapping[str, str]) -> Iterator[Problem]:
    reason = "other clouds are not supported, because their services have other addresses"
    cloud, host = config.get(ENVIRONMENT), config.get(METADATA_HOST)
    if cloud is None:
        name = next((name for name in _CLOUD_VARIABLES if variables.get(name)), "")
        if name and _CLOUDS.fullmatch(re.sub("[^a-z0-9]", "", variables[name].lower())):
            yield Problem(
                path=ENVIRONMENT,
                message=f"is {variables[name]!r} by the environment variable {name}: unset the variable, or set "
                f"{ENVIRONMENT} to {PUBLIC}; {reason}",
            )
    elif cloud != PUBLIC:
        yield Problem(path=ENVIRONMENT, message=f"must be {PUBLIC}, or left out: {reason} (is {cloud!r})")
    set_by = "" if host else f" by the environment variable {_METADATA_VARIABLE}"
    host = host or variables.get(_METADATA_VARIABLE)
    if host and not _PUBLIC_METADATA.fullmatch(host):
        yield Problem(path=METADATA_HOST, message=f"must be left out: {reason} (is {host!r}{set_by})")
