"""Tests the command line `python -m dryrun`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from components.stack_file.reader import PLACEHOLDER
from dryrun.__main__ import main
from dryrun.picture.architecture import describe_architecture
from dryrun.picture.mermaid import render_mermaid
from tests.cases import STACKS
from tests.plans import ROOT, STACK_FILES, plan_of

pytestmark = pytest.mark.usefixtures("untraced")


def run(*arguments: object) -> int:
    stack, *options = map(str, arguments)
    ours = ["--config", str(STACK_FILES / f"{stack}.yaml")] if stack in STACKS and "--config" not in options else []
    return main([stack, *ours, *options, "--project", str(ROOT)])


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prod")
    assert run("prod", "--out", folder) == 0
    return folder


def test_every_file_of_the_contract_is_written(out: Path) -> None:
    files = set(tree(out))
    assert {"plan.json", "resources.json", "outputs.json", "plan.html", "plan.mmd"} <= files
    assert {f"helm/{release}/{file}" for release in ("airflow", "external-secrets") for file in HELM} <= files
    assert "manifests/Namespace-airflow.yaml" in files


HELM = ("chart.json", "values.yaml")


def test_resources_have_the_fields_of_the_contract(out: Path) -> None:
    resources = json.loads((out / "resources.json").read_text())
    fields = {
        "urn",
        "type",
        "name",
        "parent",
        "provider",
        "custom",
        "id",
        "inputs",
        "outputs",
        "dependencies",
        "propertyDependencies",
        "protect",
        "aliases",
        "aliasUrns",
        "deleteBeforeReplace",
        "ignoreChanges",
        "replaceOnChanges",
    }
    assert all(fields <= set(resource) for resource in resources)
    urns = [resource["urn"] for resource in resources]
    assert len(set(urns)) == len(urns)
    assert all(set(resource["dependencies"]) <= set(urns) for resource in resources)


def test_chart_is_named(out: Path) -> None:
    chart = json.loads((out / "helm" / "airflow" / "chart.json").read_text())
    assert set(chart) == {"name", "repository", "version", "namespace", "releaseName"}
    assert (chart["name"], chart["namespace"], chart["releaseName"]) == ("airflow", "airflow", "airflow")


def test_manifests_are_ready_to_apply(out: Path) -> None:
    for file in (out / "manifests").iterdir():
        manifest = yaml.safe_load(file.read_text())
        assert {"apiVersion", "kind", "metadata"} <= set(manifest)
        assert file.name == f"{manifest['kind']}-{manifest['metadata']['name']}.yaml"


def test_outputs_hold_marks_for_secrets_and_null_for_what_is_not_there(out: Path) -> None:
    outputs = json.loads((out / "outputs.json").read_text())
    assert outputs["kubeconfig"] == "[secret]"
    assert outputs["airflowUrl"] is None


def test_two_dry_runs_are_the_same_bytes(out: Path, tmp_path: Path) -> None:
    assert run("prod", "--out", tmp_path) == 0
    assert tree(tmp_path) == tree(out)


def test_diagram_that_is_written_is_the_one_of_the_plan(out: Path) -> None:
    text = render_mermaid(describe_architecture(plan_of("prod")))
    assert (out / "plan.mmd").read_text(encoding="utf-8") == text


def test_files_of_an_earlier_run_go_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "Pod-old.yaml").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    assert run("dev", "--out", tmp_path) == 0
    assert "manifests/Pod-old.yaml" not in tree(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_another_stack_file_can_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "try.yaml"
    file.write_text((STACK_FILES / "dev.yaml").read_text().replace("tier: Free", "tier: Gold"))
    assert run("dev", "--config", file) == 1
    assert "airflow-aks:cluster.tier: must be one of Free, Standard, Premium" in capsys.readouterr().err


def test_encrypted_value_becomes_a_placeholder(tmp_path: Path) -> None:
    content = yaml.safe_load((STACK_FILES / "dev.yaml").read_text())
    content["config"]["airflow-aks:dags"]["git"]["auth"] = "token"
    content["config"]["airflow-aks:dagsGitToken"] = {"secure": "v1:abcdef"}
    file = tmp_path / "encrypted.yaml"
    file.write_text(yaml.safe_dump({**content, "encryptionsalt": "v1:salt"}))
    assert run("dev", "--config", file, "--out", tmp_path / "out") == 0
    hidden = (b"abcdef", PLACEHOLDER.encode())
    assert not [name for name, text in tree(tmp_path / "out").items() if any(part in text for part in hidden)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("config:\n  a: [1\n  b: 2\n", "line 3: not valid YAML"),
        ("config:\n\ta: 1\n", "line 2: not valid YAML"),
        ("config:\n  a:b: 1\n  a:b: 2\n", "line 3: not valid YAML: the key a:b stands twice"),
        ("config:\n  azure-native:location: x\n  airflow-aks:protectData: yes\n", "must be true or false"),
        ("- a\n", "must be a YAML mapping"),
        ("config: 5\n", "config must be a mapping"),
        ("config:\n  location: x\n", "airflow-aks:location: unknown key"),
        ("config:\n  a:b:c: x\n", "a:b:c: a config key is <namespace>:<name>, for example airflow-aks:c"),
        ("config:\n  airflow-aks:tags: {a: b}\n", "azure-native:location: is missing"),
        ("", "azure-native:location: is missing"),
    ],
)
def test_unreadable_stack_file_is_one_clear_error(
    content: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(content)
    assert run("dev", "--config", file, "--out", tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert words in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_unknown_stack_names_those_that_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (ROOT / "Pulumi.yaml", STACK_FILES / "dev.yaml", STACK_FILES / "prod.yaml"):
        shutil.copy(file, tmp_path / (file.name if file.parent == ROOT else f"Pulumi.{file.name}"))
    assert main(["staging", "--project", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error == "error: unknown stack 'staging': there is no Pulumi.staging.yaml; stacks here: dev, prod\n"


def test_missing_config_file_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("dev", "--config", tmp_path / "none.yaml") == 1
    assert "No such file" in capsys.readouterr().err


def test_folder_that_is_no_project_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "--project", str(tmp_path)]) == 1
    assert "no Pulumi.yaml with a name" in capsys.readouterr().err


def test_simulated_secrets_are_written_on_request_only(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "vault.json"
    assert run("dev", "--simulated-secrets", file) == 0
    vault = json.loads(file.read_text())
    assert vault["airflow-metadata-connection"].startswith("postgresql+psycopg2://")
    assert not [name for name in tree(out) if name.endswith("vault.json")]


def test_simulated_secrets_never_stand_below_out(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        run("dev", "--out", tmp_path, "--simulated-secrets", tmp_path / "sub" / "vault.json")
    assert tree(tmp_path) == {}


@pytest.fixture
def program_modules() -> Iterator[None]:
    """Restore the modules of the program, which a run in another folder removes and other tests still use."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "components"}
    yield
    sys.modules.update(before)


@pytest.mark.usefixtures("program_modules")
def test_defect_of_the_program_is_told_from_a_mistake_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copy(STACK_FILES / "dev.yaml", tmp_path / "Pulumi.dev.yaml")
    (tmp_path / "__main__.py").write_text("raise KeyError('x')\n")
    assert main(["dev", "--project", str(tmp_path)]) == 1
    assert "this is a defect of the program" in capsys.readouterr().err
