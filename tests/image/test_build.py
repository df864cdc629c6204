"""Tests `make image`: its commands, the steps that it skips, its output, and the stack file that it writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from components.stack_file import checker
from dryrun import cloud
from image.acr_build import plan_build
from image.azure_cli import Answer
from tests.image.conftest import KUBELOGIN, pins_with
from tests.image.scripted_az import SUBSCRIPTION, ScriptedAz, edit, run
from tests.plans import plan_of

BASE = f"sha256:{'b' * 64}"


def option(command: Sequence[str], name: str) -> list[str]:
    return [command[number + 1] for number, word in enumerate(command) if word == name]


def test_a_build_asks_imports_and_builds(project: Path) -> None:
    az = ScriptedAz()
    assert run(project, az=az) == 0
    assert az.names == ["account show", "acr show", "acr repository show", "acr import", "acr build"]


def test_the_registry_is_the_one_that_the_program_names(project: Path) -> None:
    plan = plan_of("dev", {"naming.suffix": "abc123"})
    file = project / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:naming"] = {"suffix": "abc123"}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert f"{plan_build(project, 'dev').name_registry(None)}.azurecr.io" == plan.outputs["registryLoginServer"]


@pytest.mark.parametrize(
    ("naming", "registry"),
    [
        ({"names": {"registry": "contosoimages"}}, "contosoimages"),
        ({"pattern": "{type}-{workload}-{environment}-{region}"}, "crairflowdevcnc"),
        ({"pattern": "{type}-{workload}-{environment}-{suffix}"}, None),
    ],
)
def test_the_registry_is_known_without_a_subscription_if_its_name_has_no_suffix(
    project: Path, naming: dict[str, object], registry: str | None
) -> None:
    plan = plan_of("dev", {"naming": naming})
    file = project / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:naming"] = naming
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    planned = plan_build(project, "dev")
    assert planned.name_registry(None) == registry
    assert f"{planned.name_registry(cloud.SUBSCRIPTION)}.azurecr.io" == plan.outputs["registryLoginServer"]


def test_the_build_command_is_whole(project: Path) -> None:
    az = ScriptedAz()
    run(project, az=az)
    planned = plan_build(project, "dev")
    command = az.asked[-1]
    assert command[:2] == ["acr", "build"]
    assert option(command, "--registry") == [planned.name_registry(SUBSCRIPTION)]
    assert option(command, "--subscription") == [SUBSCRIPTION]
    assert option(command, "--image") == [f"customized/airflow:{planned.tag}"]
    assert option(command, "--build-arg") == [
        f"BASE=crdev.azurecr.io/apache/airflow:{planned.base.tag}",
        f"KUBELOGIN=ghcr.io/azure/kubelogin:{planned.kubelogin.tag}@{KUBELOGIN}",
    ]
    assert option(command, "--platform") == ["linux/amd64"]
    assert sorted(path.name for path in Path(command[-1]).iterdir()) == ["Dockerfile", "dags", "requirements.txt"]


def test_a_base_without_a_digest_is_imported_by_tag_and_left_when_there(project: Path) -> None:
    az = ScriptedAz(
        acr_import=Answer(code=1, err="ERROR: (Conflict) Tag apache/airflow already exists in target registry.")
    )
    assert run(project, az=az) == 0
    command = az.asked[3]
    assert option(command, "--source")[0].startswith("docker.io/apache/airflow:")
    assert "--force" not in command


def test_a_pinned_base_is_imported_and_built_by_its_digest(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "load_pins", lambda: pins_with(base=BASE))
    az = ScriptedAz()
    assert run(project, az=az) == 0
    assert option(az.asked[3], "--source") == [f"docker.io/apache/airflow@{BASE}"]
    assert "--force" in az.asked[3]
    assert option(az.asked[4], "--build-arg")[0].endswith(f"@{BASE}")


def test_the_tag_follows_the_base_and_kubelogin(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = {plan_build(project, "dev").tag}
    for pins in (pins_with(base=BASE), pins_with(kubelogin=BASE)):
        monkeypatch.setattr(checker, "load_pins", lambda pins=pins: pins)
        tags.add(plan_build(project, "dev").tag)
    assert len(tags) == 3


def test_two_stacks_of_one_release_build_the_same_tag(project: Path) -> None:
    assert plan_build(project, "dev").tag == plan_build(project, "prod").tag


def test_a_tag_that_is_there_is_not_built_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    az = ScriptedAz(acr_repository_show=Answer(code=0))
    assert run(project, az=az) == 0
    assert az.names[-1] == "acr repository show"
    assert "is there already" in capsys.readouterr().out


def test_a_registry_that_cannot_be_asked_is_built_in(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    az = ScriptedAz(acr_repository_show=Answer(code=1, err="ERROR: Looks like you don't have access to registry"))
    assert run(project, az=az) == 0
    assert az.names[-1] == "acr build"
    assert "cannot be asked from here" in capsys.readouterr().out


def test_the_lines_for_the_stack_file_are_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (project / "Pulumi.dev.yaml").read_bytes()
    run(project)
    said = capsys.readouterr().out
    assert f"      repository: customized/airflow\n      tag: {plan_build(project, 'dev').tag}\n" in said
    assert (project / "Pulumi.dev.yaml").read_bytes() == before


def test_write_names_the_image_in_the_stack_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "--write") == 0
    assert plan_build(project, "dev").is_named
    assert run(project, "--write", az=ScriptedAz(acr_repository_show=Answer(code=0))) == 0
    assert "names it already" in capsys.readouterr().out


def test_a_repository_of_the_stack_file_is_taken(project: Path) -> None:
    edit(project, image={"repository": "team/airflow"})
    assert plan_build(project, "dev").image.startswith("team/airflow:")


def test_what_needs_an_image_does_not_miss_it_before_the_first_build(project: Path) -> None:
    edit(project, image={"repository": "team/airflow", "tag": None})
    assert run(project) == 0


def test_print_runs_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    az = ScriptedAz()
    assert run(project, "--print", az=az) == 0
    assert az.asked == []
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'registry="$(pulumi stack output registryLoginServer --stack dev)"'
    assert lines[1].startswith('az acr import --name "${registry%%.*}" --source docker.io/apache/airflow:')
    assert '--build-arg "BASE=$registry/apache/airflow:' in lines[2]
    assert lines[2].endswith(" build/image/dev")


def test_print_names_the_registry_when_the_subscription_is_known(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "--print", "--subscription", SUBSCRIPTION)
    registry = plan_build(project, "dev").name_registry(SUBSCRIPTION)
    assert capsys.readouterr().out.startswith(f"registry={registry}.azurecr.io\n")


def test_print_is_the_same_twice(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "--print")
    first = capsys.readouterr().out
    run(project, "--print")
    assert capsys.readouterr().out == first


def test_an_agent_pool_is_passed_on(project: Path) -> None:
    az = ScriptedAz()
    run(project, "--agent-pool", "inside", az=az)
    assert option(az.asked[-1], "--agent-pool") == ["inside"]
