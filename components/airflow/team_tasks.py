"""Tasks of Airflow in the namespaces of teams: what their pods need there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import ConfigMap, Secret
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_random import RandomBytes, RandomPassword

from components.kubernetes.namespace import ServiceAccountSpec, create_service_account
from components.kubernetes.way_out import create_trusted_certificates
from components.output_registration import register_annotated_outputs
from components.settings.model import Settings

from . import names
from .names import SERVICE_ACCOUNTS
from .team_task_rules import task_policies
from .values.dags import git_connection
from .vault.connections import fernet_key

# The chart's ConfigMap, and the key in it that task pods mount.
CONFIG_MAP: Final = "airflow-config"
CONFIG_FILE: Final = "airflow.cfg"
# Airflow opens no connection with these, but parses them at its start.
NO_DATABASE: Final = {
    names.CONNECTION_KEY: "postgresql+psycopg2://none:none@localhost:5432/none",
    names.ASYNC_CONNECTION_KEY: "postgresql+asyncpg://none:none@localhost:5432/none",
}
NO_CELERY: Final = {
    names.BROKER_SECRET: {names.CONNECTION_KEY: "redis://localhost:6379/0"},
    names.RESULT_BACKEND_SECRET: {names.CONNECTION_KEY: "db+postgresql+psycopg2://none:none@localhost:5432/none"},
}
Secrets = Mapping[str, Mapping[str, Input[str]]]


@dataclass(frozen=True, kw_only=True)
class TeamTasksArgs:
    """What TeamTasks needs: the namespace, the identity of task pods, and what these pods read.

    `config` is their airflow.cfg. `secrets` maps the Secrets that they need with their real values to keys and values.
    `celery`: whether the stack also runs Celery workers. The pod template then names Celery's Secrets too.
    """

    namespace: Input[str]
    identity_client_id: Input[str]
    config: Input[str]
    secrets: Secrets
    celery: bool
    bundle: str | None


class TeamTasks(ComponentResource):
    """The service account, configuration, Secrets and network policies of task pods in a team's namespace.

    Task pods come from the chart's template, so everything has the same name as in Airflow's namespace.
    """

    service_account: Output[str]

    def __init__(self, name: str, args: TeamTasksArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:TeamTasks", name, None, opts)
        child = ResourceOptions(parent=self)
        inside: dict[str, Any] = {"namespace": args.namespace}
        for policy, spec in task_policies().items():
            NetworkPolicy(f"{name}-{policy}", metadata={"name": policy, **inside}, spec=spec, opts=child)
        config = {CONFIG_FILE: args.config}
        ConfigMap(f"{name}-config", metadata={"name": CONFIG_MAP, **inside}, data=config, opts=child)
        for secret, values in {**self._create_stand_ins(name, celery=args.celery), **args.secrets}.items():
            Secret(f"{name}-{secret}", metadata={"name": secret, **inside}, string_data=values, opts=child)
        create_trusted_certificates(name, args.namespace, args.bundle, self)
        account = ServiceAccountSpec(
            name=SERVICE_ACCOUNTS["workers"], client_id=args.identity_client_id, calls_kubernetes=True
        )
        self.service_account = create_service_account(name, args.namespace, account, self).metadata.name
        register_annotated_outputs(self)

    def _create_stand_ins(self, name: str, *, celery: bool) -> Secrets:
        """Return Secrets that the template of task pods names, and whose real values a team must not have.

        In Airflow 3, tasks do not connect to the database. They get connections and variables from the API server,
        which decrypts them. The real values would open the database and everything in it to the team.
        """
        child = ResourceOptions(parent=self)
        fernet = RandomBytes(f"{name}-fernet-key-bytes", length=32, opts=child)
        api = RandomPassword(f"{name}-api-secret-key", length=64, special=False, opts=child)
        return {
            names.FERNET_KEY_SECRET: {names.FERNET_KEY: fernet.base64.apply(fernet_key)},
            names.API_SECRET: {names.API_SECRET_KEY: api.result},
            names.METADATA_SECRET: NO_DATABASE,
            **(NO_CELERY if celery else {}),
        }


def git_secrets(settings: Settings) -> dict[str, dict[str, Input[str]]]:
    """Return the Secret with which task pods clone the DAGs, if the repository needs a token."""
    git, credentials = settings.dags.git, settings.git_credentials
    if not settings.dags.from_git or git.auth != "token" or credentials.token is None:
        return {}
    if settings.dags.delivery == "gitSync":
        return {
            names.GIT_TOKEN_SECRET: {
                **dict.fromkeys(names.GIT_USERNAME_KEYS, credentials.username),
                **dict.fromkeys(names.GIT_PASSWORD_KEYS, credentials.token),
            }
        }
    connection = credentials.token.apply(
        lambda token: git_connection(git.repository, username=credentials.username, token=token)
    )
    return {names.GIT_CONNECTION_SECRET: {names.CONNECTION_KEY: connection}}
