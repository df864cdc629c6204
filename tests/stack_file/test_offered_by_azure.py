"""What Azure and AKS do not offer, and examples that are the user's own value made right."""

from __future__ import annotations

from typing import Any

import pytest

from components.azure.regions import PUBLIC_REGIONS
from components.stack_file.own_examples import example
from components.stack_file.rules import database_rules, place_rules
from tests.stack_file.test_bad_input import problems
from tests.stack_file.test_loader import context
from tests.stack_file.wrong_azure import AIRFLOW_POOL


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"tags": {"azure-owner": "x"}}, "tags.azure-owner", "for example owner"),
        ({"tags": {"Microsoft.Team": "x"}}, "tags.Microsoft.Team", "for example Team"),
        ({"tags": {"WINDOWS": "x"}}, "tags.WINDOWS", "Azure reserves"),
        ({"cluster.kubernetesVersion": "1.31"}, "cluster.kubernetesVersion", "no longer offers 1.31"),
        ({"cluster.kubernetesVersion": "1.33"}, "cluster.kubernetesVersion", "use 1.35 or 1.36"),
        ({"cluster.kubernetesVersion": "1.39"}, "cluster.kubernetesVersion", "does not offer 1.39"),
        ({"cluster.systemPool": {"vmSize": "Standard_D4pds_v5"}}, "cluster.systemPool.vmSize", "Standard_D4ds_v5;"),
        (
            {"cluster.pools": [{**AIRFLOW_POOL, "vmSize": "Standard_E4ps_v5"}]},
            "cluster.pools[0].vmSize",
            "an Arm processor",
        ),
        (
            {"cluster.pools": [AIRFLOW_POOL, {"name": "arm", "purpose": "other", "vmSize": "Standard_D4pls_v6"}]},
            "cluster.pools[1].vmSize",
            "for example Standard_D4ls_v6",
        ),
        ({"dags.git.branch": "-main"}, "dags.git.branch", "for example main (is '-main')"),
        ({"dags.git.branch": "$(reboot)"}, "dags.git.branch", "shell characters"),
        ({"dags.git.branch": "main;ls"}, "dags.git.branch", "for example main-ls"),
        ({"dags.git.branch": "a`b"}, "dags.git.branch", "shell characters"),
        ({"dags.git.subPath": "$(HOME)/dags"}, "dags.git.subPath", "without .. and $("),
        (
            {"airflow.image": {"repository": "cra1b2c3.azurecr.io/team/airflow", "tag": "1"}},
            "airflow.image.repository",
            "for example team/airflow",
        ),
        (
            {"airflow.image": {"repository": "docker.io/apache/airflow:3.3.2", "tag": "1"}},
            "airflow.image.repository",
            "for example apache/airflow",
        ),
        (
            {"airflow.image": {"repository": "https://cr.azurecr.io/airflow", "tag": "1"}},
            "airflow.image.repository",
            "for example airflow",
        ),
        ({"cluster.kubernetesVersion": 1.35}, "cluster.kubernetesVersion", 'in quotes, "1.35"'),
        ({"cluster.kubernetesVersion": "v1.36.1"}, "cluster.kubernetesVersion", 'for example "1.36"'),
        ({"tags": {"cost": 12}}, "tags.cost", 'in quotes, "12"'),
        ({"tags": {"shared": True}}, "tags.shared", 'in quotes, "true"'),
        ({"airflow.image": {"tag": 1.5}}, "airflow.image.tag", 'in quotes, "1.5"'),
        ({"airflow.resources": {"scheduler": {"cpu": 2}}}, "airflow.resources.scheduler.cpu", 'in quotes, "2"'),
        ({"airflow.resources": {"scheduler": {"memory": 4}}}, "airflow.resources.scheduler.memory", 'in quotes, "4Gi"'),
        ({"airflow.resources": {"scheduler": {"memory": "4 GB"}}}, "airflow.resources.scheduler.memory", "example 4Gi"),
        ({"airflow.environment": {"RETRIES": 3}}, "airflow.environment.RETRIES", 'in quotes, "3"'),
        ({"airflow.environment": {"DEBUG": False}}, "airflow.environment.DEBUG", 'in quotes, "false"'),
        ({"keyVault.softDeleteDays": "7"}, "keyVault.softDeleteDays", "without quotes: 7"),
        ({"cluster.localAccounts": "no"}, "cluster.localAccounts", "without quotes: false"),
        ({"cluster.maintenance": {"utcOffset": 5}}, "cluster.maintenance.utcOffset", 'in quotes, "+05:00"'),
        ({"cluster.maintenance": {"utcOffset": "-3:30"}}, "cluster.maintenance.utcOffset", 'for example "-03:30"'),
    ],
)
def test_a_wrong_value_is_answered_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    found = [problem for problem in problems(changes) if problem.path == f"airflow-aks:{path}"]
    assert len(found) == 1, problems(changes)
    assert words in found[0].message


