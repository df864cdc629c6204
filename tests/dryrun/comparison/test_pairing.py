"""Tests how resources of two plans find each other."""

from __future__ import annotations

from dataclasses import replace

from dryrun.comparison.pairing import pair_resources
from dryrun.plan import Plan, Resource
from tests.dryrun.small_plan import component, resource, small_plan

SERVER = "azure-native:dbforpostgresql:Server"


def plan_with(*resources: Resource) -> Plan:
    return replace(small_plan(), resources=resources)


def names(old: Plan, new: Plan) -> list[tuple[str | None, str | None]]:
    return [(pair.old and pair.old.name, pair.new and pair.new.name) for pair in pair_resources(old, new)]


def nested(type_: str, name: str, parent: Resource, **more: object) -> Resource:
    """A resource below a component, with the type of its parent in its URN."""
    made = resource(type_, name, parent.urn)
    return replace(made, urn=f"urn:pulumi:test::airflow-aks::{parent.type}${type_}::{name}", **more)  # type: ignore[arg-type]


def test_resources_of_one_urn_are_a_pair_in_any_order() -> None:
    one, two = resource(SERVER, "one"), resource(SERVER, "two")
    assert names(plan_with(one, two), plan_with(two, one)) == [("two", "two"), ("one", "one")]


def test_another_name_is_another_resource() -> None:
    assert names(plan_with(resource(SERVER, "one")), plan_with(resource(SERVER, "two"))) == [
        (None, "two"),
        ("one", None),
    ]


def test_an_alias_finds_the_former_name() -> None:
    old = resource(SERVER, "one")
    assert names(plan_with(old), plan_with(resource(SERVER, "two", alias_urns=(old.urn,)))) == [("one", "two")]


def test_an_alias_as_the_engine_writes_it_finds_a_resource_of_the_simulation() -> None:
    stack_type = "pulumi:pulumi:Stack"
    old = replace(resource(SERVER, "one"), urn=f"urn:pulumi:test::airflow-aks::{stack_type}${SERVER}::one")
    alias = f"urn:pulumi:test::airflow-aks::{SERVER}::one"
    assert names(plan_with(old), plan_with(resource(SERVER, "two", alias_urns=(alias,)))) == [("one", "two")]


def test_children_inherit_the_alias_of_their_component() -> None:
    before, after = component("azure:Database", "db"), component("azure:Database", "database")
    after = replace(after, alias_urns=(before.urn,))
    old = plan_with(before, nested(SERVER, "db-server", before))
    new = plan_with(after, nested(SERVER, "database-server", after))
    assert names(old, new) == [("db", "database"), ("db-server", "database-server")]


def test_children_follow_a_component_of_another_type() -> None:
    before, after = component("azure:Db", "database"), component("azure:Database", "database")
    after = replace(after, alias_urns=(before.urn,))
    old = plan_with(before, nested(SERVER, "database-server", before))
    new = plan_with(after, nested(SERVER, "database-server", after))
    assert names(old, new) == [("database", "database"), ("database-server", "database-server")]


def test_an_alias_does_not_take_the_state_of_a_resource_that_still_exists() -> None:
    old = resource(SERVER, "one")
    new = plan_with(resource(SERVER, "two", alias_urns=(old.urn,)), old)
    assert names(plan_with(old), new) == [(None, "two"), ("one", "one")]
