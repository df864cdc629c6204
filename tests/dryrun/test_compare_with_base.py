"""Tests `make compare`: a real git repository with the project's files, and branches that change them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dryrun.cost.prices import write_prices
from tests.dryrun.cost.made_up import prices_for
from tests.plans import plan_of

from .compared_repository import DATABASE, STACK_FILE, actions, compare, edit, report, said

pytestmark = pytest.mark.usefixtures("untraced")


@pytest.mark.usefixtures("once")
def test_another_executor_adds_what_it_needs_and_restarts_airflow(tree: Path, tmp_path: Path) -> None:
    edit(tree / STACK_FILE, ("executor: KubernetesExecutor", "executor: CeleryExecutor"))
    assert compare(tree, tmp_path) == 0
    content = report(tmp_path)
    found = actions(content)
    assert (found["broker-redis"], found["airflow-release"], found["cluster-cluster"]) == (
        "added",
        "changed",
        "changed",
    )
    assert {"replaced", "removed"} & {*found.values()} == set()
    release = next(item for item in content["resources"] if item["name"] == "airflow-release")
    assert {"path": "values.executor", "old": "KubernetesExecutor", "new": "CeleryExecutor"} in release["differences"]
    assert content["outputs"] == [{"path": "airflowExecutor", "old": "KubernetesExecutor", "new": "CeleryExecutor"}]
    assert "from KubernetesExecutor to CeleryExecutor" in said(content, "stops")


@pytest.mark.usefixtures("once")
def test_a_renamed_resource_is_removed_and_added_and_loses_its_data(tree: Path, tmp_path: Path) -> None:
    edit(tree / DATABASE, ('f"{name}-server",', 'f"{name}-postgres",'))
    assert compare(tree, tmp_path) == 2
    content = report(tmp_path)
    assert actions(content)["database-server"] == "removed"
    assert actions(content)["database-postgres"] == "added"
    assert "PostgreSQL server psql-airflow-prod" in said(content, "data")
    assert "An alias makes this a rename" in said(content, "refused")


@pytest.mark.usefixtures("once")
def test_a_resource_renamed_with_an_alias_stays(tree: Path, tmp_path: Path) -> None:
    edit(
        tree / DATABASE,
        ('f"{name}-server",', 'f"{name}-postgres",'),
        (
            "depends_on=after, transformations=[_unset_zone]",
            'depends_on=after, transformations=[_unset_zone], aliases=[Alias(name=f"{name}-server")]',
        ),
        ("    ComponentResource,\n", "    Alias,\n    ComponentResource,\n"),
    )
    assert compare(tree, tmp_path) == 0
    content = report(tmp_path)
    assert actions(content) == {"database-postgres": "renamed"}
    assert content["resources"][0]["formerUrn"].endswith("::database-server")


@pytest.mark.usefixtures("once")
def test_another_size_of_the_database_restarts_it_and_keeps_its_data(tree: Path, tmp_path: Path) -> None:
    edit(tree / STACK_FILE, ("sku: Standard_D4ds_v5", "sku: Standard_D8ds_v5"))
    assert compare(tree, tmp_path) == 0
    content = report(tmp_path)
    assert actions(content) == {"database-server": "changed"}
    assert content["resources"][0]["differences"] == [
        {"path": "sku.name", "old": "Standard_D4ds_v5", "new": "Standard_D8ds_v5"}
    ]
    assert "the server restarts" in said(content, "stops")


@pytest.mark.usefixtures("once")
def test_another_address_space_replaces_nearly_everything(tree: Path, tmp_path: Path) -> None:
    edit(tree / STACK_FILE, ("addressSpace: 10.60.0.0/16", "addressSpace: 10.99.0.0/16"))
    assert compare(tree, tmp_path) == 2
    content = report(tmp_path)
    found = actions(content)
    replaced = {name for name, action in found.items() if action == "replaced"}
    assert {"network-nodes", "cluster-cluster", "cluster-pool-airflow", "database-server"} <= replaced
    assert {"registry-private-endpoint", "airflow-release", "airflow-namespace-namespace"} <= replaced
    assert len(replaced) > 50
    assert {"registry-registry", "key-vault-vault", "log-storage-account"} & {*found} == set()
    assert "Azure does not change addressPrefix in place" in said(content, "refused")
    assert "Azure refuses the update that Pulumi plans. Only a replacement of PostgreSQL server" in said(
        content, "data"
    )
    assert "It is protected" in said(content, "data")


@pytest.mark.usefixtures("once")
def test_another_order_in_the_file_changes_nothing(tree: Path, tmp_path: Path) -> None:
    def turn(value: Any) -> Any:
        return {key: turn(value[key]) for key in reversed(value)} if isinstance(value, dict) else value

    content = yaml.safe_load((tree / STACK_FILE).read_text())
    (tree / STACK_FILE).write_text(yaml.safe_dump(turn(content), sort_keys=False))
    assert compare(tree, tmp_path) == 0
    assert (tmp_path / "prod.md").read_text() == "## `prod`: Nothing changes\n"


def test_the_cost_of_both_sides_is_compared_with_the_prices_of_a_file(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = plan_of("prod"), plan_of("prod", {"database.highAvailability": "Disabled"})
    before, after = (prices_for(plan) for plan in plans)
    write_prices(before.plus([*after.answers.values()]), tmp_path / "prices.json")
    monkeypatch.chdir(tmp_path)
    edit(tree / STACK_FILE, ("highAvailability: ZoneRedundant", "highAvailability: Disabled"))
    assert compare(tree, tmp_path / "out", "--prices", "prices.json") == 0
    cost = report(tmp_path / "out")["cost"]
    assert [found["component"] for found in cost["components"]] == ["database"]
    assert cost["total"]["difference"] == cost["components"][0]["difference"]
    assert cost["total"]["difference"]["least"] < 0
    assert "\nCost a month in USD: least " in (tmp_path / "out" / "prod.md").read_text()
