"""Every command of the page on recovery, and the tests that run it."""

from __future__ import annotations

import ast

import pytest

from tests.docs.pages import blocks, commands, text_of
from tests.plans import ROOT

PAGE = ROOT / "docs" / "recovery.md"
# With the simulated cloud; in a real cluster, by the real Kubernetes provider.
RUN_BY = {
    "pulumi up --stack <stack>": (
        "engine/test_failures.py::test_update_that_fails_at_a_create_is_finished_by_the_next",
        "cluster/test_refusals.py::test_upgrade_that_a_webhook_refused_is_finished_by_the_next_update",
    ),
    "pulumi up --refresh --yes --skip-preview --stack <stack>": (
        "engine/test_half_made.py::test_migration_that_failed_runs_again_once_its_job_is_deleted",
        "cluster/test_recovery.py::test_failed_migration_is_named_and_runs_again_when_its_job_is_deleted",
    ),
    "pulumi refresh --yes --skip-preview --clear-pending-creates --non-interactive --stack <stack>": (
        "engine/test_kills.py::test_killed_update_is_recovered_with_nothing_lost_or_orphaned",
        "cluster/test_helm_kills.py::test_upgrade_that_died_is_applied_by_the_recovery",
    ),
    "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh --yes --skip-preview --stack <stack>": (
        "engine/test_live_changes.py::test_objects_of_a_cluster_that_is_gone_are_named_and_forgotten_as_documented",
        "cluster/test_replaced_cluster.py::test_replaced_cluster_is_left_by_a_refresh_and_filled_by_the_next_update",
    ),
    "pulumi cancel --yes <stack>": (
        "engine/test_kills.py::test_killed_update_is_recovered_with_nothing_lost_or_orphaned",
        "cluster/test_helm_kills.py::test_upgrade_that_died_is_applied_by_the_recovery",
    ),
    "pulumi destroy --stack <stack>": (
        "engine/test_kills.py::test_killed_destroy_is_finished_by_the_next",
        "cluster/test_helm_kills.py::test_destroy_that_died_while_a_release_went_is_finished_by_the_next",
    ),
    "pulumi preview --import-file imports.json --stack <stack>": (
        "engine/test_failures.py::test_answer_that_is_lost_after_the_create_is_mended_by_an_import",
        "cluster/test_imports.py::test_release_and_object_that_the_state_does_not_know_are_taken_over",
    ),
    "pulumi import --file imports.json --protect=false --generate-code=false --yes --stack <stack>": (
        "engine/test_failures.py::test_answer_that_is_lost_after_the_create_is_mended_by_an_import",
        "cluster/test_imports.py::test_release_and_object_that_the_state_does_not_know_are_taken_over",
    ),
    "pulumi config set airflow-aks:reapplyReleases 1 --stack <stack>": (
        "engine/test_applying.py::test_change_inside_a_release_is_seen_by_nobody_until_the_releases_are_applied_again",
        "cluster/test_foreign_changes.py::test_change_inside_a_release_comes_back_when_the_releases_are_applied_again",
    ),
    "pulumi up --yes --skip-preview --stack <stack>": (
        "engine/test_applying.py::test_change_inside_a_release_is_seen_by_nobody_until_the_releases_are_applied_again",
        "cluster/test_foreign_changes.py::test_change_inside_a_release_comes_back_when_the_releases_are_applied_again",
    ),
    "kubectl --namespace <namespace> delete job <name>": (
        "engine/test_half_made.py::test_migration_that_failed_runs_again_once_its_job_is_deleted",
        "cluster/test_recovery.py::test_failed_migration_is_named_and_runs_again_when_its_job_is_deleted",
    ),
    "kubectl --namespace <namespace> get secrets --selector 'owner=helm,status notin (deployed,superseded)'": (
        "engine/test_helm_records.py::test_upgrade_that_died_is_applied_by_the_recovery",
        "cluster/test_helm_kills.py::test_upgrade_that_died_is_applied_by_the_recovery",
    ),
    "kubectl --namespace <namespace> delete secret <name>": (
        "engine/test_helm_records.py::test_upgrade_that_died_is_applied_by_the_recovery",
        "cluster/test_helm_kills.py::test_upgrade_that_died_is_applied_by_the_recovery",
    ),
}


def test_page_holds_the_commands_that_tests_run_and_no_others() -> None:
    found = {command for block in blocks(text_of(PAGE), "bash") for command in commands(block)}
    assert {command for command in found if {"pulumi", "kubectl"} & set(command.split()[:2])} == set(RUN_BY)


@pytest.mark.parametrize("command", RUN_BY)
def test_every_command_is_run_on_the_real_engine_and_in_a_real_cluster(command: str) -> None:
    engine, cluster = RUN_BY[command]
    assert (engine.partition("/")[0], cluster.partition("/")[0]) == ("engine", "cluster")
    for test in (engine, cluster):
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test
