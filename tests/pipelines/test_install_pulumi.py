"""Tests that the pipelines run the Pulumi CLI which the tests run, and no other file."""

from __future__ import annotations

import hashlib
import io
import platform
import re
import tarfile
from pathlib import Path

import pytest

from dryrun.pipelines import install_pulumi
from dryrun.pipelines.install_pulumi import DIGESTS, VERSION, InstallError, install, main
from tests.plans import ROOT


def archive(name: str = "pulumi/pulumi", text: bytes = b"#!/bin/sh\n") -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as file:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(text), 0o755
        file.addfile(member, io.BytesIO(text))
    return content.getvalue()


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Pin an archive of these tests."""
    content = archive()
    monkeypatch.setitem(DIGESTS, "linux-x64", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return content


def test_it_is_the_version_that_the_engine_tests_run() -> None:
    modules = (ROOT / "tests" / "engine" / "go.mod").read_text(encoding="utf-8")
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 v([0-9.]+)", modules)
    assert found
    assert found[1] == VERSION


def test_digests_are_digests() -> None:
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in DIGESTS.values())


def test_the_next_steps_of_a_workflow_find_it(tmp_path: Path, pinned: bytes) -> None:
    asked: list[str] = []

    def download(address: str) -> bytes:
        asked.append(address)
        return pinned

    assert main([str(tmp_path)], {"GITHUB_PATH": str(tmp_path / "path")}, download) == 0
    folder = Path((tmp_path / "path").read_text(encoding="utf-8").strip())
    assert (folder / "pulumi").stat().st_mode & 0o111
    (address,) = asked
    assert address.endswith(f"/v{VERSION}/pulumi-v{VERSION}-linux-x64.tar.gz")


def test_the_next_steps_of_a_pipeline_find_it(
    tmp_path: Path, pinned: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)], {"TF_BUILD": "True"}, lambda _: pinned) == 0
    assert f"##vso[task.prependpath]{tmp_path / 'pulumi'}\n" in capsys.readouterr().out


def test_another_file_is_refused(tmp_path: Path, pinned: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)], {}, lambda _: archive(text=b"another")) == 1
    assert "digest" in capsys.readouterr().err
    assert not (tmp_path / "pulumi").exists()


def test_a_file_outside_of_the_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive("../outside")
    monkeypatch.setitem(DIGESTS, "linux-x64", hashlib.sha256(content).hexdigest())
    with pytest.raises(tarfile.OutsideDestinationError):
        install(tmp_path / "folder", "Linux x86_64", lambda _: content)


def test_a_machine_without_a_pinned_cli_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="Windows AMD64"):
        install(tmp_path, "Windows AMD64", lambda _: b"")


def test_a_server_that_does_not_answer_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pinned: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install_pulumi, "_ADDRESS", "http://127.0.0.1:9/{version}/{system}")
    assert main([str(tmp_path)], {}) == 1
    assert capsys.readouterr().err.count("\n") == 1