@pytest.mark.parametrize("name", ["PIN_TOKEN", "password", "API_KEY"])
def test_a_number_that_may_be_a_secret_is_not_repeated(name: str) -> None:
    (found,) = problems({"airflow.environment": {name: 4711}})
    assert "4711" not in found.message


@pytest.mark.parametrize("branch", ["main", "release/3.3", "feature/#12", "v1.2.3", "user@home", "2026-01", "größe"])
def test_an_ordinary_branch_is_free(branch: str) -> None:
    assert problems({"dags.git.branch": branch}) == []


@pytest.mark.parametrize("repository", ["airflow", "team/airflow", "team/air.flow", "my.airflow", "a/b/c-d_e"])
def test_an_ordinary_repository_is_free(repository: str) -> None:
    assert problems({"airflow.image": {"repository": repository, "tag": "1"}}) == []


def test_a_pool_for_other_pods_may_have_arm_processors_if_it_is_tainted() -> None:
    pool = {"name": "arm", "purpose": "other", "vmSize": "Standard_D4ps_v5", "taints": ["arch=arm:NoSchedule"]}
    assert problems({"cluster.pools": [AIRFLOW_POOL, pool]}) == []


@pytest.mark.parametrize("version", ["1.34", "1.35", "1.36"])
def test_a_version_that_aks_offers_is_free(version: str) -> None:
    assert problems({"cluster.kubernetesVersion": version}) == []


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("canadacentrl", "did you mean canadacentral?"),
        ("westeurop", "did you mean westeurope?"),
        ("swedencenter", "did you mean swedencentral?"),
        ("eastus3", "did you mean eastus or westus3 or eastus2?"),
        ("moonbase1", "az account list-locations"),
    ],
)
def test_an_unknown_region_is_a_warning_with_the_nearest(region: str, words: str) -> None:
    (found,) = place_rules.region_is_known(context({"azure-native:location": region}))
    assert found.path == "azure-native:location"
    assert words in found.message


@pytest.mark.parametrize("region", sorted(PUBLIC_REGIONS))
def test_a_public_region_is_no_warning_and_has_the_form_of_one(region: str) -> None:
    assert region.isalnum()
    assert region == region.lower()
    assert not [*place_rules.region_is_known(context({"azure-native:location": region}))]


@pytest.mark.parametrize(
    ("cidr", "words"),
    [("0.0.0.0/0", "the whole Internet"), ("0.0.0.0/1", "2147483648 addresses"), ("128.0.0.0/2", "1073741824")],
)
def test_a_database_that_is_open_to_all_is_a_warning(cidr: str, words: str) -> None:
    found = context({"database.access": "public", "database.allowedIpRanges": ["203.0.113.0/24", cidr]})
    (problem,) = database_rules.database_is_not_open_to_all(found)
    assert problem.path == "airflow-aks:database.allowedIpRanges[1]"
    assert words in problem.message


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("vmSize", "D4ds_v5", "Standard_D4ds_v5"),
        ("vmSize", "standard_E8s_v5", "Standard_E8s_v5"),
        ("vmSize", "large", None),
        ("branch", "refs/heads/main", "main"),
        ("utcOffset", "UTC+2", '"+02:00"'),
        ("kubernetesVersion", "latest", None),
        ("anything", "x", None),
    ],
)
def test_an_example_is_the_own_value_made_right(key: str, value: str, right: str | None) -> None:
    assert example(key, value) == right
