"""Tests `make image` with a registry that exists: where it builds, and under which name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from image.acr_build import StackProblemError, plan_build
from image.azure_cli import Answer
from tests.image.scripted_az import ScriptedAz, run
from tests.landing_zone_cases import EXISTING_REGISTRY, REGISTRY

PLACE = ["--subscription", REGISTRY.split("/")[2], "--resource-group", "rg-shared"]
# The registry's login server has a hash, which its name has not.
LOGIN_SERVER = "crcontososhared-a1b2c3.azurecr.io"


def option(command: Sequence[str], name: str) -> str:
    return command[command.index(name) + 1]


def use_registry(project: Path, **more: str) -> None:
    file = project / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:registry"] = {**EXISTING_REGISTRY["registry"], **more}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.fixture
def shared(project: Path) -> Path:
    use_registry(project)
    return project


def test_every_command_is_about_the_existing_registry(shared: Path) -> None:
    az = ScriptedAz(acr_show=Answer(code=0, out=LOGIN_SERVER))
    assert run(shared, az=az) == 0
    # The subscription is that of the registry, so nobody asks where the CLI is signed in.
    assert az.names == ["acr show", "acr repository show", "acr import", "acr build"]
    assert all("crContosoShared" in command for command in az.asked)
    assert [command[4:8] for command in az.asked if command[1] != "repository"] == [PLACE] * 3


def test_base_and_image_are_under_the_prefix(shared: Path) -> None:
    az = ScriptedAz(acr_show=Answer(code=0, out=LOGIN_SERVER))
    run(shared, az=az)
    _, asked, imported, built = az.asked
    planned = plan_build(shared, "dev")
    assert option(imported, "--image") == f"platform/airflow/apache/airflow:{planned.base.tag}"
    assert option(built, "--image") == f"platform/airflow/customized/airflow:{planned.tag}"
    assert option(asked, "--image") == option(built, "--image")
    assert option(built, "--build-arg") == f"BASE={LOGIN_SERVER}/platform/airflow/apache/airflow:{planned.base.tag}"


def test_the_stack_file_names_the_image_without_the_prefix(shared: Path) -> None:
    assert run(shared, "--write") == 0
    content = yaml.safe_load((shared / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    assert content["config"]["airflow-aks:airflow"]["image"]["repository"] == "customized/airflow"
    assert plan_build(shared, "dev").is_named


def test_a_registry_with_repository_permissions_is_built_in_by_the_callers_rights(project: Path) -> None:
    use_registry(project, pullRole="Container Registry Repository Reader")
    az = ScriptedAz()
    run(project, az=az)
    assert option(az.asked[-1], "--source-acr-auth-id") == "[caller]"


def test_other_registries_are_built_in_as_ever(shared: Path) -> None:
    az = ScriptedAz()
    run(shared, az=az)
    assert "--source-acr-auth-id" not in az.asked[-1]


def test_printed_commands_ask_for_the_login_server(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shared, "--print") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        f'registry="$(az acr show --name crContosoShared {" ".join(PLACE)} --query loginServer --output tsv)"'
    )
    assert lines[1].startswith(f"az acr import --name crContosoShared {' '.join(PLACE)} ")
    assert "BASE=$registry/platform/airflow/apache/airflow" in lines[2]


def test_a_registry_that_is_not_there_is_told(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    az = ScriptedAz(acr_show=Answer(code=3, err="ERROR: The resource could not be found."))
    assert run(shared, az=az) == 1
    assert "has no registry crContosoShared: correct airflow-aks:registry.existingId" in capsys.readouterr().err


def test_a_subscription_beside_the_registrys_own_is_refused(shared: Path) -> None:
    with pytest.raises(StackProblemError, match=r"registry\.existingId names the registry's subscription"):
        plan_build(shared, "dev", "11111111-2222-3333-4444-555555555555")


def test_a_prefix_without_an_existing_registry_is_taken(project: Path) -> None:
    file = project / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:registry"]["prefix"] = "data"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert plan_build(project, "dev").image.startswith("data/customized/airflow:")
