"""Chart values for the delivery of DAGs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.airflow import names
from components.airflow.names import GIT_CONNECTION
from components.settings.airflow_sections import DagsSettings, GitSettings
from components.settings.container_texts import literal
from components.settings.git_address import GitAddress

from .containers import sidecar_images

BUNDLE_NAME: Final = "git"
BUNDLE_CLASS: Final = "airflow.providers.git.bundles.git.GitDagBundle"
BUNDLE_CONNECTION_ID: Final = "git_dags"
KNOWN_HOSTS_FILE: Final = "/opt/airflow/git/known_hosts"
_KNOWN_HOSTS: Final = "airflow-git-known-hosts"


def dag_values(
    dags: DagsSettings,
    static: Mapping[str, Any],
    images: Mapping[str, str],
    claim: str | None,
    known_hosts: str | None,
) -> dict[str, Any]:
    """Return the chart values for the delivery of DAGs.

    With gitBundle over SSH, the volumes and mounts also contain those of `static`, because Helm replaces whole lists.
    """
    match dags.delivery:
        case "gitSync":
            return {
                **sidecar_images(images, "gitSync"),
                "dags": {"gitSync": {"enabled": True, **_git_sync(dags.git, known_hosts)}},
            }
        case "gitBundle":
            return {
                "dags": {"gitSync": {"enabled": False}},
                "dagProcessor": {"dagBundleConfigList": [_bundle(dags.git)]},
                **(_known_hosts(static, known_hosts) if dags.git.auth == "ssh" and known_hosts else {}),
            }
        case "azureFiles":
            if claim is None:
                raise ValueError("DAGs on a share need a claim")
            persistence = {"enabled": True, "existingClaim": claim, "accessMode": "ReadWriteMany"}
            return {"dags": {"gitSync": {"enabled": False}, "persistence": persistence}}
        case "image":
            return {"dags": {"gitSync": {"enabled": False}}}


def bundle_secrets(dags: DagsSettings) -> Sequence[Mapping[str, str]]:
    """Return the bundle's connection as a variable from a Secret, if the connection contains a secret."""
    if dags.delivery != "gitBundle" or dags.git.auth == "none":
        return []
    return [{"envName": GIT_CONNECTION, "secretName": names.GIT_CONNECTION_SECRET, "secretKey": names.CONNECTION_KEY}]


def bundle_variables(dags: DagsSettings) -> dict[str, str]:
    """Return the bundle's connection as a plain variable, if the connection contains no secret."""
    if dags.delivery != "gitBundle" or dags.git.auth != "none":
        return {}
    return {GIT_CONNECTION: git_connection(dags.git.repository)}


def git_connection(
    repository: GitAddress | None, *, ssh_key: str | None = None, username: str | None = None, token: str | None = None
) -> str:
    """Return Airflow's connection to a repository as JSON. Its address contains no user name and password.

    An SSH connection demands a known host key, because the provider accepts any by default. Source: Airflow's git
    provider, "Git connection".
    """
    connection: dict[str, Any] = {"conn_type": "git", "host": repository.text if repository else ""}
    if ssh_key is not None:
        connection["extra"] = {
            "private_key": f"{ssh_key.rstrip()}\n",
            "strict_host_key_checking": "yes",
            "known_hosts_file": KNOWN_HOSTS_FILE,
        }
    if token is not None:
        connection |= {"login": username, "password": token}
    return json.dumps(connection, separators=(",", ":"), sort_keys=True)


def _git_sync(git: GitSettings, known_hosts: str | None) -> dict[str, Any]:
    """Set the repository.

    `branch` repeats `ref`, because the chart always passes both and git-sync prefers the branch.
    """
    repository = {
        "repo": literal(git.repository.text) if git.repository else None,
        "branch": literal(git.branch),
        "ref": literal(git.branch),
        "subPath": git.sub_path,
        "period": f"{git.period_seconds}s",
    }
    match git.auth:
        case "none":
            return repository
        case "token":
            return {**repository, "credentialsSecret": names.GIT_TOKEN_SECRET}
        case "ssh":
            return {
                **repository,
                "sshKeySecret": names.GIT_SSH_SECRET,
                **({"knownHosts": known_hosts} if known_hosts else {}),
            }


def _bundle(git: GitSettings) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "git_conn_id": BUNDLE_CONNECTION_ID,
        "tracking_ref": git.branch,
        "refresh_interval": git.period_seconds,
    }
    if git.sub_path:
        arguments["subdir"] = git.sub_path
    return {"name": BUNDLE_NAME, "classpath": BUNDLE_CLASS, "kwargs": arguments}


def _known_hosts(static: Mapping[str, Any], known_hosts: str) -> dict[str, Any]:
    """Mount the server's host key in Airflow's pods, from a ConfigMap of the release: ssh reads it from a file."""
    folder, _, file = KNOWN_HOSTS_FILE.rpartition("/")
    # The chart renders this text as a template and inserts it below `data` of the ConfigMap.
    data = json.dumps(f"{known_hosts.strip()}\n").replace("{{", '{{ "{{" }}')
    return {
        "extraConfigMaps": {_KNOWN_HOSTS: {"useHelmHooks": False, "data": f"{file}: {data}\n"}},
        "volumes": [*static["volumes"], {"name": "git-known-hosts", "configMap": {"name": _KNOWN_HOSTS}}],
        "volumeMounts": [*static["volumeMounts"], {"name": "git-known-hosts", "mountPath": folder, "readOnly": True}],
    }
