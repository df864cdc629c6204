"""Every command of the page on operations, and the tests that run it."""

from __future__ import annotations

import ast

import pytest

from tests.docs.pages import blocks, commands, text_of
from tests.plans import ROOT

PAGE = ROOT / "docs" / "operations.md"
_FERNET_KEY = "engine/test_operations_fernet_key.py::"
_LIFETIME = "engine/test_operations_lifetime.py::"
_RESTORE = "engine/test_operations_restore.py::"
_SECRETS = "engine/test_operations_secrets.py::"
_SET = "pulumi config set --path airflow-aks:"
_END = " --stack <stack>"
_TIME = "<time in UTC, as YYYY-MM-DDThh:mm:ssZ>"
_UPGRADE = f"{_LIFETIME}test_airflow_is_upgraded_by_its_image_the_migration_and_the_release"
_KUBERNETES = f"{_LIFETIME}test_kubernetes_is_upgraded_in_azure_and_the_stack_file_follows"
_MOVE = f"{_LIFETIME}test_stack_moves_to_another_region_by_a_new_stack_beside_the_old_one"
_REMOVAL = f"{_LIFETIME}test_everything_is_removed_in_three_commands"
_MADE = f"{_RESTORE}test_database_is_restored_beside_the_old_server_and_airflow_is_pointed_at_it"
_AGAIN = f"{_RESTORE}test_restored_server_is_the_source_of_the_next_restore"
_OLD = f"{_RESTORE}test_old_server_is_removed_in_two_updates_and_the_new_one_stays"
_ROTATED = f"{_SECRETS}test_rotated_secret_reaches_what_reads_it_and_restarts_nothing_else"
_FERNET = f"{_FERNET_KEY}test_fernet_key_is_rotated_in_two_steps_and_every_connection_stays_readable"
_KEYS = f"{_SECRETS}test_access_key_of_azure_is_rotated_without_a_moment_in_which_pods_hold_a_dead_one"
_GIT = f"{_SECRETS}test_git_credential_of_ones_own_is_replaced_and_restarts_what_reads_it"
# What Azure does is played by the simulated cloud: `regenerate_key`, `change_outside`.
RUN_BY = {
    f"pulumi preview --diff{_END}": (
        "engine/test_lifecycle.py::test_preview_shows_no_secret_and_does_not_fail_on_what_is_unknown"
    ),
    f"pulumi up{_END}": _UPGRADE,
    f"pulumi up --refresh{_END}": _KUBERNETES,
    f"{_SET}airflow.patch <version>{_END}": _UPGRADE,
    f"pulumi config rm --path airflow-aks:airflow.patch{_END}": _UPGRADE,
    "az aks upgrade --resource-group <group> --name <cluster> --kubernetes-version <version>": _KUBERNETES,
    f"{_SET}cluster.kubernetesVersion <version>{_END}": _KUBERNETES,
    f"{_SET}secrets.rotate.<secret> <number>{_END}": _ROTATED,
    f"{_SET}secrets.rotate.fernetKey 2{_END}": _FERNET,
    "kubectl --namespace airflow exec deployment/airflow-scheduler --container scheduler -- "
    "airflow rotate-fernet-key": _FERNET,
    f"{_SET}secrets.droppedFernetKeys 1{_END}": _FERNET,
    "az storage account keys renew --resource-group <group> --account-name <account> --key key2": _KEYS,
    "az redisenterprise database regenerate-key --resource-group <group> --cluster-name <broker> "
    "--key-type Secondary": _KEYS,
    f"{_SET}secrets.storageKey key2{_END}": _KEYS,
    f"{_SET}secrets.brokerKey secondary{_END}": _KEYS,
    f"pulumi config set --secret airflow-aks:dagsGitToken{_END}": _GIT,
    f"pulumi config set --secret airflow-aks:dagsGitSshKey{_END}": _GIT,
    f"pulumi config set --secret airflow-aks:signInClientSecret{_END}": (
        "engine/test_sign_in.py::test_sign_in_comes_changes_and_goes_with_nothing_but_its_own"
    ),
    f"{_SET}database.restore.sourceServerId <id>{_END}": _MADE,
    f"{_SET}database.restore.pointInTime {_TIME}{_END}": _MADE,
    f"{_SET}database.restore.inUse true{_END}": _MADE,
    "kubectl --namespace airflow rollout restart deployment": _MADE,
    f'{_SET.replace("airflow", chr(39) + "airflow")}database.restore.earlierServers["0"]\' unprotected{_END}': _OLD,
    f'{_SET.replace("airflow", chr(39) + "airflow")}database.restore.earlierServers["0"]\' removed{_END}': _OLD,
    f"{_SET}database.restore.number <number>{_END}": _AGAIN,
    f"{_SET}database.restore.inUse false{_END}": _AGAIN,
    "pulumi stack select --create <new stack>": _MOVE,
    "pulumi up --stack <new stack>": _MOVE,
    f"pulumi config set airflow-aks:protectData false{_END}": _REMOVAL,
    f"pulumi destroy{_END}": _REMOVAL,
    "pulumi stack rm --preserve-config <stack>": _REMOVAL,
}
# It changes nothing, and asks Azure alone.
READS = {"az postgres flexible-server show --resource-group <group> --name <server> --query id --output tsv"}


def test_page_holds_the_commands_that_tests_run_and_no_others() -> None:
    found = {command for block in blocks(text_of(PAGE), "bash") for command in commands(block)}
    assert found - READS == set(RUN_BY)


@pytest.mark.parametrize("command", RUN_BY)
def test_every_command_is_run_on_the_real_engine(command: str) -> None:
    file, _, name = RUN_BY[command].partition("::")
    assert file.startswith("engine/")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
