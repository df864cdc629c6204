"""The geo codes of Azure's regions, which are short enough for names of 24 characters.

Source: Azure Backup, "Geo-code mapping". A region that the list lacks, or that shares its code, has none here.
"""

from __future__ import annotations

from typing import Final

REGION_CODES: Final = {
    "australiacentral": "acl",
    "australiacentral2": "acl2",
    "australiaeast": "ae",
    "australiasoutheast": "ase",
    "brazilsouth": "brs",
    "brazilsoutheast": "bse",
    "canadacentral": "cnc",
    "canadaeast": "cne",
    "centralindia": "inc",
    "centralus": "cus",
    "chilecentral": "clc",
    "eastasia": "ea",
    "eastus": "eus",
    "eastus2": "eus2",
    "francecentral": "frc",
    "francesouth": "frs",
    "germanynorth": "gn",
    "germanywestcentral": "gwc",
    "japaneast": "jpe",
    "japanwest": "jpw",
    "koreacentral": "krc",
    "koreasouth": "krs",
    "northcentralus": "ncus",
    "northeurope": "ne",
    "norwayeast": "nwe",
    "norwaywest": "nww",
    "southafricanorth": "san",
    "southafricawest": "saw",
    "southcentralus": "scus",
    "southeastasia": "sea",
    "southindia": "ins",
    "swedencentral": "sdc",
    "switzerlandnorth": "szn",
    "switzerlandwest": "szw",
    "uaecentral": "uac",
    "uaenorth": "uan",
    "uksouth": "uks",
    "ukwest": "ukw",
    "westcentralus": "wcus",
    "westeurope": "we",
    "westindia": "inw",
    "westus": "wus",
    "westus2": "wus2",
    "westus3": "wus3",
}


def region_code(location: str) -> str:
    """Return the geo code of a region, or the region's own name if it has none."""
    return REGION_CODES.get(location, location)
