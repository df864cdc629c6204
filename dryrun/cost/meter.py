"""A meter of Azure: a filter of the retail prices interface, and which of the filter's items is the price."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .prices import Answer, Item


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A filter, as field and value, and regular expressions that the product, the SKU and the meter match as a whole.

    `regions`: the regions whose items count, the best first.
    """

    fields: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]
    product: str = ".*"
    sku: str = ".*"
    meter: str = ".*"

    @property
    def filter(self) -> str:
        """The filter in OData, for pay-as-you-go prices only."""
        pairs = (*self.fields, ("priceType", "Consumption"))
        return " and ".join(f"{field} eq '{value.replace(chr(39), chr(39) * 2)}'" for field, value in pairs)

    def pick(self, answer: Answer) -> list[Item]:
        """Return the items of the meter in the best region that has any: one for each tier, the lowest first."""
        for region in self.regions:
            tiers: dict[float, Item] = {}
            for item in answer.items:
                if item["armRegionName"] == region and self._is_it(item):
                    tiers.setdefault(item["tierMinimumUnits"], item)
            if tiers:
                return [tiers[least] for least in sorted(tiers)]
        return []

    def _is_it(self, item: Item) -> bool:
        wanted = ((self.product, "productName"), (self.sku, "skuName"), (self.meter, "meterName"))
        return item["type"] == "Consumption" and all(
            re.fullmatch(pattern, str(item[field]), re.IGNORECASE) for pattern, field in wanted
        )


def make_meter(
    *fields: tuple[str, str], regions: tuple[str, ...], product: str = ".*", sku: str = ".*", meter: str = ".*"
) -> Meter:
    """Return a meter; what is left out matches everything."""
    return Meter(fields=fields, regions=regions, product=product, sku=sku, meter=meter)
