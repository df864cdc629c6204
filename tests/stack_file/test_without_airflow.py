"""What a stack file with `airflow: null` may say, and what it gets where it says nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.settings.model import Settings
from components.stack_file.checker import PLAIN_KEYS, SECRET_KEYS, SECTIONS, check
from components.stack_file.problems import Problem
from components.stack_file.reader import read_config
from components.stack_file.without_airflow import NEED_AIRFLOW
from tests.cases import TEAMS
from tests.plans import PROJECT, changed, shipped
from tests.pod_cluster_cases import ALONE, GPU_POOL, POD_CLUSTER

LOCATION = "config:\n  azure-native:location: westeurope\n"
NULLS = ("", "null", "~", "Null", '""', "\n    # executor: LocalExecutor")


def checked(changes: dict[str, Any]) -> tuple[Settings | None, list[Problem], list[Problem]]:
    config = changed(shipped("dev"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "gpu")


def settings(changes: dict[str, Any]) -> Settings:
    found, errors, _ = checked(changes)
    assert found is not None, errors
    return found


def read(folder: Path, text: str) -> tuple[Settings | None, list[Problem], list[Problem]]:
    file = folder / "Pulumi.gpu.yaml"
    file.write_text(text, encoding="utf-8")
    return check(read_config(file).values, set(), PROJECT, "gpu")


@pytest.mark.parametrize("value", NULLS)
def test_null_is_a_stack_without_airflow(value: str, tmp_path: Path) -> None:
    found, problems, _ = read(tmp_path, f"{LOCATION}  airflow-aks:airflow: {value}\n")
    assert found is not None, problems
    assert not found.has_airflow


@pytest.mark.parametrize("section", ["", "  airflow-aks:airflow: {}\n"])
def test_missing_section_and_one_without_settings_are_airflow_with_its_defaults(section: str, tmp_path: Path) -> None:
    found, problems, _ = read(
        tmp_path,
        f"{LOCATION}  airflow-aks:dags: {{git: {{repository: 'https://git.example.com/dags.git'}}}}\n{section}",
    )
    assert found is not None, problems
    assert found.has_airflow


def test_text_null_is_no_null(tmp_path: Path) -> None:
    found, problems, _ = read(tmp_path, f"{LOCATION}  airflow-aks:airflow: 'null'\n")
    assert found is None
    assert "airflow-aks:airflow" in {problem.path for problem in problems}


def test_nothing_else_is_required() -> None:
    found = settings(ALONE)
    assert found.namespaces == ("jobs",)
    assert [(pool.name, pool.purpose, pool.min_nodes) for pool in found.cluster.pools] == [("pods", "other", 0)]


def test_pools_without_a_purpose_are_for_other_pods() -> None:
    assert [pool.purpose for pool in settings(POD_CLUSTER).cluster.pools] == ["other"]


def test_no_namespace_can_be_asked_for() -> None:
    assert settings({**ALONE, "namespaces": []}).namespaces == ()


def test_every_key_that_only_airflow_needs_exists() -> None:
    assert set(NEED_AIRFLOW) <= {*SECTIONS, *SECRET_KEYS, *PLAIN_KEYS}


SHARED = {
    "acknowledgedRetirements",
    "airflow",
    "cluster",
    "ignoredTags",
    "monitoring",
    "namespaces",
    "naming",
    "network",
    "protectData",
    "proxy",
    "registry",
    "resourceGroup",
    "tags",
    "teams",
}


def test_every_other_section_serves_a_stack_without_airflow_too() -> None:
    assert set(SECTIONS) - set(NEED_AIRFLOW) == SHARED


@pytest.mark.parametrize("key", sorted(NEED_AIRFLOW))
def test_key_that_only_airflow_needs_is_refused(key: str) -> None:
    value: Any = {"secure": "x"} if key in SECRET_KEYS else "x" if key in PLAIN_KEYS else {"any": "thing"}
    found, errors, _ = checked({**ALONE, key: value})
    assert found is None
    assert [problem.path for problem in errors] == [f"airflow-aks:{key}"]
    assert "and airflow-aks:airflow is null: remove it, or set airflow-aks:airflow" in errors[0].message


TEAM = {**TEAMS[1], "runsTasks": True}
# What is changed in a stack without Airflow; the path that the answer names; words of the answer.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"cluster.pools": [{**GPU_POOL, "purpose": "workers"}]}, "cluster.pools[0].purpose", "set it to other"),
    ({"cluster.pools": [{**GPU_POOL, "purpose": "airflow"}]}, "cluster.pools[0].purpose", "is airflow, and"),
    ({"cluster.pools": []}, "cluster.pools", "no pod finds a node"),
    ({"cluster.pools": [GPU_POOL, GPU_POOL]}, "cluster.pools[1].name", "the name of another pool"),
    ({"cluster.pools": [{**GPU_POOL, "vmSize": "Standard_D4ds_v5"}]}, "cluster.pools[0].vmSize", "has no GPU"),
    ({"cluster.localAccounts": False, "cluster.adminGroupIds": []}, "cluster.localAccounts", "nobody could sign in"),
    ({"network.allowedEgress": [{"host": "example.com", "port": 22}]}, "network.allowedEgress", "Airflow's pods"),
    (
        {"network.allowedIngress": [{"cidr": "10.1.0.0/16", "port": 8080, "to": ["apiServer"]}]},
        "network.allowedIngress",
        "Airflow's pods",
    ),
    ({"network.allowedHosts": ["example.com"]}, "network.allowedHosts", "restricted"),
    ({"network.private": True, "registry": {"publicAccess": True}}, "registry.publicAccess", "network.private"),
    ({"monitoring": {"alertEmails": ["ops@example.com"]}}, "monitoring.alertEmails", "alerts on Airflow"),
    ({"teams": [TEAM]}, "teams[0].runsTasks", "Airflow's tasks"),
    ({"namespaces": ["kube-system"]}, "namespaces[0]", "belongs to Kubernetes"),
    ({"namespaces": ["airflow"]}, "namespaces[0]", "Airflow's own: choose another, for example jobs"),
    ({"namespaces": ["gpu-resources"]}, "namespaces[0]", "the device plugin's"),
    ({"namespaces": ["jobs", "jobs"]}, "namespaces", "jobs is listed twice"),
    ({"namespaces": ["Jobs"]}, "namespaces[0]", "the name of a Kubernetes namespace, for example jobs"),
    ({"namespaces": "jobs"}, "namespaces", "must be a list"),
    (
        {"namespaces": ["jobs", TEAMS[1]["namespace"]], "teams": [TEAMS[1]]},
        "namespaces[1]",
        "which is that of airflow-aks:teams[0]",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), BAD, ids=[f"{row[1]} {index}" for index, row in enumerate(BAD)])
def test_wrong_setting_is_named_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    _, errors, _ = checked({**POD_CLUSTER, **changes})
    found = [problem for problem in errors if problem.path == f"airflow-aks:{path}"]
    assert len(found) == 1, errors
    assert words in found[0].message


def test_everything_that_a_full_stack_file_has_too_much_is_named_at_once() -> None:
    _, errors, _ = checked({"airflow": ""})
    assert {problem.path.removeprefix("airflow-aks:") for problem in errors} == {
        "dags",
        "database",
        "keyVault",
        "logs",
        "cluster.pools[1].purpose",
    }


@pytest.mark.parametrize(
    "more",
    [
        {"teams": [TEAMS[1]]},
        {"monitoring": {"retentionDays": 30}},
        {"network.private": True, "registry": {"sku": "Premium"}},
        {"network.egress": "restricted", "network.allowedHosts": ["example.com"], "network.outbound": "natGateway"},
        {"ignoredTags": ["owner"], "naming": {"prefix": "gpus"}, "protectData": True},
        {"cluster.pools": [GPU_POOL, {"name": "arm", "vmSize": "Standard_D4pds_v5", "purpose": "other"}]},
        {"cluster.azureRbac": True},
    ],
)
def test_what_stays_useful_is_accepted(more: dict[str, Any]) -> None:
    settings({**POD_CLUSTER, **more})


def test_cluster_that_no_other_stack_can_sign_in_to_is_a_warning() -> None:
    _, _, warnings = checked(ALONE)
    assert [problem.path for problem in warnings] == ["airflow-aks:cluster.adminGroupIds"]
    assert checked(POD_CLUSTER)[2] == []


@pytest.mark.parametrize(("key", "resource"), [("vault", "Key Vault"), ("storageAccount", "storage account")])
def test_a_name_of_what_only_airflow_has_is_refused(key: str, resource: str) -> None:
    found, errors, _ = checked({**ALONE, "naming.names": {key: "contoso", "cluster": "aks-contoso"}})
    assert found is None
    (problem,) = errors
    assert problem.path == f"airflow-aks:naming.names.{key}"
    assert f"is the name of the {resource}, which a stack without Airflow does not have" in problem.message


def test_a_pattern_is_checked_for_the_names_of_a_stack_without_airflow() -> None:
    assert settings({**ALONE, "naming.pattern": "{type}-contoso-{workload}-{suffix}"}).naming.pattern
    found, errors, _ = checked({**ALONE, "naming.pattern": f"{{type}}-{'x' * 60}"})
    assert found is None
    messages = " ".join(problem.message for problem in errors)
    assert "gives the container registry the name crxxx" in messages
    assert "Key Vault" not in messages


def test_a_pattern_without_a_suffix_warns_of_the_registry_alone() -> None:
    _, _, warnings = checked({**ALONE, "naming.pattern": "{type}-{workload}-{environment}"})
    (warning,) = [problem for problem in warnings if problem.path == "airflow-aks:naming.pattern"]
    assert "in all of Azure: crairflowgpu; `make preflight STACK=gpu`" in warning.message
