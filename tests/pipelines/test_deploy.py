"""Tests previews, updates and drift checks with a `pulumi` that answers as it is told."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dryrun.pipelines.deploy import main
from dryrun.pipelines.previews import Change, load_preview
from tests.pipelines.comparisons import URN, write_preview
from tests.plans import ROOT, STACK_FILES

KEY = "azurekeyvault://kv-pulumi.vault.azure.net/keys/pulumi"


class Pulumi:
    """A `pulumi` on the path that prints a file, ends with a code, and records its arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        binary = folder / "bin" / "pulumi"
        binary.parent.mkdir(parents=True)
        lines = ['echo "$@" >> asked', "cat out", "cat err >&2", "exit $(cat code)"]
        binary.write_text("\n".join(["#!/bin/sh", f"cd {folder}", *lines, ""]), encoding="utf-8")
        binary.chmod(0o755)
        self.answer()

    def answer(self, *steps: dict[str, Any], code: int = 0, err: str = "") -> None:
        (self.folder / "out").write_text(json.dumps({"steps": steps}) if not err else "", encoding="utf-8")
        (self.folder / "err").write_text(err, encoding="utf-8")
        (self.folder / "code").write_text(str(code), encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        file = self.folder / "asked"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def environment(self, **more: str) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "PULUMI_BACKEND_URL": "azblob://state?storage_account=stpulumi", **more}


UPDATE = {"op": "update", "urn": URN, "diffReasons": ["sku"]}


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", project)
    text = (STACK_FILES / "dev.yaml").read_text(encoding="utf-8")
    (project / "Pulumi.dev.yaml").write_text(f"secretsprovider: {KEY}\n{text}", encoding="utf-8")
    monkeypatch.chdir(project)
    found = Pulumi(tmp_path / "cli")
    # The program is looked for on the path of this process.
    monkeypatch.setenv("PATH", found.environment()["PATH"])
    return found


def test_a_preview_is_written_for_the_next_job(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answer(UPDATE)
    assert main(["preview", "dev", "--out", str(tmp_path / "out")], pulumi.environment()) == 0
    assert load_preview((tmp_path / "out" / "preview-dev.json").read_text(encoding="utf-8")).changes == (
        Change("update", URN, ("sku",)),
    )
    assert pulumi.asked == ["preview --json --stack dev --non-interactive --color never"]


def test_those_who_approve_read_it_on_the_page_of_the_run(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answer(UPDATE)
    page = tmp_path / "summary.md"
    main(["preview", "dev", "--out", str(tmp_path / "out")], pulumi.environment(GITHUB_STEP_SUMMARY=str(page)))
    assert "1 to update" in page.read_text(encoding="utf-8")


def test_azure_pipelines_is_told_of_the_page(
    pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["preview", "dev", "--out", str(tmp_path / "out")], pulumi.environment(TF_BUILD="True"))
    _, _, file = capsys.readouterr().out.strip().rpartition("##vso[task.uploadsummary]")
    assert "Nothing would change." in Path(file).read_text(encoding="utf-8")


def test_a_preview_that_fails_is_written_too(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answer(code=255, err="error: no stack named 'dev' found")
    assert main(["preview", "dev", "--out", str(tmp_path / "out")], pulumi.environment()) == 1
    assert load_preview((tmp_path / "out" / "preview-dev.json").read_text(encoding="utf-8")).errors


def approve(tmp_path: Path, *changes: Change, errors: tuple[str, ...] = ()) -> list[str]:
    write_preview(tmp_path / "approved", "dev", *changes, errors=errors)
    return ["up", "dev", "--approved", str(tmp_path / "approved" / "preview-dev.json")]


def test_an_update_does_what_was_approved(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answer(UPDATE)
    assert main(approve(tmp_path, Change("update", URN, ("sku",))), pulumi.environment()) == 0
    assert pulumi.asked[-1].startswith("up --yes --skip-preview --stack dev ")


@pytest.mark.parametrize("approved", [(), (Change("replace", URN, ("sku",)),), (Change("update", URN, ("tags",)),)])
def test_an_update_does_nothing_else(
    pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str], approved: tuple[Change, ...]
) -> None:
    pulumi.answer(UPDATE)
    assert main(approve(tmp_path, *approved), pulumi.environment()) == 1
    assert len(pulumi.asked) == 1
    assert "no longer do what was approved" in capsys.readouterr().err


def test_a_failed_preview_approves_nothing(pulumi: Pulumi, tmp_path: Path) -> None:
    assert main(approve(tmp_path, errors=("no",)), pulumi.environment()) == 1
    assert len(pulumi.asked) == 1


def test_the_preview_of_another_stack_approves_nothing(pulumi: Pulumi, tmp_path: Path) -> None:
    write_preview(tmp_path / "approved", "prod")
    arguments = ["up", "dev", "--approved", str(tmp_path / "approved" / "preview-prod.json")]
    assert main(arguments, pulumi.environment()) == 1


def test_an_update_without_an_approved_preview_is_refused(
    pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "dev", "--approved", ""], pulumi.environment()) == 1
    assert "APPROVED" in capsys.readouterr().err
    assert pulumi.asked == []


def test_an_update_that_fails_fails_the_job(pulumi: Pulumi, tmp_path: Path) -> None:
    arguments = approve(tmp_path)
    binary = tmp_path / "cli" / "bin" / "pulumi"
    text = binary.read_text(encoding="utf-8")
    binary.write_text(text.replace("exit ", '[ "$1" = up ] && exit 3\nexit '), encoding="utf-8")
    assert main(arguments, pulumi.environment()) == 3


def test_drift_is_looked_for_with_a_refresh(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answer(UPDATE, code=255)
    assert main(["drift", "dev", "--out", str(tmp_path / "out")], pulumi.environment()) == 0
    assert "--refresh --expect-no-changes" in pulumi.asked[0]
    assert not load_preview((tmp_path / "out" / "drift-dev.json").read_text(encoding="utf-8")).clean


def test_a_check_that_could_not_be_made_fails(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answer(code=255, err="error: could not sign in")
    assert main(["drift", "dev", "--out", str(tmp_path / "out")], pulumi.environment()) == 1


def test_without_a_state_nothing_runs(pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = pulumi.environment(PULUMI_BACKEND_URL="")
    assert main(["preview", "dev", "--out", str(tmp_path)], environment) == 1
    assert pulumi.asked == []
    assert "PULUMI_BACKEND_URL" in capsys.readouterr().err


def test_the_key_of_the_setting_is_that_of_the_stack_file(pulumi: Pulumi, tmp_path: Path) -> None:
    environment = pulumi.environment(PULUMI_SECRETS_PROVIDER=KEY)
    assert main(["preview", "dev", "--out", str(tmp_path)], environment) == 0


def test_another_key_is_refused(pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = pulumi.environment(PULUMI_SECRETS_PROVIDER=f"{KEY}-2")
    assert main(["preview", "dev", "--out", str(tmp_path)], environment) == 1
    assert f"Pulumi.dev.yaml: secretsprovider: is {KEY}" in capsys.readouterr().err


def test_an_unknown_stack_is_one_line(pulumi: Pulumi, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "qa", "--out", str(tmp_path)], pulumi.environment()) == 1
    assert capsys.readouterr().err.startswith("error: unknown stack 'qa'")
