"""The Jobs of ours."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from components.airflow.database import job_specs
from components.settings.airflow_sections import AdminSettings, AirflowSettings, ContainerResources

SELECTOR = {"airflow-aks/purpose": "airflow"}
IMAGE = "registry.example.com/apache/airflow:1"


def migration(image: str = IMAGE, settings: AirflowSettings | None = None) -> tuple[str, dict[str, Any]]:
    return job_specs.migration_job(settings or AirflowSettings(), image, SELECTOR)


def first_user(settings: AirflowSettings | None = None, version: str = "v1") -> tuple[str, dict[str, Any]]:
    return job_specs.first_user_job(settings or AirflowSettings(), IMAGE, SELECTOR, version)


def container(job: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return job[1]["template"]["spec"]["containers"][0]


BOTH = pytest.mark.parametrize("job", [migration(), first_user()], ids=["migration", "first user"])


@BOTH
def test_job_meets_pod_security_restricted(job: tuple[str, dict[str, Any]]) -> None:
    pod = job[1]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    context = container(job)["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["readOnlyRootFilesystem"] is True


@BOTH
def test_job_has_requests_and_limits(job: tuple[str, dict[str, Any]]) -> None:
    resources = container(job)["resources"]
    assert {"cpu", "memory", "ephemeral-storage"} == set(resources["requests"]) == set(resources["limits"])


@BOTH
def test_job_has_no_ttl(job: tuple[str, dict[str, Any]]) -> None:
    assert "ttlSecondsAfterFinished" not in job[1]


@BOTH
def test_job_goes_straight_to_the_database(job: tuple[str, dict[str, Any]]) -> None:
    connection = next(e for e in container(job)["env"] if e["name"] == "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")
    assert connection["valueFrom"]["secretKeyRef"]["name"] == "airflow-migration-connection"


@BOTH
def test_job_migrates_and_signs_in_with_the_fab_auth_manager(job: tuple[str, dict[str, Any]]) -> None:
    manager = next(e for e in container(job)["env"] if e["name"] == "AIRFLOW__CORE__AUTH_MANAGER")
    assert manager["value"].endswith("FabAuthManager")


@BOTH
def test_job_has_no_kubernetes_token(job: tuple[str, dict[str, Any]]) -> None:
    assert job[1]["template"]["spec"]["automountServiceAccountToken"] is False


@BOTH
def test_script_is_valid_shell(job: tuple[str, dict[str, Any]]) -> None:
    script = container(job)["args"][2]
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


def test_another_image_is_another_migration() -> None:
    assert migration()[0] != migration("registry.example.com/apache/airflow:2")[0]


def test_same_job_has_the_same_name() -> None:
    assert migration() == migration()


def test_another_admin_is_another_job() -> None:
    assert first_user()[0] != first_user(AirflowSettings(admin=AdminSettings(username="root")))[0]


def test_another_password_is_another_job() -> None:
    assert first_user()[0] != first_user(version="v2")[0]


def test_jobs_are_told_what_the_pods_are_told() -> None:
    settings = AirflowSettings(config={"database": {"sql_alchemy_schema": "airflow"}}, environment={"TEAM": "data"})
    environment = {entry["name"]: entry.get("value") for entry in container(migration(settings=settings))["env"]}
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_SCHEMA"] == "airflow"
    assert environment["TEAM"] == "data"


def test_size_is_ours_to_set() -> None:
    settings = AirflowSettings(resources={"migration": ContainerResources(memory="3Gi")})
    assert container(migration(settings=settings))["resources"]["limits"]["memory"] == "3Gi"


def test_failed_migration_names_its_log(tmp_path: Any) -> None:
    (tmp_path / "airflow").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "airflow").chmod(0o755)
    name, _ = job = migration()
    script = container(job)["args"][2].replace("/dev/termination-log", str(tmp_path / "words"))
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "JOB_NAME": name}
    run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=False)
    assert run.returncode == 1
    assert f"kubectl -n airflow logs job/{name}" in (tmp_path / "words").read_text()


@pytest.mark.parametrize(("fails", "words"), [("create", "address of another user"), ("reset-password", "not set")])
def test_first_user_that_cannot_be_made_says_why(fails: str, words: str, tmp_path: Any) -> None:
    (tmp_path / "airflow").write_text(f'#!/bin/sh\ntest "$2" != {fails}\n')
    (tmp_path / "airflow").chmod(0o755)
    script = container(first_user())["args"][2].replace("/dev/termination-log", str(tmp_path / "words"))
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "JOB_NAME": "a-job", "ADMIN_EMAIL": "ops@example.com"}
    run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=False)
    assert run.returncode == 1
    assert words in (tmp_path / "words").read_text()


def test_password_stands_in_no_part_of_the_job() -> None:
    password = next(e for e in container(first_user())["env"] if e["name"] == "ADMIN_PASSWORD")
    assert password["valueFrom"]["secretKeyRef"] == {"name": "airflow-admin", "key": "password"}
    assert '"value": "admin/admin"' not in json.dumps(first_user())


def restored_script(server: str | None) -> str:
    _, spec = job_specs.migration_job(AirflowSettings(), IMAGE, SELECTOR, server)
    script: str = spec["template"]["spec"]["containers"][0]["args"][2]
    return script


@pytest.mark.parametrize(
    ("connection", "code"),
    [
        ("postgresql+psycopg2://airflow:x@psql-1-r1.postgres.database.azure.com:5432/airflow", 0),
        ("postgresql+psycopg2://airflow:x@psql-1.postgres.database.azure.com:5432/airflow", 1),
    ],
)
def test_job_of_a_restored_server_migrates_no_other(connection: str, code: int, tmp_path: Any) -> None:
    script = restored_script("psql-1-r1.postgres.database.azure.com").replace("/dev/termination-log", "message")
    environment = {"PATH": "/usr/bin:/bin", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": connection, "JOB_NAME": "j"}
    done = subprocess.run(
        ["bash", "-c", f"airflow() {{ echo migrated; }}\n{script}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert ("migrated" in done.stdout) is (code == 0)
    assert ("does not name the restored server yet" in done.stdout) is (code == 1)


def test_job_of_the_first_server_is_the_one_of_before() -> None:
    assert job_specs.migration_job(AirflowSettings(), IMAGE, SELECTOR, None) == migration()
    assert "restored" not in restored_script(None)
