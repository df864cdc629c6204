"""Values of the chart for each way of logs and of DAGs."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from components.airflow.executors import executor_parts
from components.airflow.values.chart import ValuesInputs, airflow_values
from components.airflow.values.dags import KNOWN_HOSTS_FILE, dag_values, git_connection
from components.airflow.values.logs import log_values
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.git_address import parse_git_address
from components.settings.pins import load_pins
from tests.packaged_charts import values_schema
from tests.plans import PINS_FILE

LOGS = ("blob", "blobfuse", "azureFiles")
DAGS = ("gitSync", "gitBundle", "azureFiles", "image")
SIGN_INS = ("none", "ssh", "token")
REPOSITORY = "https://git.example.com/dags.git"
SSH_BUNDLE = {"delivery": "gitBundle", "git": {"repository": "git@git.example.com:dags.git", "auth": "ssh"}}
HOSTS = "git.example.com ssh-ed25519 AAAA"
LINE = load_pins(PINS_FILE).airflow[AirflowSettings().release]


def values(logs: str = "blob", dags: str = "gitSync", auth: str = "none", **git: Any) -> Any:
    images = {name: image.target for name, image in LINE.images.items()}
    wires = ValuesInputs(
        airflow_version="3.3.2",
        images={name: f"crairflow.azurecr.io/{target}" for name, target in images.items()},
        namespace="airflow",
        logs_account_url="https://stlogs.blob.core.windows.net/",
        logs_container="airflow-logs",
        secret_versions="0123abcd",
        airflow_node_selector={"purpose": "airflow"},
        worker_node_selector={"purpose": "workers"},
        worker_tolerations=[],
        git_known_hosts=HOSTS,
        logs_claim="logs-claim",
        dags_claim="dags-claim",
    )
    repository = {"repository": REPOSITORY, "branch": "release", "auth": auth, **git}
    return airflow_values(
        AirflowSettings(),
        DagsSettings.model_validate({"delivery": dags, "git": repository}),
        LogsSettings.model_validate({"delivery": logs}),
        "pgbouncer",
        wires,
    )


PARTS = executor_parts(AirflowSettings())


@pytest.mark.parametrize(("logs", "dags", "auth"), [*itertools.product(LOGS, DAGS, SIGN_INS)])
def test_the_chart_accepts_the_values(logs: str, dags: str, auth: str) -> None:
    assert [error.message for error in values_schema(LINE.chart).iter_errors(values(logs, dags, auth))] == []


@pytest.mark.parametrize("logs", ["blobfuse", "azureFiles"])
def test_logs_on_a_volume_need_a_claim(logs: str) -> None:
    with pytest.raises(ValueError, match="need a claim"):
        log_values(LogsSettings.model_validate({"delivery": logs}), PARTS, "airflow-logs", None)


def test_dags_on_a_share_need_a_claim() -> None:
    with pytest.raises(ValueError, match="need a claim"):
        dag_values(DagsSettings(delivery="azureFiles"), {}, {}, None, None)


def test_bundle_follows_the_branch_below_the_folder() -> None:
    (bundle,) = values(dags="gitBundle")["dagProcessor"]["dagBundleConfigList"]
    assert bundle["classpath"] == "airflow.providers.git.bundles.git.GitDagBundle"
    assert bundle["kwargs"] == {
        "git_conn_id": "git_dags",
        "tracking_ref": "release",
        "subdir": "dags",
        "refresh_interval": 30,
    }


def test_bundle_of_the_whole_repository_has_no_folder() -> None:
    (bundle,) = values(dags="gitBundle", subPath="")["dagProcessor"]["dagBundleConfigList"]
    assert "subdir" not in bundle["kwargs"]


@pytest.mark.parametrize("auth", SIGN_INS)
def test_bundle_has_one_connection_wherever_it_comes_from(auth: str) -> None:
    tree = values(dags="gitBundle", auth=auth)
    plain = [variable["name"] for variable in tree["env"]].count("AIRFLOW_CONN_GIT_DAGS")
    secret = [entry["envName"] for entry in tree["secret"]].count("AIRFLOW_CONN_GIT_DAGS")
    assert (plain, secret) == ((1, 0) if auth == "none" else (0, 1))


@pytest.mark.parametrize("dags", ["gitSync", "azureFiles", "image"])
def test_no_other_delivery_has_a_git_connection(dags: str) -> None:
    assert "AIRFLOW_CONN_GIT_DAGS" not in json.dumps(values(dags=dags, auth="token"))


def test_provider_checks_the_host_key_only_when_it_is_told_to() -> None:
    connection = json.loads(git_connection(parse_git_address("git@git.example.com:dags.git"), ssh_key="KEY"))
    assert connection["extra"]["strict_host_key_checking"] == "yes"
    assert connection["extra"]["known_hosts_file"] == KNOWN_HOSTS_FILE
    # OpenSSH refuses a key without a newline at its end.
    assert connection["extra"]["private_key"] == "KEY\n"


def test_host_key_is_mounted_where_the_connection_looks_for_it() -> None:
    tree = values(dags="gitBundle", auth="ssh")
    (name,) = tree["extraConfigMaps"]
    (volume,) = [volume for volume in tree["volumes"] if volume.get("configMap", {}).get("name") == name]
    (mount,) = [mount for mount in tree["volumeMounts"] if mount["name"] == volume["name"]]
    folder, _, file = KNOWN_HOSTS_FILE.rpartition("/")
    assert mount == {"name": volume["name"], "mountPath": folder, "readOnly": True}
    assert tree["extraConfigMaps"][name]["data"] == f'{file}: "{HOSTS}\\n"\n'


def test_braces_in_a_host_key_are_no_template_and_stand_outside_of_quoting() -> None:
    tree = dag_values(DagsSettings.model_validate(SSH_BUNDLE), {"volumes": [], "volumeMounts": []}, {}, None, "a {{b")
    (entry,) = tree["extraConfigMaps"].values()
    assert entry["data"] == 'known_hosts: "a {{ "{{" }}b\\n"\n'


def test_host_key_is_no_hook_that_would_come_and_go() -> None:
    (entry,) = values(dags="gitBundle", auth="ssh")["extraConfigMaps"].values()
    assert entry["useHelmHooks"] is False


def test_token_stands_beside_the_address_and_not_in_it() -> None:
    connection = json.loads(git_connection(parse_git_address(REPOSITORY), username="x-access-token", token="abc"))
    assert connection == {"conn_type": "git", "host": REPOSITORY, "login": "x-access-token", "password": "abc"}


def test_temporary_folder_stays_mounted_beside_the_host_key() -> None:
    assert {"tmp", "git-sync-tmp"} <= {volume["name"] for volume in values(dags="gitBundle", auth="ssh")["volumes"]}


@pytest.mark.parametrize("dags", ["gitBundle", "azureFiles", "image"])
def test_no_repository_is_told_to_a_git_sync_that_does_not_run(dags: str) -> None:
    git_sync = values(dags=dags, auth="ssh")["dags"]["gitSync"]
    assert git_sync["enabled"] is False
    assert not {"repo", "sshKeySecret", "knownHosts", "credentialsSecret"} & set(git_sync)
