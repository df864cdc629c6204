"""The regions of the public Azure cloud, by their short names.

Source: Azure, "List of Azure regions". The list lacks regions that opened later, so a stack file that names another
region gets a warning only.
"""

from __future__ import annotations

import difflib
from typing import Final

_AMERICAS: Final = """
    brazilsouth brazilsoutheast canadacentral canadaeast centralus chilecentral eastus eastus2 mexicocentral
    northcentralus southcentralus westcentralus westus westus2 westus3
"""
_EUROPE: Final = """
    austriaeast belgiumcentral denmarkeast francecentral francesouth germanynorth germanywestcentral italynorth
    northeurope norwayeast norwaywest polandcentral spaincentral swedencentral swedensouth switzerlandnorth
    switzerlandwest uksouth ukwest westeurope
"""
_AFRICA_AND_MIDDLE_EAST: Final = """
    israelcentral qatarcentral southafricanorth southafricawest uaecentral uaenorth
"""
_ASIA_AND_PACIFIC: Final = """
    australiacentral australiacentral2 australiaeast australiasoutheast centralindia eastasia indonesiacentral japaneast
    japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest newzealandnorth southeastasia southindia
    westindia
"""
PUBLIC_REGIONS: Final = frozenset((_AMERICAS + _EUROPE + _AFRICA_AND_MIDDLE_EAST + _ASIA_AND_PACIFIC).split())


def describe_unknown_region(region: str) -> str | None:
    """Return what is wrong with a region that the list lacks, with the nearest names; None if the list has it."""
    if region in PUBLIC_REGIONS:
        return None
    names = sorted(PUBLIC_REGIONS)
    near = difflib.get_close_matches(region, names, cutoff=0.85) or difflib.get_close_matches(region, names, n=1)
    hint = f"did you mean {' or '.join(near)}?" if near else "`az account list-locations --output table` shows all"
    return f"{region} is no region that the program knows; {hint}"
