import copy
import itertools
import json
from typing import Any

import pytest
import yaml

from components.airflow.names import SERVICE_ACCOUNTS
from components.airflow.values.chart import STATIC_VALUES, ValuesInputs, airflow_values, config_text
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.pins import load_pins
from tests.packaged_charts import values_schema
from tests.plans import PINS_FILE

REGISTRY = "crairflow.azurecr.io"
DIGEST = f"@sha256:{'a' * 64}"
EXECUTORS = ("KubernetesExecutor", "LocalExecutor", "CeleryExecutor", "CeleryExecutor,KubernetesExecutor")
POOLERS = ("pgbouncer", "server", "none")
SIGN_INS = ("none", "ssh", "token")
LINE = load_pins(PINS_FILE).airflow[AirflowSettings().release]


def wires(digest: str = "", **changes: Any) -> ValuesInputs:
    images = {name: image.target for name, image in LINE.images.items()}
    plain: dict[str, Any] = {
        "airflow_version": "3.3.2",
        "images": {name: f"{REGISTRY}/{target}{digest}" for name, target in images.items()},
        "namespace": "airflow",
        "logs_account_url": "https://stlogs.blob.core.windows.net/",
        "logs_container": "airflow-logs",
        "secret_versions": "0123abcd",
        "airflow_node_selector": {"purpose": "airflow"},
        "worker_node_selector": {"purpose": "workers"},
        "worker_tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}],
        "git_known_hosts": "git.example.com ssh-ed25519 AAAA",
    }
    return ValuesInputs(**{**plain, **changes})


def values(pooler: Any = "pgbouncer", auth: str = "none", given: ValuesInputs | None = None, **airflow: Any) -> Any:
    repository = {"repository": "https://git.example.com/dags.git", "branch": "release", "auth": auth}
    dags = DagsSettings.model_validate({"git": repository})
    return airflow_values(AirflowSettings.model_validate(airflow), dags, LogsSettings(), pooler, given or wires())


def at(tree: Any, path: str) -> Any:
    for part in path.split("."):
        tree = tree[part]
    return tree


def variables(tree: Any) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in tree["env"]}


def refused(tree: Any) -> list[str]:
    """What the chart's schema refuses."""
    return [error.message for error in values_schema(LINE.chart).iter_errors(tree)]


@pytest.mark.parametrize(("executor", "pooler", "auth"), [*itertools.product(EXECUTORS, POOLERS, SIGN_INS)])
def test_the_chart_accepts_the_values(executor: str, pooler: str, auth: str) -> None:
    assert refused(values(pooler, auth, executor=executor)) == []


def test_the_chart_accepts_a_stack_without_triggerers() -> None:
    assert refused(values(triggerers=0)) == []


def test_equal_settings_give_equal_text() -> None:
    assert yaml.safe_dump(values(), sort_keys=False) == yaml.safe_dump(values(), sort_keys=False)


def test_the_text_of_the_values_has_no_yaml_aliases() -> None:
    assert "&id" not in yaml.safe_dump(values())


def test_no_value_is_null() -> None:
    assert "null" not in yaml.safe_dump(values())


def test_the_static_file_names_no_image_and_no_secret_key() -> None:
    static = yaml.safe_load(STATIC_VALUES.read_text(encoding="utf-8"))
    assert set(static["images"]) == {"migrationsWaitTimeout"}
    assert not {key for key in static if key.endswith(("Tag", "Version", "SecretName"))}


def test_own_values_come_last() -> None:
    own = {"cleanup": {"schedule": "0 3 * * *"}, "scheduler": {"priorityClassName": "first"}}
    tree = values(values=own)
    assert tree["cleanup"]["schedule"] == "0 3 * * *"
    assert tree["scheduler"]["priorityClassName"] == "first"
    assert tree["scheduler"]["replicas"] == 2


def test_settings_are_not_changed() -> None:
    own = {"scheduler": {"labels": {"team": "data"}}}
    before = copy.deepcopy(own)
    values(values=own)["scheduler"]["labels"]["team"] = "other"
    assert own == before


@pytest.mark.parametrize("digest", ["", DIGEST])
def test_images_come_from_the_registry_with_their_digest_behind_the_tag(digest: str) -> None:
    tree = values(given=wires(digest))
    pairs = [
        (tree["defaultAirflowRepository"], tree["defaultAirflowTag"]),
        *((image["repository"], image["tag"]) for image in tree["images"].values() if isinstance(image, dict)),
    ]
    assert {f"{repository}:{tag}" for repository, tag in pairs} == set(wires(digest).images.values())


def test_airflows_image_is_named_where_task_pods_take_theirs() -> None:
    assert "airflow" not in values()["images"]
    assert "pod_template" not in values()["images"]


def test_pgbouncer_images_are_not_needed_without_it() -> None:
    images = {name: image for name, image in wires().images.items() if "pgbouncer" not in name}
    assert values("none", given=wires(images=images))["pgbouncer"]["enabled"] is False


def test_a_missing_image_is_not_replaced_by_the_charts_own() -> None:
    images = {name: image for name, image in wires().images.items() if name != "pgbouncer"}
    with pytest.raises(KeyError, match="pgbouncer"):
        values("pgbouncer", given=wires(images=images))


