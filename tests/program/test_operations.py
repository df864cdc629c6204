"""A restored database and rotated secrets, as a whole program."""

from __future__ import annotations

import json

import pytest

from dryrun.picture.architecture import describe_architecture
from dryrun.plan import Plan, Resource
from tests.case_values import RESTORE
from tests.plans import plan_of, planned, synced

SERVER = "azure-native:dbforpostgresql:Server"
DATABASE = "azure-native:dbforpostgresql:Database"
RULE = "azure-native:dbforpostgresql:FirewallRule"
SECRET = "azure-native:keyvault:Secret"
RANDOM = ("random:index/randomPassword:RandomPassword", "random:index/randomBytes:RandomBytes")


def servers(plan: Plan) -> dict[str, Resource]:
    return {server.name: server for server in plan.all(SERVER)}


def random_values(plan: Plan) -> dict[str, Resource]:
    return {item.name: item for type_ in RANDOM for item in plan.all(type_)}


def host(server: Resource) -> str:
    return f"{server.inputs['serverName']}.postgres.database.azure.com"


def test_restored_server_is_made_beside_the_one_in_use_and_touches_nothing_else() -> None:
    plan, before = planned("database-restore"), planned("prod")
    made = {resource.urn for resource in plan.resources} - {resource.urn for resource in before.resources}
    assert {urn.rpartition("::")[2] for urn in made} == {
        "database-restored-1-server",
        "database-restored-1-require-secure-transport",
    }
    assert plan.vault == before.vault
    assert plan.outputs == before.outputs


def test_restored_server_comes_from_the_source_at_the_point_in_utc() -> None:
    server = servers(planned("database-restore"))["database-restored-1-server"]
    assert server.inputs["createMode"] == "PointInTimeRestore"
    assert server.inputs["sourceServerResourceId"] == RESTORE["sourceServerId"]
    assert server.inputs["pointInTimeUTC"] == "2026-08-10T02:00:00Z"
    assert server.inputs["highAvailability"] == {"mode": "Disabled"}, "Azure restores without a standby"


@pytest.mark.parametrize("name", ["database-restore", "database-restored"])
def test_old_server_stays_as_it_is(name: str) -> None:
    old, was = servers(planned(name))["database-server"], servers(planned("prod"))["database-server"]
    assert (old.inputs, old.protect, old.ignore_changes) == (was.inputs, True, was.ignore_changes)


@pytest.mark.parametrize("name", ["database-restore", "database-restored"])
def test_restored_server_is_protected_and_has_a_name_of_its_own(name: str) -> None:
    found = servers(planned(name))
    restored = found["database-restored-1-server"]
    assert restored.protect
    assert restored.inputs["serverName"] == f"{found['database-server'].inputs['serverName']}-r1"


def test_restored_server_has_the_standby_once_airflow_uses_it() -> None:
    server = servers(planned("database-restored"))["database-restored-1-server"]
    assert server.inputs["highAvailability"] == {"mode": "ZoneRedundant"}
    assert server.inputs["createMode"] == "Update"


def test_database_of_the_backup_is_not_created_a_second_time() -> None:
    assert [database.name for database in planned("database-restored").all(DATABASE)] == ["database-database"]


def test_everything_that_names_the_server_names_the_restored_one() -> None:
    plan = planned("database-restored")
    old, new = (host(server) for server in servers(plan).values())
    assert plan.outputs["databaseHost"] == new
    assert new in plan.vault["airflow-migration-connection"]
    assert [name for name, value in plan.vault.items() if old in value] == []
    assert [name for name, value in plan.vault.items() if f"{new}" in value and "pgbouncer-ini" in name]


def test_jobs_run_again_for_a_restored_server_and_wait_until_their_secret_names_it() -> None:
    plan, before = planned("database-restored"), planned("prod")
    for name in ("airflow-database-migration", "airflow-database-first-user"):
        job, was = (found.one("kubernetes:batch/v1:Job", name).inputs for found in (plan, before))
        assert job["metadata"]["name"] != was["metadata"]["name"]
        script = job["spec"]["template"]["spec"]["containers"][0]["args"][2]
        assert f'"@{plan.outputs["databaseHost"]}:"*' in script.replace("*", "", 1)
    assert "restored server" not in json.dumps(was)


def test_second_restore_has_its_own_server_and_rules_and_leaves_those_before_it() -> None:
    plan = planned("database-restored-again")
    found = servers(plan)
    assert list(found) == ["database-server", "database-restored-1-server", "database-restored-2-server"]
    assert [server.protect for server in found.values()] == [False, True, True]
    assert plan.outputs["databaseHost"] == host(found["database-restored-2-server"])
    rules = {rule.name: rule.inputs["serverName"] for rule in plan.all(RULE)}
    assert rules == {
        "database-azure-services": found["database-server"].inputs["serverName"],
        **{
            f"database-restored-{number}-azure-services": found[f"database-restored-{number}-server"].inputs[
                "serverName"
            ]
            for number in (1, 2)
        },
    }


