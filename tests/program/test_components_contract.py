"""Every component class, whoever adds it."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import textwrap
import typing

import pytest
from pulumi import ComponentResource, ResourceOptions

import components
from tests.cases import SELECTORS
from tests.plans import component_of, plan_of
from tests.pod_cluster_cases import POD_CLUSTER

# Together they hold every component.
_CASES = (
    "celery-executor",
    "secrets-csi",
    "access-internal",
    "certificate-letsencrypt",
    "remote-clusters",
    "monitoring",
    "chaos",
    "teams-tasks",
)
PLANS = (*(("prod", SELECTORS[name]) for name in _CASES), ("dev", {**POD_CLUSTER, "network.outbound": "natGateway"}))


def component_classes() -> list[type[ComponentResource]]:
    found = set()
    for module in pkgutil.walk_packages(components.__path__, "components."):
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(member, ComponentResource) and member.__module__.startswith("components."):
                found.add(member)
    return sorted(found, key=lambda cls: cls.__qualname__)


# Prod with an executor that has a broker: every component in one plan.
PLAN = plan_of("prod", SELECTORS["celery-executor"])
every_class = pytest.mark.parametrize("cls", component_classes(), ids=lambda cls: cls.__qualname__)


def token_of(cls: type[ComponentResource]) -> str:
    return f"airflow-aks:{cls.__module__.split('.')[1]}:{cls.__name__}"


def test_there_are_components() -> None:
    assert len(component_classes()) >= 13


@every_class
def test_component_takes_name_args_and_options(cls: type[ComponentResource]) -> None:
    parameters = list(inspect.signature(cls.__init__).parameters.values())
    assert [parameter.name for parameter in parameters] == ["self", "name", "args", "opts"]
    assert parameters[3].default is None


@every_class
def test_args_are_one_frozen_dataclass_named_after_the_component(cls: type[ComponentResource]) -> None:
    hints = typing.get_type_hints(cls.__init__)
    assert hints["args"].__name__ == f"{cls.__name__}Args"
    assert dataclasses.is_dataclass(hints["args"])
    assert hints["args"].__dataclass_params__.frozen
    assert hints["opts"] == ResourceOptions | None


@every_class
def test_component_is_in_a_plan_under_its_token(cls: type[ComponentResource]) -> None:
    assert any(plan_of(*case).all(token_of(cls)) for case in PLANS)


@every_class
def test_component_registers_every_output_that_it_declares(cls: type[ComponentResource]) -> None:
    declared = {name for name in cls.__annotations__ if not name.startswith("_")}
    assert declared, "a component declares its outputs as annotations"
    for plan in (plan_of(*case) for case in PLANS):
        for component in plan.all(token_of(cls)):
            assert set(plan.component_outputs[component.urn]) == declared


@every_class
def test_component_declares_every_public_attribute_that_it_sets(cls: type[ComponentResource]) -> None:
    nodes = ast.walk(ast.parse(textwrap.dedent(inspect.getsource(cls))))
    stored = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
    assert {node.attr for node in stored if not node.attr.startswith("_")} == set(cls.__annotations__)


@every_class
def test_component_has_a_docstring(cls: type[ComponentResource]) -> None:
    assert inspect.getdoc(cls)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_children_are_named_after_their_component(stack: str) -> None:
    plan = plan_of(stack)
    for resource in plan.resources:
        component = component_of(plan, resource)
        assert component is None or resource.name.startswith(f"{component.name}-"), resource.urn


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_only_the_resource_group_and_the_provider_stand_outside_components(stack: str) -> None:
    plan = plan_of(stack)
    outside = [resource.name for resource in plan.resources if resource.custom and not component_of(plan, resource)]
    assert sorted(outside) == ["kubernetes", "resource-group"]
