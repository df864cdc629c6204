"""Specs of the Jobs that prepare the database, as plain values without Pulumi."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.airflow import names
from components.airflow.values.containers import DISK, container_resources
from components.airflow.vault import user_secrets
from components.kubernetes.way_out import DIRECT, ContainerWayOut
from components.settings.airflow_sections import AirflowSettings
from components.settings.container_texts import literal

# The root file system of the containers is read-only, so tools write here.
_TMP: Final = "/tmp"  # noqa: S108 - in a container
_MOUNTS: Final = [{"name": "tmp", "mountPath": _TMP}, {"name": "logs", "mountPath": "/opt/airflow/logs"}]
_AUTH_MANAGER: Final = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
# Enough to migrate large tables.
MIGRATION_DEADLINE_SECONDS: Final = 3600
USER_DEADLINE_SECONDS: Final = 900
# Kubernetes reads a container's message from this file, and Pulumi shows it when the Job fails.
_MESSAGE_FILE: Final = "/dev/termination-log"
# The delivery of secrets may lag behind the update by seconds. The Job's next pod reads the Secret again.
_WAIT_FOR_SERVER: Final = """\
if [[ "$AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" != *"@{server}:"* ]]; then
  echo "The Secret {secret} does not name the restored server yet" | tee {message_file}
  exit 1
fi
"""
_MIGRATE: Final = """\
airflow db migrate && exit 0
echo "The database migration failed. Its log: kubectl -n {namespace} logs job/$JOB_NAME" | tee {message_file}
exit 1
"""
# The password is on a command line inside the container only. The second command gives an
# existing user the vault's password again.
_FIRST_USER: Final = """\
failed() {{
  echo "The first user could not be made: $1" | tee {message_file}
  exit 1
}}
airflow users create --role Admin --username "$ADMIN_USERNAME" --email "$ADMIN_EMAIL" \\
  --firstname "$ADMIN_FIRST_NAME" --lastname "$ADMIN_LAST_NAME" --password "$ADMIN_PASSWORD" ||
  failed "is $ADMIN_EMAIL the address of another user? Its log: kubectl -n {namespace} logs job/$JOB_NAME"
airflow users reset-password --username "$ADMIN_USERNAME" --password "$ADMIN_PASSWORD" ||
  failed "the password was not set. Its log: kubectl -n {namespace} logs job/$JOB_NAME"
"""


def migration_job(
    settings: AirflowSettings,
    image: str,
    node_selector: Mapping[str, str],
    restored_server: str | None = None,
    way_out: ContainerWayOut = DIRECT,
) -> tuple[str, dict[str, Any]]:
    """Return name and spec of the Job that migrates the database to the image's schema, over a direct connection.

    A restored server may hold an older schema, so that the Job runs again for it.
    """
    script = _script(_MIGRATE, restored_server)
    return _name(_job(settings, "migration", image, script, [], node_selector, MIGRATION_DEADLINE_SECONDS, way_out))


def first_user_job(
    settings: AirflowSettings,
    image: str,
    node_selector: Mapping[str, str],
    password_version: str,
    restored_server: str | None = None,
    way_out: ContainerWayOut = DIRECT,
) -> tuple[str, dict[str, Any]]:
    """Return name and spec of the Job that creates the first user, or gives that user the vault's password again."""
    admin = settings.admin
    environment = [
        {"name": "ADMIN_USERNAME", "value": literal(admin.username)},
        {"name": "ADMIN_EMAIL", "value": literal(admin.email)},
        {"name": "ADMIN_FIRST_NAME", "value": literal(admin.first_name)},
        {"name": "ADMIN_LAST_NAME", "value": literal(admin.last_name)},
        _from_secret("ADMIN_PASSWORD", names.ADMIN_SECRET, names.ADMIN_PASSWORD_KEY),
    ]
    script = _script(_FIRST_USER, restored_server)
    spec = _job(settings, "first-user", image, script, environment, node_selector, USER_DEADLINE_SECONDS, way_out)
    return _name(spec, password_version)


