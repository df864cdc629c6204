"""The consumer of examples/consumer beside an Airflow stack, on the same backend and in the same cloud."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.azure.roles import STORAGE_BLOB_DATA_CONTRIBUTOR
from tests.plans import ROOT

from .workspace import Result, Workspace

ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"
GRANT = "airflow-uses-storage"
PROVIDED = "organization/airflow-aks/dev"


@dataclass
class Consumer:
    """The consumer's project, which runs in the environment of the Airflow stack's workspace."""

    workspace: Workspace
    account: str

    @property
    def project(self) -> Path:
        return self.workspace.folder / "consumer"

    def run(self, *arguments: str, check: bool = True) -> Result:
        result = self.workspace.run("--cwd", str(self.project), *arguments)
        if check and result.code:
            raise AssertionError(result.output)
        return result

    def set(self, **values: str) -> None:
        for key, value in values.items():
            self.run("config", "set", key, value)

    def up(self) -> Result:
        return self.run("up", "--yes", "--skip-preview")

    def grants(self) -> list[dict[str, Any]]:
        """What Airflow's identity may do on the data team's account."""
        made = self.workspace.cloud.objects.values()
        return [item.inputs for item in made if item.type == ROLE_ASSIGNMENT and item.name == GRANT]


@pytest.fixture
def consumer(living: Callable[..., Workspace]) -> Consumer:
    """One beside a living Airflow stack and a storage account of another team."""
    workspace = living("dev")
    account = workspace.cloud.create_outside(
        "azure-native:storage:StorageAccount",
        "lake",
        {"resourceGroupName": "rg-lake", "accountName": "stlake", "location": "canadacentral"},
    )
    made = Consumer(workspace, account)
    shutil.copytree(ROOT / "examples" / "consumer", made.project)
    made.run("stack", "init", "dev")
    return made


def test_consumer_grants_the_account_once_and_takes_the_grant_back(consumer: Consumer) -> None:
    consumer.set(airflowStack=PROVIDED, storageAccountId=consumer.account)
    assert consumer.up().changes == {"created": 2}
    (grant,) = consumer.grants()
    airflow = json.loads(consumer.workspace.run("stack", "output", "--json", check=True).output)
    assert grant["principalId"] == airflow["airflowIdentityPrincipalId"]
    assert grant["scope"] == consumer.account
    assert grant["principalType"] == "ServicePrincipal"
    outputs = json.loads(consumer.run("stack", "output", "--json").output)
    assert outputs == {"airflowIdentityClientId": airflow["airflowIdentityClientId"]}
    assert consumer.up().changes == {"unchanged": 2}
    consumer.run("preview", "--expect-no-changes")
    before = set(consumer.workspace.in_cloud())
    consumer.run("destroy", "--yes", "--skip-preview")
    assert consumer.grants() == []
    assert before - set(consumer.workspace.in_cloud()) == {(ROLE_ASSIGNMENT, GRANT)}


def test_write_access_takes_the_role_of_a_contributor(consumer: Consumer) -> None:
    consumer.set(airflowStack=PROVIDED, storageAccountId=consumer.account, access="write")
    consumer.up()
    (grant,) = consumer.grants()
    subscription = consumer.account.split("/")[2]
    definitions = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions"
    assert grant["roleDefinitionId"] == f"{definitions}/{STORAGE_BLOB_DATA_CONTRIBUTOR}"


def test_wrong_config_is_one_error_that_names_every_key(consumer: Consumer) -> None:
    consumer.set(airflowStack="dev", storageAccountId="stlake", access="all")
    result = consumer.run("preview", check=False)
    assert result.code
    assert "airflow-consumer:airflowStack: must be organization/project/stack" in result.output
    assert "airflow-consumer:storageAccountId: must be the id of a storage account" in result.output
    assert "airflow-consumer:access: must be one of read, write (is all)" in result.output
    assert "Traceback" not in result.output


def test_airflow_stack_that_does_not_exist_is_named(consumer: Consumer) -> None:
    consumer.set(airflowStack="organization/airflow-aks/nope", storageAccountId=consumer.account)
    result = consumer.run("preview", check=False)
    assert result.code
    assert 'unknown stack "organization/airflow-aks/nope"' in result.output
