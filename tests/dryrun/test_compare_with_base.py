"""Tests `make compare`: a real git repository with the project's files, and branches that change them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from dryrun import compare_with_base
from dryrun.compare_with_base import Sides
from dryrun.comparison.reading import DryRun
from dryrun.cost.costs import Costs
from dryrun.cost.prices import write_prices
from tests.dryrun.cost.made_up import made_up_line, prices_for
from tests.dryrun.small_plan import small_plan
from tests.plans import PINS_FILE, ROOT, STACK_FILES, plan_of

pytestmark = pytest.mark.usefixtures("untraced")

STACK_FILE = "Pulumi.prod.yaml"
DATABASE = "components/azure/database.py"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the program, the tests' pins and their stack file for prod on the branch main."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copy(ROOT / "__main__.py", folder)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    for part in ("components", "charts", "dryrun"):
        # With the compiled modules, which git ignores: compiling them again would take seconds.
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(PINS_FILE, folder / "charts" / "pins.yaml")
    shutil.copy(STACK_FILES / "prod.yaml", folder / STACK_FILE)
    (folder / ".gitignore").write_text("__pycache__/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Start")
    return folder


@pytest.fixture
def tree(repository: Path) -> Iterator[Path]:
    """The working tree of the repository; its changes go with the test."""
    yield repository
    git(repository, "reset", "--quiet", "--hard", "main")
    git(repository, "clean", "--quiet", "--force", "-d")


@pytest.fixture(scope="module")
def runs_of_main() -> dict[str, DryRun]:
    """The dry runs of the branch main, which is the same for all tests: the first one makes them."""
    return {}


@pytest.fixture
def once(runs_of_main: dict[str, DryRun], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the program of the branch main once for all tests that use this."""
    run = compare_with_base._run_dry_runs

    def run_missing(sides: Sides, stack: str, folders: Mapping[str, Path]) -> list[DryRun]:
        missing = {where: folder for where, folder in folders.items() if where not in runs_of_main}
        found = dict(zip(missing, run(sides, stack, missing), strict=True))
        runs_of_main.update({where: run for where, run in found.items() if where == "in main"})
        return [{**runs_of_main, **found}[where] for where in folders]

    monkeypatch.setattr(compare_with_base, "_run_dry_runs", run_missing)


def compare(tree: Path, out: Path, *options: str, base: str = "main", stack: str = "prod") -> int:
    return compare_with_base.main([base, stack, "--project", str(tree), "--out", str(out), *options])


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def report(out: Path, stack: str = "prod") -> Any:
    return json.loads((out / f"{stack}.json").read_text(encoding="utf-8"))


def actions(content: Any) -> dict[str, str]:
    return {found["name"]: found["action"] for found in content["resources"]}


def said(content: Any, severity: str) -> str:
    return "\n".join(found["text"] for found in content["consequences"] if found["severity"] == severity)


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


def test_a_file_of_prices_that_does_not_exist_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tree, tmp_path / "out", "--prices", str(tmp_path / "nothing.json")) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'nothing.json'}: No such file or directory\n"
    assert report(tmp_path / "out")["exitCode"] == 1


def test_a_base_that_git_does_not_know_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tree, tmp_path, base="nowhere") == 1
    assert capsys.readouterr().err == (
        "error: nowhere is no commit of this repository; fetch it first, for example `git fetch origin nowhere`\n"
    )
    assert "nowhere is no commit" in (tmp_path / "prod.md").read_text()


def test_a_folder_that_cannot_be_written_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert compare(tree, tmp_path / "file") == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_a_folder_outside_git_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(tmp_path, tmp_path / "out") == 1
    assert capsys.readouterr().err.startswith("error: git rev-parse: ")


def test_an_option_is_no_base(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = compare_with_base.main(["--project", str(tree), "--out", str(tmp_path), "--", "--output=x", "prod"])
    assert code == 1
    assert "--output=x is no commit" in capsys.readouterr().err


def test_a_stack_that_neither_side_has_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tree, tmp_path, stack="staging") == 1
    words = "there is no Pulumi.staging.yaml, neither here nor in main; stacks: prod"
    assert words in capsys.readouterr().err
    assert words in (tmp_path / "staging.md").read_text()


def test_a_stack_file_that_the_program_refuses_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tree / STACK_FILE, ("tier: Standard\n", "tier: Gold\n"))
    git(tree, "checkout", "--quiet", "-b", "wrong")
    git(tree, "commit", "--quiet", "--all", "--message=Break")
    assert compare(tree, tmp_path, base="wrong") == 1
    shown = capsys.readouterr().err
    git(tree, "checkout", "--quiet", "main")
    assert shown.startswith("error: prod here: ")
    assert "\nprod in wrong: " in shown
    assert shown.count("airflow-aks:cluster.tier: must be one of Free, Standard, Premium") == 2
    assert report(tmp_path)["exitCode"] == 1
    assert "airflow-aks:cluster.tier" in (tmp_path / "prod.md").read_text()


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give every side the small plan in place of a run; returns the sides that were asked for."""
    asked: list[str] = []

    def give(sides: Sides, stack: str, folders: Mapping[str, Path]) -> list[DryRun]:
        asked.extend(f"{stack} {where}" for where in folders)
        costs = Costs(lines=(made_up_line("cluster", 10, 20),))
        return [DryRun(plan=replace(small_plan(), stack=stack), costs=costs) for _ in folders]

    monkeypatch.setattr(compare_with_base, "_run_dry_runs", give)
    return asked


def test_every_stack_is_compared(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    shutil.copy(STACK_FILES / "dev.yaml", tree / "Pulumi.dev.yaml")
    assert compare(tree, tmp_path, stack="all") == 0
    assert recorded == ["dev here", "prod here", "prod in main"]
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{stack}.{kind}" for stack in ("dev", "prod") for kind in ("html", "json", "md")
    }


def test_a_new_stack_is_added_as_a_whole(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    shutil.copy(STACK_FILES / "dev.yaml", tree / "Pulumi.dev.yaml")
    assert compare(tree, tmp_path, stack="dev") == 0
    assert {*actions(report(tmp_path, "dev")).values()} == {"added"}
    comment = (tmp_path / "dev.md").read_text()
    assert "main has no Pulumi.dev.yaml: the stack is new" in comment
    assert "Cost a month in USD: least 10.00 (+10.00), most 20.00 (+20.00)\n" in comment


def test_a_removed_stack_file_destroys_nothing(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    (tree / STACK_FILE).unlink()
    assert compare(tree, tmp_path, stack="all") == 0
    assert recorded == []
    assert "This destroys nothing" in (tmp_path / "prod.md").read_text()


def test_the_worst_of_several_stacks_decides(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {"a": 0, "b": 2, "c": 1}
    for stack in codes:
        shutil.copy(STACK_FILES / "dev.yaml", tree / f"Pulumi.{stack}.yaml")
    monkeypatch.setattr(compare_with_base, "_compare_stack", lambda _, stack, __: codes.get(stack, 0))
    assert compare(tree, tmp_path, stack="all") == 1
    codes["c"] = 0
    assert compare(tree, tmp_path, stack="all") == 2


def test_a_project_in_a_folder_of_the_repository_is_found(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    inner = tree / "inner"
    inner.mkdir()
    shutil.copy(tree / "Pulumi.yaml", inner)
    shutil.copy(tree / STACK_FILE, inner)
    git(tree, "checkout", "--quiet", "-b", "nested")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Nest")
    assert compare(inner, tmp_path, base="nested") == 0
    assert recorded == ["prod here", "prod in nested"]
    git(tree, "checkout", "--quiet", "main")
