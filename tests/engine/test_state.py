"""What stands in the state: no secret in the clear, protection, names that may change with an alias."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.engine import checks

from .faults import Fault
from .workspace import Workspace


def edit(workspace: Workspace, file: str, old: str, new: str) -> None:
    """Change the program of this workspace."""
    path = workspace.project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


SERVER = 'f"{name}-server",'
RENAMED = 'f"{name}-postgres",'
OPTIONS = "keep_data(self, protect=protect),\n                ResourceOptions(\n                    "
ALIASED = f'{OPTIONS}aliases=[Alias(name=f"{{name}}-server")], '


def test_no_secret_stands_in_the_state_in_the_clear(living_prod: Workspace) -> None:
    checks.no_secret_in_state(living_prod)


def test_prod_data_is_protected(living_prod: Workspace) -> None:
    checks.data_is_protected(living_prod)


def test_rename_with_an_alias_is_no_replacement(edited_prod: Workspace) -> None:
    edited_prod.up()
    edit(edited_prod, "components/azure/database.py", SERVER, RENAMED)
    edit(edited_prod, "components/azure/database.py", OPTIONS, ALIASED)
    edit(
        edited_prod, "components/azure/database.py", "    ComponentResource,\n", "    Alias,\n    ComponentResource,\n"
    )
    edited_prod.cloud.operations.clear()
    edited_prod.up()
    assert checks.operations(edited_prod, "create", "delete") == []


def test_rename_without_an_alias_is_refused_where_data_is_protected(edited_prod: Workspace) -> None:
    edited_prod.up()
    edit(edited_prod, "components/azure/database.py", SERVER, RENAMED)
    edited_prod.cloud.operations.clear()
    refused = edited_prod.up(check=False)
    assert refused.code != 0
    assert "cannot create already existing resource" in refused.output
    checks.data_is_kept(edited_prod)


CONSUMER = """\
import pulumi

airflow = pulumi.StackReference("organization/airflow-aks/dev")
pulumi.export("kubeconfig", airflow.get_output("kubeconfig"))
pulumi.export("host", airflow.get_output("databaseHost"))
pulumi.export("url", airflow.get_output("airflowUrl"))
"""


def test_another_stack_reads_the_outputs_and_secrets_stay_secret(living_dev: Workspace, tmp_path: Path) -> None:
    folder = living_dev.folder / "consumer"
    folder.mkdir()
    (folder / "__main__.py").write_text(CONSUMER)
    (folder / "Pulumi.yaml").write_text("name: consumer\nruntime: python\n")
    living_dev.run("stack", "init", "test", "--secrets-provider", "passphrase", "--cwd", str(folder), check=True)
    living_dev.run("up", "--yes", "--skip-preview", "--stack", "test", "--cwd", str(folder), check=True)
    shown = json.loads(
        living_dev.run("stack", "output", "--json", "--stack", "test", "--cwd", str(folder), check=True).output
    )
    assert shown["kubeconfig"] == "[secret]"
    assert shown["host"].endswith(".postgres.database.azure.com")
    kubeconfig = living_dev.run("stack", "output", "kubeconfig", "--show-secrets", "--stack", "dev", check=True).output
    assert "clusters" in kubeconfig
    key = json.loads(kubeconfig)["users"][0]["user"]["client-key-data"]
    for file in living_dev.state.rglob("*"):
        assert not file.is_file() or key not in file.read_text(encoding="utf-8", errors="replace")


def test_outputs_are_those_of_the_contract(living_dev: Workspace) -> None:
    shown = json.loads(living_dev.run("stack", "output", "--json", "--stack", "dev", check=True).output)
    assert shown["kubeconfig"] == "[secret]"
    assert len(shown) == 24, "four are null without a gateway, a share and monitoring"


def test_rig_sees_a_database_that_is_not_protected(edited_prod: Workspace) -> None:
    edit(edited_prod, "components/azure/database.py", OPTIONS, OPTIONS.replace("=protect", "=False"))
    edited_prod.up()
    assert _fails(lambda: checks.data_is_protected(edited_prod), "database-server")


def test_rig_sees_a_secret_that_is_exported_in_the_clear(edited_dev: Workspace) -> None:
    end = "    return AirflowStack("
    edit(edited_dev, "components/airflow/airflow_stack.py", end, f"    import pulumi\n\n    {LEAK}{end}")
    edited_dev.up()
    assert _fails(lambda: checks.no_secret_in_state(edited_dev), "in the clear")


LEAK = 'pulumi.export("leak", pulumi.Output.unsecret(database.password))\n'


def test_rig_sees_data_that_an_alias_was_dropped_from(edited_dev: Workspace) -> None:
    edited_dev.up()
    edit(edited_dev, "components/azure/database.py", SERVER, RENAMED)
    edited_dev.cloud.operations.clear()
    assert _fails(lambda: edited_dev.up(), "cannot create already existing resource")
    checks.data_is_kept(edited_dev)


def test_rig_sees_credentials_that_are_written_at_once(edited_dev: Workspace) -> None:
    edit(edited_dev, "components/azure/identity.py", "depends_on=last", "depends_on=[]")
    edited_dev.cloud.faults.append(Fault("create", "airflow-identity-airflow-scheduler", error="", seconds=2.0))
    assert "must wait for it" in edited_dev.up(check=False).output


def _fails(check: Callable[[], None], words: str) -> bool:
    try:
        check()
    except AssertionError as error:
        return words in str(error)
    return False
