"""The way in on a living stack: switched on, from one kind to another, and off again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.engine import checks, gateway_rules
from tests.engine.rendered_charts import DEFINITION

from .switches import SWITCHES
from .workspace import Workspace

KINDS = [title for title in SWITCHES if title.startswith("access ")]


def set_access(stack: Workspace, access: dict[str, Any] | None) -> None:
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))
    content["config"].pop("airflow-aks:access", None)
    if access is not None:
        content["config"]["airflow-aks:access"] = access
    stack.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@pytest.mark.parametrize("title", KINDS)
def test_on_and_off_touches_what_the_way_in_is_about_and_leaves_what_is_documented(
    title: str, living: Callable[..., Workspace], count: Callable[..., None]
) -> None:
    stack = living("dev")
    before = stack.in_cloud()
    _, access, allowed = SWITCHES[title]
    set_access(stack, access)
    on = checks.applied(stack)
    assert not [name for name in on if not name.startswith(allowed)]
    assert stack.up().changes.keys() == {"unchanged"}
    count(resources=len(stack.cloud.objects))
    set_access(stack, None)
    off = checks.applied(stack)
    assert not [name for name in off if not name.startswith(allowed)]
    left = {f"{type_} {name}" for type_, name in stack.in_cloud() if (type_, name) not in before}
    kinds = {name for name in left if name.startswith(DEFINITION)}
    assert left - kinds == {"kubernetes:core/v1:Namespace gateway-namespace"}
    assert all(name.startswith(f"{DEFINITION} gateway-crds:") for name in kinds)
    assert kinds


def test_a_gateway_takes_over_what_an_earlier_one_left(living: Callable[..., Workspace]) -> None:
    stack = living("dev")
    for access in (SWITCHES[KINDS[0]][1], None, SWITCHES[KINDS[1]][1]):
        set_access(stack, access)
        checks.applied(stack)
    assert stack.up().changes.keys() == {"unchanged"}


def test_from_one_kind_to_another_the_controller_and_its_kinds_stay(living: Callable[..., Workspace]) -> None:
    stack = living("dev")
    set_access(stack, SWITCHES[KINDS[0]][1])
    stack.up()
    set_access(stack, SWITCHES[KINDS[2]][1])
    checks.applied(stack)
    touched = checks.operations(stack, "create", "delete", "update")
    assert "gateway-controller" not in touched
    assert not [name for name in touched if name.startswith("gateway-crds")]
    assert "gateway-address-ip" in checks.operations(stack, "delete")


def test_a_label_comes_to_the_address_that_is_there(living: Callable[..., Workspace]) -> None:
    stack = living("dev")
    set_access(stack, SWITCHES[KINDS[1]][1])
    stack.up()
    set_access(stack, SWITCHES[KINDS[0]][1])
    checks.applied(stack)
    assert "gateway-address-ip" in checks.operations(stack, "update")
    address = stack.cloud.find("azure-native:network:PublicIPAddress", "gateway-address-ip")
    assert address.inputs["dnsSettings"] == {"domainNameLabel": "my-airflow"}


def test_a_stack_with_a_way_in_comes_up_from_nothing_and_goes_again(dev: Workspace) -> None:
    set_access(dev, SWITCHES[KINDS[1]][1])
    assert dev.preview().code == 0
    dev.up()
    checks.state_and_cloud_agree(dev)
    assert dev.up().changes.keys() == {"unchanged"}
    dev.unprotect()
    dev.destroy()
    assert dev.in_state() == set()


def test_the_rules_of_the_simulation_refuse_a_gateway_without_rights(living: Callable[..., Workspace]) -> None:
    stack = living("dev")
    set_access(stack, SWITCHES[KINDS[0]][1])
    stack.up()
    stack.cloud.delete_outside("azure-native:authorization:RoleAssignment", "gateway-address-resource-group")
    with pytest.raises(gateway_rules.CloudError, match="LinkedAuthorizationFailed"):
        gateway_rules.check_create(
            stack.cloud,
            "kubernetes:gateway.networking.k8s.io/v1:Gateway",
            stack.cloud.find("kubernetes:gateway.networking.k8s.io/v1:Gateway").inputs,
        )
