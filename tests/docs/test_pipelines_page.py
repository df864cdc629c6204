"""The page on pipelines names what the workflows and pipelines use, and its commands exist."""

from __future__ import annotations

import re

import pytest

from dryrun.pipelines.comment import ALLOW_LABEL
from tests.docs.pages import CODE, text_of
from tests.pipelines.commands import check_script
from tests.pipelines.linters import PIPELINES, WORKFLOWS, read
from tests.plans import ROOT

PAGE = text_of(ROOT / "docs" / "pipelines.md")


def section(title: str) -> str:
    _, found, rest = PAGE.partition(f"\n## {title}\n")
    assert found, title
    return rest.partition("\n## ")[0]


def test_every_variable_of_the_workflows_is_on_the_page_and_no_other() -> None:
    used = {name for file in WORKFLOWS for name in re.findall(r"vars\.([A-Z_]+)", text_of(file))}
    listed = {name for name in CODE.findall(section("GitHub")) if re.fullmatch(r"[A-Z]+(_[A-Z]+)*", name)}
    assert listed == used


def test_every_pipeline_is_on_the_page() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE.partition("\n## ")[0], re.MULTILINE)
    assert {*listed, "comment"} == {file.stem for file in WORKFLOWS}


def test_the_label_is_that_of_the_code() -> None:
    assert f"`{ALLOW_LABEL}`" in section("What a pull request shows")
    assert f"'{ALLOW_LABEL}'" in text_of(ROOT / ".github" / "workflows" / "preview.yml")


def test_every_service_connection_and_environment_is_on_the_page() -> None:
    settings = read(ROOT / "azure-pipelines" / "settings.yml")["variables"]
    for name in ("previewConnection", "imageConnection"):
        assert f"`{settings[name]}`" in section("Azure DevOps")
    assert f"`{settings['deployPrefix']}<stack>`" in section("Azure DevOps")


def test_every_setting_of_azure_pipelines_is_used() -> None:
    settings = read(ROOT / "azure-pipelines" / "settings.yml")["variables"]
    text = "".join(text_of(file) for file in PIPELINES)
    # STACKS is how a script sees the variable `stacks`.
    assert [name for name in settings if not re.search(rf"variables(\.|\['){name}\b", text)] == []


@pytest.mark.parametrize("command", re.findall(r"^\| `((?:make|python3) [^`]+)` \|", PAGE, re.MULTILINE))
def test_every_command_of_the_jobs_exists(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {
        "post_comment": " folder",
        "report_drift": " folder dev",
        "install_pulumi": " folder",
        "change_tag": " dev",
    }
    more = arguments.get(command.rpartition(".")[2], "")
    check_script(command.replace("<file>", "file") + more, monkeypatch)
