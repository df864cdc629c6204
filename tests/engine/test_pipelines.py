"""What the pipelines do with a stack: they preview, update what was approved, and look for drift."""

from __future__ import annotations

from pathlib import Path

import pytest

from dryrun.pipelines.deploy import main
from dryrun.pipelines.previews import Preview, load_preview
from tests.engine import checks

from .workspace import Workspace

REGISTRY = "azure-native:containerregistry:Registry"


class Pipeline:
    """The jobs of a pipeline, which hand files to each other."""

    def __init__(self, workspace: Workspace, out: Path) -> None:
        self.workspace = workspace
        self.out = out

    def run(self, command: str, *more: str) -> int:
        return main([command, self.workspace.stack, *more], self.workspace.environment)

    def preview(self) -> Preview:
        assert self.run("preview", "--out", str(self.out)) == 0
        return self.read("preview")

    def update(self) -> int:
        return self.run("up", "--approved", str(self.out / f"preview-{self.workspace.stack}.json"))

    def look(self) -> Preview:
        self.run("drift", "--out", str(self.out))
        return self.read("drift")

    def read(self, kind: str) -> Preview:
        return load_preview((self.out / f"{kind}-{self.workspace.stack}.json").read_text(encoding="utf-8"))


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, living_dev: Workspace) -> Pipeline:
    monkeypatch.chdir(living_dev.project)
    return Pipeline(living_dev, tmp_path)


def test_a_new_stack_is_previewed_approved_and_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dev: Workspace
) -> None:
    monkeypatch.chdir(dev.project)
    pipeline = Pipeline(dev, tmp_path)
    assert {change.kind for change in pipeline.preview().changes} == {"create"}
    assert pipeline.update() == 0
    checks.state_and_cloud_agree(dev)
    assert pipeline.preview().clean


def test_a_change_is_made_as_it_was_approved(pipeline: Pipeline) -> None:
    pipeline.workspace.change("logs", retentionDays=30)
    (change,) = pipeline.preview().changes
    assert change.kind == "update"
    assert change.urn.endswith("::log-storage-lifecycle")
    assert pipeline.update() == 0
    assert checks.operations(pipeline.workspace, "update") == ["log-storage-lifecycle"]


def test_an_approval_of_something_else_changes_nothing(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.workspace.change("logs", retentionDays=30)
    pipeline.preview()
    pipeline.workspace.change("registry", sku="Standard")
    assert pipeline.update() == 1
    assert checks.operations(pipeline.workspace, "create", "update", "delete") == []
    assert "registry-registry" in capsys.readouterr().err


def test_a_wrong_stack_file_is_the_error_of_the_preview(pipeline: Pipeline) -> None:
    pipeline.workspace.change("logs", retentionDays=-1)
    assert pipeline.run("preview", "--out", str(pipeline.out)) == 1
    assert "airflow-aks:logs.retentionDays" in pipeline.read("preview").errors[0]


def test_a_stack_that_was_never_made_is_named(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(pipeline.workspace.environment, "PULUMI_BACKEND_URL", f"file://{pipeline.out}")
    assert pipeline.run("preview", "--out", str(pipeline.out)) == 1
    assert "no stack named 'dev' found" in capsys.readouterr().out


def test_drift_is_found_and_its_end_too(pipeline: Pipeline) -> None:
    assert pipeline.look().clean
    pipeline.workspace.cloud.change_outside(
        REGISTRY, "registry-registry", lambda inputs: inputs.update(adminUserEnabled=True)
    )
    pipeline.workspace.cloud.delete_outside("kubernetes:networking.k8s.io/v1:NetworkPolicy", "airflow-namespace-dns")
    found = {change.urn.rpartition("::")[2]: change.kind for change in pipeline.look().changes}
    assert found["registry-registry"] == "update"
    assert "airflow-namespace-dns" in found
    pipeline.workspace.up("--refresh")
    assert pipeline.look().clean


def test_a_check_that_cannot_be_made_is_an_error(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pipeline.workspace.environment, "PULUMI_BACKEND_URL", f"file://{pipeline.out}")
    assert pipeline.run("drift", "--out", str(pipeline.out)) == 1
    assert pipeline.read("drift").errors
