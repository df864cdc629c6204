"""What a change of a plan does to its costs."""

from __future__ import annotations

from dataclasses import dataclass

from .costs import Costs, Sum


@dataclass(frozen=True, kw_only=True)
class SumChange:
    """The sums of a component, or of all, before and after a change; None where it has no fixed charge."""

    component: str
    before: Sum | None
    after: Sum | None

    @property
    def least(self) -> float:
        """How much more the least is; negative if it is less."""
        return round((self.after.least if self.after else 0) - (self.before.least if self.before else 0), 2)

    @property
    def most(self) -> float:
        """How much more the most is; negative if it is less."""
        return round((self.after.most if self.after else 0) - (self.before.most if self.before else 0), 2)


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """The costs before and after a change; None on a side whose dry run had no prices."""

    before: Costs | None = None
    after: Costs | None = None

    @property
    def total(self) -> SumChange | None:
        """The sums of all components; None unless both sides have costs, with a price for what differs."""
        if self.before is None or self.after is None or self.unpriced_changes:
            return None
        return SumChange(component="all", before=self.before.total, after=self.after.total)

    @property
    def components(self) -> tuple[SumChange, ...]:
        """The components whose sums differ, in the order of the new plan, then those that are gone.

        Leaves out those with a charge that has no price on one side: their difference is not known.
        """
        if self.before is None or self.after is None:
            return ()
        old, new = ({found.component: found for found in costs.sums} for costs in (self.before, self.after))
        unknown = {component for component, _ in self.unpriced_changes}
        return tuple(
            SumChange(component=name, before=old.get(name), after=new.get(name))
            for name in dict.fromkeys((*new, *old))
            if old.get(name) != new.get(name) and name not in unknown
        )

    @property
    def unpriced_changes(self) -> tuple[tuple[str, str], ...]:
        """The charges of one side alone that have no price, as component and name."""
        if self.before is None or self.after is None:
            return ()
        old, new = self.before.without_price, self.after.without_price
        return tuple(charge for charge in dict.fromkeys((*new, *old)) if (charge in old) != (charge in new))

    @property
    def always_unpriced(self) -> tuple[tuple[str, str], ...]:
        """The charges of both sides that have no price, and are in no sum, as component and name."""
        if self.before is None or self.after is None:
            return ()
        return tuple(charge for charge in self.after.without_price if charge in self.before.without_price)

    @property
    def prices_differ(self) -> bool:
        """Whether a price that both sides use is of another day on each."""
        sides = (self.before, self.after)
        old, new = ({line.address: line.date for line in side.lines} if side else {} for side in sides)
        return any(old[address] != new[address] for address in old.keys() & new.keys())
