"""What a change of a plan does to its costs, as numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dryrun.cost.cost_change import CostChange
from dryrun.cost.costs import Costs
from tests.dryrun.cost.made_up import costs_of
from tests.plans import plan_of


@pytest.fixture(scope="module")
def dev() -> Costs:
    return costs_of(plan_of("dev"))


def test_a_comparison_names_the_components_that_cost_something_else(dev: Costs) -> None:
    after = costs_of(plan_of("dev", {"registry.sku": "Premium", "network.outbound": "natGateway"}))
    found = {each.component: each for each in CostChange(before=dev, after=after).components}
    assert set(found) == {"network", "cluster", "registry"}
    assert found["network"].before is None
    assert found["network"].least == found["network"].most > 0
    assert found["registry"].most == 39.54
    assert found["cluster"].most < 0


def test_equal_costs_have_no_difference(dev: Costs) -> None:
    assert CostChange(before=dev, after=dev).components == ()


def test_a_component_that_is_gone_stands_last(dev: Costs) -> None:
    after = costs_of(plan_of("dev", {"network.outbound": "natGateway"}))
    (*_, last) = CostChange(before=after, after=dev).components
    assert (last.component, last.after) == ("network", None)
    assert last.most < 0


def test_the_total_is_the_difference_of_both_totals(dev: Costs) -> None:
    after = costs_of(plan_of("dev", {"registry.sku": "Premium"}))
    total = CostChange(before=dev, after=after).total
    assert total is not None
    assert (total.before, total.after) == (dev.total, after.total)
    assert total.least == total.most == 39.54


@pytest.mark.parametrize("side", ["before", "after"])
def test_one_side_alone_has_no_difference(side: str, dev: Costs) -> None:
    change = CostChange(before=dev if side == "before" else None, after=dev if side == "after" else None)
    assert change.total is None
    assert change.components == ()


def test_the_difference_is_not_known_where_one_side_has_no_price(dev: Costs) -> None:
    after = costs_of(plan_of("dev", {"registry.sku": "Premium"}))
    kept = tuple(line for line in after.lines if line.component != "database")
    change = CostChange(before=dev, after=replace(after, lines=kept, without_price=(("database", "a new size"),)))
    assert change.unpriced_changes == (("database", "a new size"),)
    assert change.total is None
    assert [found.component for found in change.components] == ["registry"]


def test_what_no_side_has_a_price_for_does_not_count(dev: Costs) -> None:
    before, after = (replace(dev, without_price=(("gateway", "balancer"),)) for _ in range(2))
    change = CostChange(before=before, after=after)
    assert change.always_unpriced == (("gateway", "balancer"),)
    assert change.unpriced_changes == ()
    assert change.total is not None


def with_day(costs: Costs, day: str) -> Costs:
    return replace(costs, lines=tuple(replace(line, date=day) for line in costs.lines))


def test_the_same_price_of_another_day_differs(dev: Costs) -> None:
    assert CostChange(before=dev, after=with_day(dev, "2026-09-01")).prices_differ
    assert not CostChange(before=dev, after=dev).prices_differ


def test_prices_that_one_side_alone_uses_do_not_differ(dev: Costs) -> None:
    later = replace(dev.lines[0], address="https://prices.example/other", date="2026-09-01")
    after = replace(dev, lines=(*dev.lines, later))
    assert not CostChange(before=dev, after=after).prices_differ
