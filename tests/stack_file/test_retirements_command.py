"""`make check` fails for what loses its support within 30 days: `python -m components.stack_file.check_retirements`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from components.settings.today import TODAY_VARIABLE
from components.stack_file.check_retirements import main
from tests.cases import STACKS
from tests.plans import ROOT, STACK_FILES

ACCESS = {"host": "airflow.contoso.com", "tls": {"issuer": "letsencrypt", "email": "ops@contoso.com"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder with the stack files of the tests, to edit."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path / "Pulumi.yaml")
    for stack in STACKS:
        shutil.copy(STACK_FILES / f"{stack}.yaml", tmp_path / f"Pulumi.{stack}.yaml")
    return tmp_path


def edit(file: Path, **sections: object) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for name, value in sections.items():
        key = f"airflow-aks:{name}"
        content["config"][key] = {**content["config"].get(key, {}), **value} if isinstance(value, dict) else value
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


def run(folder: Path, today: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv(TODAY_VARIABLE, today)
    return main(["--project", str(folder)])


@pytest.mark.parametrize(("today", "code"), [("2027-02-28", 0), ("2027-03-01", 1), ("2027-03-31", 1)])
def test_the_last_thirty_days_fail(
    today: str, code: int, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in STACKS:
        edit(folder / f"Pulumi.{stack}.yaml", acknowledgedRetirements=["azureApi keyvault:Vault"])
    (folder / "Pulumi.prod.yaml").unlink()
    assert run(folder, today, monkeypatch) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == code
    if code:
        assert lines[0].startswith("Pulumi.dev.yaml: airflow-aks:cluster.kubernetesVersion: the support of Kubernetes")
        assert "put 'kubernetes 1.35' into airflow-aks:acknowledgedRetirements" in lines[0]


@pytest.mark.parametrize(("today", "warned"), [("2026-08-30", 0), ("2026-08-31", 1), ("2027-01-27", 1)])
def test_what_no_setting_changes_is_one_warning_180_days_ahead(
    today: str, warned: int, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in STACKS:
        edit(folder / f"Pulumi.{stack}.yaml", cluster={"kubernetesVersion": "1.36"})
    assert run(folder, today, monkeypatch) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == warned
    if warned:
        assert lines[0].startswith("warning: airflow-aks:keyVault: the support of API version 2024-11-01, with which")
        assert " ends on 2027-02-27: move to " in lines[0]


def test_every_stack_file_is_checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder / "Pulumi.prod.yaml", access=ACCESS)
    assert run(folder, "2027-02-20", monkeypatch) == 1
    err = capsys.readouterr().err
    assert "Pulumi.dev.yaml: airflow-aks:keyVault: " in err
    assert "Pulumi.prod.yaml: airflow-aks:keyVault: " in err
    assert "Pulumi.prod.yaml: airflow-aks:access: the support of the chart gateway-helm v1.9.2" in err


def test_what_is_acknowledged_does_not_fail(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["azureApi keyvault:Vault", "kubernetes 1.35"]
    edit(folder / "Pulumi.dev.yaml", acknowledgedRetirements=names)
    edit(folder / "Pulumi.prod.yaml", access=ACCESS, acknowledgedRetirements=[*names, "chart gateway-helm 1.9"])
    assert run(folder, "2027-04-10", monkeypatch) == 0


def test_a_version_that_is_refused_fails_with_the_refusal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder / "Pulumi.dev.yaml", cluster={"kubernetesVersion": "1.30"})
    assert run(folder, "2026-08-15", monkeypatch) == 1
    assert "Pulumi.dev.yaml: airflow-aks:cluster.kubernetesVersion: AKS no longer offers" in capsys.readouterr().err


def test_a_file_whose_values_come_from_an_environment_is_not_judged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Pulumi.staging.yaml").write_text("environment: [company]\nconfig: {}\n", encoding="utf-8")
    assert run(folder, "2026-08-15", monkeypatch) == 0


def test_a_file_that_cannot_be_read_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "Pulumi.dev.yaml").write_text("config: [a]\n", encoding="utf-8")
    assert run(folder, "2026-08-15", monkeypatch) == 1
    assert capsys.readouterr().err == "error: Pulumi.dev.yaml: config must be a mapping of keys to values\n"


def test_a_day_that_does_not_exist_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "soon", monkeypatch) == 1
    assert capsys.readouterr().err.startswith("error: AIRFLOW_AKS_TODAY: must be a day")
