"""The regions of the public Azure cloud, by their short names.

Source: Azure, "List of Azure regions". The list lacks regions that opened later, so it is used for warnings only.
"""

from __future__ import annotations

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