def test_the_async_database_url_comes_from_the_secret() -> None:
    [secret] = values()["secret"]
    assert secret == {
        "envName": "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC",
        "secretName": "airflow-metadata-connection",
        "secretKey": "async-connection",
    }


def test_pgbouncer_reads_its_configuration_from_secrets() -> None:
    pgbouncer = values("pgbouncer")["pgbouncer"]
    assert pgbouncer["configSecretName"] == "airflow-pgbouncer-config"
    assert pgbouncer["metricsExporterSidecar"]["statsSecretName"] == "airflow-pgbouncer-stats"


def test_rotated_secrets_restart_airflow_and_pgbouncer() -> None:
    tree = values(given=wires(secret_versions="rotated"))
    assert "rotated" in tree["airflowPodAnnotations"].values()
    assert "rotated" in tree["pgbouncer"]["podAnnotations"].values()


@pytest.mark.parametrize(("component", "account"), SERVICE_ACCOUNTS.items())
def test_pods_run_as_accounts_of_the_program_with_an_identity(component: str, account: str) -> None:
    part = values()["workers"]["kubernetes"] if component == "workers" else values()[component]
    assert part["serviceAccount"] == {"create": False, "name": account}
    assert part["labels"] == {"azure.workload.identity/use": "true"}


@pytest.mark.parametrize("component", ["statsd", "pgbouncer", "cleanup"])
def test_other_pods_have_no_identity(component: str) -> None:
    assert "labels" not in values()[component]


def test_task_pods_run_on_their_own_nodes() -> None:
    tree = values(executor="KubernetesExecutor")
    assert tree["nodeSelector"] == {"purpose": "airflow"}
    assert tree["workers"]["kubernetes"]["nodeSelector"] == {"purpose": "workers"}
    assert tree["workers"]["kubernetes"]["tolerations"] == wires().worker_tolerations


@pytest.mark.parametrize(("executor", "cleaned"), [("KubernetesExecutor", True), ("LocalExecutor", False)])
def test_broken_task_pods_are_cleaned_up_where_there_are_any(executor: str, cleaned: bool) -> None:
    assert values(executor=executor)["cleanup"]["enabled"] is cleaned


def test_a_scheduler_that_runs_tasks_is_not_moved_and_has_time_to_finish() -> None:
    scheduler = values(executor="LocalExecutor")["scheduler"]
    assert scheduler["podAnnotations"] == {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
    assert scheduler["terminationGracePeriodSeconds"] == 600


def test_replicas_follow_the_settings() -> None:
    tree = values(schedulers=3, apiServers=4, dagProcessors=2, triggerers=5)
    parts = ("scheduler", "apiServer", "dagProcessor", "triggerer")
    assert [tree[part]["replicas"] for part in parts] == [3, 4, 2, 5]


def test_no_triggerers_turn_the_triggerer_off() -> None:
    assert values(triggerers=0)["triggerer"]["enabled"] is False


def test_logs_go_to_blob_storage_without_a_key() -> None:
    connection = json.loads(variables(values())["AIRFLOW_CONN_WASB_LOGS"])
    assert connection == {"conn_type": "wasb", "host": "https://stlogs.blob.core.windows.net"}
    assert at(values(), "config.azure_remote_logging.remote_wasb_log_container") == "airflow-logs"


def test_git_sync_follows_the_branch_by_both_of_the_charts_keys() -> None:
    git_sync = at(values(), "dags.gitSync")
    assert (git_sync["branch"], git_sync["ref"], git_sync["period"]) == ("release", "release", "30s")


@pytest.mark.parametrize(
    ("auth", "keys"),
    [
        ("none", {}),
        ("token", {"credentialsSecret": "airflow-git-credentials"}),
        ("ssh", {"sshKeySecret": "airflow-git-ssh-key"}),
    ],
)
def test_git_sync_signs_in_with_a_named_secret(auth: str, keys: dict[str, str]) -> None:
    git_sync = at(values(auth=auth), "dags.gitSync")
    assert {key: git_sync[key] for key in git_sync if key.endswith("Secret")} == keys
    assert ("knownHosts" in git_sync) is (auth == "ssh")


def test_environment_stands_sorted_beside_our_own() -> None:
    tree = values(environment={"ZONE": "1", "ALPHA": "2"})
    assert [*variables(tree)] == sorted(variables(tree))
    assert {"ALPHA", "ZONE", "AIRFLOW_CONN_WASB_LOGS", "PYTHONDONTWRITEBYTECODE"} <= set(variables(tree))


def test_config_is_merged_as_text() -> None:
    config = values(config={"core": {"parallelism": 64, "load_examples": True}})["config"]["core"]
    assert (config["parallelism"], config["load_examples"]) == ("64", "True")
    assert config["hostname_callable"].endswith("get_host_ip_address")


def test_braces_in_config_are_not_a_helm_template() -> None:
    assert config_text("run_id={{ ti.run_id }}") == 'run_id={{ "{{" }} ti.run_id }}'


def test_config_map_of_ones_own_is_part_of_the_release_and_no_hook() -> None:
    given = {"extraConfigMaps": {"plain": {"data": "a: b"}, "hook": {"data": "a: b", "useHelmHooks": True}}}
    maps = values(values=given)["extraConfigMaps"]
    assert maps["plain"] == {"data": "a: b", "useHelmHooks": False}
    assert maps["hook"]["useHelmHooks"] is True