def test_source_of_an_earlier_restore_is_left_as_the_state_has_it() -> None:
    found = servers(planned("database-restored-again"))
    fixed = {"sourceServerResourceId", "pointInTimeUTC"}
    assert fixed <= set(found["database-restored-1-server"].ignore_changes)
    assert not fixed & set(found["database-restored-2-server"].ignore_changes)


def test_restored_server_that_airflow_leaves_is_not_restored_a_second_time() -> None:
    assert "createMode" in servers(planned("database-restore"))["database-restored-1-server"].ignore_changes
    assert "createMode" not in servers(planned("database-restored"))["database-restored-1-server"].ignore_changes


def test_picture_names_the_servers_beside_the_first() -> None:
    restored = servers(planned("database-restored"))["database-restored-1-server"].inputs["serverName"]
    for name, line in (("database-restored", f"beside it: {restored}"), ("prod", None)):
        box = describe_architecture(planned(name)).boxes["database"]
        assert [text for text in box.lines if text.startswith("beside it")] == ([line] if line else [])


def test_policies_open_the_way_to_the_server_in_use_alone() -> None:
    plan = planned("database-restored-again")
    texts = [json.dumps(manifest.inputs) for manifest in plan.manifests if "Cilium" in manifest.type]
    names = [server.inputs["serverName"] for server in servers(plan).values()]
    named = [any(f'"{name}.postgres' in text for text in texts) for name in names]
    assert named == [False, False, True]


def test_removed_server_is_no_longer_part_of_the_program() -> None:
    changes = {"database.restore": {**RESTORE, "inUse": True, "earlierServers": {"0": "removed"}}}
    plan = plan_of("prod", changes)
    assert list(servers(plan)) == ["database-restored-1-server"]
    assert plan.all(DATABASE) == []
    assert plan.outputs["databaseName"] == "airflow"


def test_web_server_of_the_older_line_gets_the_rotated_key() -> None:
    changes = {"airflow.release": "2.9", "secrets.rotate": {"apiSecretKey": 2}}
    plan, before = plan_of("prod", changes), planned("release-2.9")
    assert {name for name, value in plan.vault.items() if value != before.vault[name]} == {"airflow-api-secret-key"}
    assert synced(plan)["airflow-webserver-secret-key"] == {"webserver-secret-key": "airflow-api-secret-key"}


def test_without_a_number_no_random_value_has_keepers() -> None:
    assert [name for name, item in random_values(planned("prod")).items() if "keepers" in item.inputs] == []


def test_number_of_a_secret_makes_a_new_value_of_that_secret_alone() -> None:
    plan = plan_of("prod", {"secrets.rotate": {"jwtSecret": 2}})
    before = planned("prod")
    assert {name for name, value in plan.vault.items() if value != before.vault[name]} == {"airflow-jwt-secret"}
    kept = {name for name, item in random_values(plan).items() if item.inputs.get("keepers")}
    assert kept == {"airflow-secrets-jwt-secret"}


def test_fernet_keys_are_those_that_are_not_dropped_and_the_newest_is_first() -> None:
    first = planned("prod").vault["airflow-fernet-key"]
    both = plan_of("prod", {"secrets.rotate": {"fernetKey": 2}}).vault["airflow-fernet-key"].split(",")
    assert both[1] == first
    assert both[0] != first
    alone = plan_of("prod", {"secrets": {"rotate": {"fernetKey": 2}, "droppedFernetKeys": 1}})
    assert alone.vault["airflow-fernet-key"] == both[0]
    assert "airflow-secrets-fernet-key-bytes" not in random_values(alone)


def test_other_key_of_storage_and_broker_is_used_where_the_stack_file_says_so() -> None:
    changes = {"dags": {"delivery": "azureFiles"}, "airflow.executor": "CeleryExecutor"}
    first = plan_of("prod", changes).vault
    other = plan_of("prod", {**changes, "secrets": {"storageKey": "key2", "brokerKey": "secondary"}}).vault
    changed = {name.rpartition("-")[0] for name, value in other.items() if value != first[name]}
    assert changed == {"AKS-AIRFLOW-LOGS-STORAGE-ACCOUNT-KEY", "airflow-broker-url"}


def test_record_of_the_stack_holds_the_numbers_and_updates_nothing_else() -> None:
    (record,) = (item for item in planned("secrets-rotated").resources if item.name == "stack-record-made-with")
    numbers = {key for key, value in record.inputs["input"].items() if value == "reached"}
    assert "airflow-aks:secrets.rotate.databasePassword 3" in numbers
    fixed = {f'input["{key}"]' for key in record.inputs["input"].keys() - numbers}
    assert fixed <= set(record.ignore_changes)
    assert not {f'input["{key}"]' for key in numbers} & set(record.ignore_changes)
