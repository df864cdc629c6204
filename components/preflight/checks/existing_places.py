"""The Key Vault and the workspace that exist: whether the stack can use each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, warn
from components.preflight.operations import GET_VAULT, GET_VAULT_SECRET, GET_WORKSPACE
from components.preflight.permissions import Permissions
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import VAULT
from components.stack_file.location import LOCATION
from components.stack_file.problems import key_path

_VAULT: Final = key_path("keyVault", "existingId")
_WORKSPACE: Final = key_path("monitoring", "workspaceId")
_DELETE: Final = f"{VAULT}/secrets/delete"

Answer = Mapping[str, Any]


def check_existing_vault(situation: Situation) -> Iterator[Finding]:
    """The vault exists, role assignments open its secrets, and it has those that the stack reads and does not make.

    Whoever deploys may delete the stack's secrets, or `pulumi destroy` fails.
    """
    vault_id = situation.settings.key_vault.existing_id
    if vault_id is None:
        yield passed("the stack has no vault" if not situation.settings.has_airflow else "the vault is the stack's own")
        return
    try:
        vault = situation.arm.get(GET_VAULT, scope=vault_id)
    except ArmError as error:
        yield _describe_error(error, vault_id, "vault", _VAULT)
        return
    problems = [
        *_check_vault(situation, vault_id.rpartition("/")[2], vault.get("properties") or {}),
        *_check_secrets(situation, vault_id),
        *_check_deletion(situation, vault_id),
    ]
    yield from problems
    if not problems:
        yield passed(f"{vault_id.rpartition('/')[2]} in {vault.get('location', 'an unknown region')} suits")


def check_existing_workspace(situation: Situation) -> Iterator[Finding]:
    """The workspace exists in the stack's region: a data collection rule sends to its own region only.

    Source: Azure Monitor, "Data collection rules", supported regions.
    """
    settings = situation.settings.monitoring
    workspace_id = settings.workspace_id if settings is not None and settings.log_analytics else None
    if workspace_id is None:
        yield passed("the workspace is the stack's own" if situation.settings.monitored else "the stack has none")
        return
    try:
        workspace = situation.arm.get(GET_WORKSPACE, scope=workspace_id)
    except ArmError as error:
        yield _describe_error(error, workspace_id, "workspace", _WORKSPACE)
        return
    name, location = workspace_id.rpartition("/")[2], str(workspace.get("location", "")).replace(" ", "").lower()
    if location != situation.location:
        yield fail(
            f"{name} is in {location}, and the stack in {situation.location}",
            f"name a workspace of that region, or choose another {LOCATION}",
            _WORKSPACE,
        )
        return
    if (workspace.get("properties") or {}).get("publicNetworkAccessForIngestion") == "Disabled":
        yield warn(
            f"{name} takes data from an Azure Monitor Private Link Scope only",
            "make sure that the network of the nodes has an endpoint of the scope",
            _WORKSPACE,
        )
        return
    yield passed(f"{name} suits")


def _check_vault(situation: Situation, name: str, vault: Answer) -> Iterator[Finding]:
    if not vault.get("enableRbacAuthorization"):
        yield fail(
            f"access policies decide who may read the secrets of {name}, so that a role assignment opens none of them",
            "have its permission model set to Azure role-based access control, or name another vault",
            _VAULT,
        )
    tenant, own = str(vault.get("tenantId", "")), situation.subscription.tenant_id
    if tenant.lower() != own.lower():
        yield fail(
            f"{name} takes identities of the tenant {tenant}, and the stack's are of {own}",
            "name a vault of the subscription's tenant",
            _VAULT,
        )
    rules = vault.get("networkAcls") or {}
    if str(vault.get("publicNetworkAccess", "")).lower() == "disabled" or rules.get("defaultAction") == "Deny":
        yield warn(
            f"{name} is closed to the Internet",
            "make sure that the network of the nodes has a private endpoint of the vault and resolves its name, or "
            "that the vault's firewall lets the nodes in; whoever deploys needs the same to delete secrets",
            _VAULT,
        )


def _check_secrets(situation: Situation, vault_id: str) -> Iterator[Finding]:
    """The secrets of others that the stack reads are there. Azure's control plane tells of them, not their values."""
    settings = situation.settings
    wanted = {
        key_path("airflow", "keyVaultSecrets", variable): name
        for variable, name in settings.airflow.key_vault_secrets.items()
    }
    if settings.access is not None and not settings.access.tls.uses_cert_manager and settings.access.tls.certificate:
        wanted[key_path("access", "tls", "certificate")] = settings.access.tls.certificate
    for setting, name in wanted.items():
        try:
            situation.arm.get(GET_VAULT_SECRET, scope=vault_id, name=name)
        except ArmError as error:
            if error.status == 404:
                yield fail(f"the vault has no secret {name}", "store it, or correct the name", setting)
            else:
                yield unanswered(error, f"whether the vault has the secret {name}")


def _check_deletion(situation: Situation, vault_id: str) -> Iterator[Finding]:
    if not situation.settings.key_vault.delete_secrets:
        return
    try:
        allowed = Permissions.at(situation.arm, vault_id).allow_data(_DELETE)
    except ArmError as error:
        yield unanswered(error, f"your rights at {vault_id}")
        return
    if not allowed:
        path = key_path("keyVault", "deleteSecrets")
        yield warn(
            f"{_DELETE} is not allowed, so that `pulumi destroy` fails at the stack's secrets",
            f"ask for the role Key Vault Secrets Officer on the vault, or set {path} to false",
            path,
        )


def _describe_error(error: ArmError, resource_id: str, what: str, setting: str) -> Finding:
    if error.status == 404:
        return fail(f"{resource_id} does not exist", f"correct the id, or have the {what} made", setting)
    return unanswered(error, resource_id)