def _script(script: str, restored_server: str | None) -> str:
    """Return a Job's script, which begins with a check of the connection if Airflow uses a restored server."""
    check = _WAIT_FOR_SERVER if restored_server is not None else ""
    return (check + script).format(
        namespace=names.NAMESPACE, message_file=_MESSAGE_FILE, server=restored_server, secret=names.MIGRATION_SECRET
    )


def _name(spec: dict[str, Any], *also: str) -> tuple[str, dict[str, Any]]:
    """Return name and spec of a Job.

    The name ends in a hash of the spec and of `also`. So a change creates a new Job, because Kubernetes refuses to
    change an existing one.
    """
    template = spec["template"]
    container = template["spec"]["containers"][0]
    digest = hashlib.sha256(json.dumps([spec, *also], sort_keys=True).encode()).hexdigest()[:8]
    name = f"airflow-{container['name']}-{digest}"
    container["env"].append({"name": "JOB_NAME", "value": name})
    return name, spec


def _variables(
    settings: AirflowSettings, environment: Sequence[Mapping[str, Any]], way_out: ContainerWayOut
) -> list[dict[str, Any]]:
    """Return each variable once, as Kubernetes requires.

    A variable that a Job needs overrides the stack file's variable of the same name.
    """
    given = [
        *environment,
        _from_secret("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", names.MIGRATION_SECRET, names.CONNECTION_KEY),
        _from_secret("AIRFLOW__CORE__FERNET_KEY", names.FERNET_KEY_SECRET, names.FERNET_KEY),
        {"name": "AIRFLOW__CORE__AUTH_MANAGER", "value": _AUTH_MANAGER},
        # Airflow creates this file if it is missing, so it must be in a writable folder.
        {"name": "AIRFLOW_CONFIG", "value": f"{_TMP}/airflow.cfg"},
        {"name": "HOME", "value": _TMP},
        {"name": "PYTHONDONTWRITEBYTECODE", "value": "1"},
        *way_out.variables(),
        *user_secrets.container_variables(settings.key_vault_secrets),
        # The Jobs need the same options as the pods, for example those of the database.
        *(
            {"name": f"AIRFLOW__{section.upper()}__{key.upper()}", "value": literal(str(value))}
            for section, options in sorted(settings.config.items())
            for key, value in sorted(options.items())
        ),
        *({"name": name, "value": literal(value)} for name, value in sorted(settings.environment.items())),
    ]
    once: dict[str, dict[str, Any]] = {}
    for variable in given:
        # `_name` adds this variable, when the Job's name is known.
        if variable["name"] != "JOB_NAME":
            once.setdefault(variable["name"], dict(variable))
    return list(once.values())


def _job(
    settings: AirflowSettings,
    component: str,
    image: str,
    script: str,
    environment: Sequence[Mapping[str, Any]],
    node_selector: Mapping[str, str],
    deadline_seconds: int,
    way_out: ContainerWayOut,
) -> dict[str, Any]:
    """Return a Job's spec that Pod Security `restricted` allows.

    The Job has no TTL, because Kubernetes would delete the finished Job and Pulumi would create it again.
    """
    resources = container_resources("migration", settings)
    size_limit = {"sizeLimit": resources["limits"][DISK]}
    container = {
        "name": component,
        "image": image,
        "args": ["bash", "-c", script],
        "env": _variables(settings, environment, way_out),
        "resources": resources,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [*_MOUNTS, *way_out.mounts],
    }
    labels = {"tier": "airflow", "component": component, "release": names.RELEASE}
    pod = {
        "serviceAccountName": names.MIGRATION_SERVICE_ACCOUNT,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "nodeSelector": dict(node_selector),
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 50000,
            "runAsGroup": 0,
            "fsGroup": 0,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            *({"name": mount["name"], "emptyDir": dict(size_limit)} for mount in _MOUNTS),
            *way_out.volumes,
        ],
    }
    return {
        "backoffLimit": 3,
        "activeDeadlineSeconds": deadline_seconds,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }


def _from_secret(variable: str, secret: str, key: str) -> dict[str, Any]:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
