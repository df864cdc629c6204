"""Tests that `make image` says what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.settings.pins import Tools, load_pins
from components.stack_file import checker
from image import azure_cli, build
from image.acr_build import plan_build
from image.azure_cli import Answer
from tests.image.conftest import pins_with
from tests.image.scripted_az import ScriptedAz, edit, run

# A command, its error output, and a part of the message.
REFUSED = [
    ("account_show", "ERROR: Please run 'az login' to setup account.", "is not signed in: run `az login`"),
    ("acr_show", "ERROR: The resource with name 'cr' could not be found in subscription 'a'.", "deploy stack dev once"),
    ("acr_show", "ERROR: (AuthorizationFailed) no right", "cannot be read: (AuthorizationFailed) no right"),
    ("acr_import", "ERROR: toomanyrequests", "the base image was not imported: toomanyrequests"),
    ("acr_build", "", "the build failed; its log stands above"),
]


@pytest.mark.parametrize(("command", "complaint", "words"), REFUSED, ids=[row[2][:25] for row in REFUSED])
def test_what_azure_refuses_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], command: str, complaint: str, words: str
) -> None:
    assert run(project, "--write", az=ScriptedAz(**{command: Answer(code=1, err=complaint)})) == 1
    assert words in capsys.readouterr().err
    assert not plan_build(project, "dev").is_named


def test_a_missing_azure_cli_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(azure_cli.shutil, "which", lambda name: None)
    assert build.main(["dev", "--project", str(project)]) == 1
    assert "the Azure CLI (`az`) is not installed" in capsys.readouterr().err


def test_kubelogin_without_a_digest_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checker, "load_pins", lambda: pins_with(kubelogin=None))
    assert run(project) == 1
    assert "charts/pins.yaml: tools.images.kubelogin.digest: is required" in capsys.readouterr().err


def test_a_private_registry_wants_an_agent_pool(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["prod", "--print", "--project", str(project)]) == 1
    assert "airflow-aks:registry.publicAccess is false" in capsys.readouterr().err
    assert build.main(["prod", "--print", "--project", str(project), "--agent-pool", "inside"]) == 0


def test_a_wrong_stack_file_is_refused_by_its_paths(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, schedulers=0, executor="X")
    assert run(project) == 1
    said = capsys.readouterr().err
    assert "airflow-aks:airflow.schedulers: must be at least 1" in said
    assert "airflow-aks:airflow.executor: must be one of" in said


def test_a_section_that_is_no_mapping_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / "Pulumi.dev.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text.partition('  airflow-aks:airflow:')[0]}  airflow-aks:airflow: [1]\n", encoding="utf-8")
    assert run(project) == 1
    assert "airflow-aks:airflow: must be a mapping" in capsys.readouterr().err


def test_pins_without_kubelogin_are_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checker, "load_pins", lambda: load_pins().model_copy(update={"tools": Tools()}))
    assert run(project) == 1
    assert "tools.images.kubelogin: is required" in capsys.readouterr().err


def test_an_unknown_stack_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["test", "--project", str(project)], ScriptedAz()) == 1
    assert "unknown stack 'test'" in capsys.readouterr().err


def test_a_real_command_runs_without_input_and_keeps_what_it_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "az"
    program.write_text(
        '#!/bin/sh\nread line && exit 9\necho "out $1"\necho "ERROR: err" >&2\nexit 3\n', encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    answer = azure_cli.run_az(["x"], False)
    assert (answer.code, answer.out, answer.reason) == (3, "out x", "err")


def test_a_stack_without_airflow_has_no_image_to_build(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "config:\n  azure-native:location: canadacentral\n  airflow-aks:airflow: null\n"
    (project / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    assert run(project, az=ScriptedAz()) == 1
    assert (
        "airflow-aks:airflow of dev is null: a stack without Airflow has no image to build" in capsys.readouterr().err
    )
