"""What stands in a stack file beside what is passed on, and all of it together."""

from __future__ import annotations

import pytest

from tests.plans import plan_of
from tests.stack_file.test_bad_input import problems


def test_a_repository_and_an_address_that_are_too_long_are_refused() -> None:
    found = problems(
        {
            "dags.git.repository": f"https://git.example.com/{'a' * 140000}",
            "airflow.admin": {"email": f"{'a' * 400}@example.com"},
        }
    )
    assert sorted(problem.path for problem in found) == [
        "airflow-aks:airflow.admin.email",
        "airflow-aks:dags.git.repository",
    ]


@pytest.mark.parametrize("release", ["9" * 5000, "../2.9", "3.3/", "", "3"])
def test_an_unknown_release_line_is_still_one_clear_error(release: str) -> None:
    found = problems({"airflow.release": release, "airflow.values": {"labels": {"a": "b"}}})
    assert [problem.path for problem in found] == ["airflow-aks:airflow.release"]


def test_every_refusal_of_a_whole_stack_file_appears_once_by_its_path() -> None:
    found = problems(
        {
            "tags": {"azure-team": "a"},
            "cluster.kubernetesVersion": "1.31",
            "cluster.systemPool": {"vmSize": "Standard_D4ps_v5"},
            "dags.git.branch": "-main",
            "airflow.image": {"repository": "docker.io/team/airflow", "tag": "1"},
            "airflow.environment": {"_AIRFLOW_DB_MIGRATE": "true", "AIRFLOW__API__BASE_URL": "https://x/airflow"},
            "airflow.values": {
                "scheduler": {"replica": 1, "extraContainers": [{"name": "a", "image": "busybox"}]},
                "apiServer": {"service": {"type": "LoadBalancer"}},
            },
        }
    )
    assert sorted(problem.path.removeprefix("airflow-aks:") for problem in found) == [
        "airflow.environment.AIRFLOW__API__BASE_URL",
        "airflow.environment._AIRFLOW_DB_MIGRATE",
        "airflow.image.repository",
        "airflow.values.apiServer.service.type",
        "airflow.values.scheduler.extraContainers[0].image",
        "airflow.values.scheduler.replica",
        "cluster.kubernetesVersion",
        "cluster.systemPool.vmSize",
        "dags.git.branch",
        "tags.azure-team",
    ]


def test_a_whole_plan_tells_each_warning_once() -> None:
    plan = plan_of(
        "dev",
        {
            "azure-native:location": "canadacentrl",
            "database": {
                "access": "public",
                "allowedIpRanges": ["0.0.0.0/0"],
                "tier": "Burstable",
                "sku": "Standard_B2ms",
            },
            "airflow.config": {"schedulr": {"a": 1}, "webserver": {"base_url": "https://airflow.example.com"}},
        },
    )
    paths = [warning.partition(": ")[0] for warning in plan.warnings]
    expected = {
        "azure-native:location",
        "airflow-aks:database.allowedIpRanges[0]",
        "airflow-aks:airflow.config.schedulr",
        "airflow-aks:airflow.config.webserver.base_url",
    }
    assert expected <= set(paths)
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("given", ["+14:59", "-13:00", "+15:30", "+24"])
def test_an_offset_that_does_not_exist_is_no_example(given: str) -> None:
    (problem,) = problems({"cluster.maintenance": {"utcOffset": given}})
    assert 'for example "+00:00"' in str(problem)
