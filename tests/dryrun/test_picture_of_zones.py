"""Whose private DNS zones the picture of a plan shows."""

from __future__ import annotations

import pytest

from dryrun.page import render_page
from dryrun.picture.architecture import describe_architecture
from tests.dryrun.markup import text
from tests.plans import plan_of, planned

pytestmark = pytest.mark.usefixtures("untraced")


@pytest.mark.parametrize(
    ("case", "shown"),
    [
        ("private-dns-existing", "5 private DNS zones of others"),
        ("private-dns-own-network", "7 private DNS zones of others"),
        ("private-dns-policy", "1 private DNS zone of others, private endpoints named by Azure Policy"),
        ("existing-network", "4 private DNS zones"),
    ],
)
def test_the_network_names_the_zones_and_their_owner(case: str, shown: str) -> None:
    assert describe_architecture(planned(case)).frames["network"].lines[-1] == shown
    assert shown.partition(",")[0] in text(render_page(planned(case)))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_zones_of_the_stacks_own_are_of_nobody_else(stack: str) -> None:
    lines = describe_architecture(plan_of(stack)).frames["network"].lines
    assert "of others" not in " ".join(lines)
    assert "Azure Policy" not in " ".join(lines)
