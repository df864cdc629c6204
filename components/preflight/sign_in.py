"""Who is signed in to Azure, and the subscription that a deployment would go to."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .arm_client import SCOPE, ArmClient, ArmError
from .operations import GET_SUBSCRIPTION

SUBSCRIPTION_SETTING: Final = "azure-native:subscriptionId"
SUBSCRIPTION_VARIABLE: Final = "ARM_SUBSCRIPTION_ID"
_SUBSCRIPTION_OF_CLI: Final = "az account show"
_CLI_PAGE: Final = "https://learn.microsoft.com/cli/azure/install-azure-cli"
_SECONDS: Final = 60

# Returns the output of a command; None if the command does not exist or fails.
RunCommand = Callable[[Sequence[str]], str | None]


class PreflightError(Exception):
    """Nothing can be checked; the message gives reason and remedy in one line."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account of the sign-in, as its token names it; empty where the token does not say."""

    name: str
    tenant_id: str


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A subscription as Azure describes it. `origin` is what selected it: a setting, a variable or a command."""

    subscription_id: str
    name: str
    state: str
    tenant_id: str
    origin: str


def run_command(command: Sequence[str]) -> str | None:
    """Run a command, and return its output; None if it does not exist or fails."""
    path = shutil.which(command[0])
    if path is None:
        return None
    try:
        done = subprocess.run([path, *command[1:]], capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def default_credential() -> Any:
    """Return the credential that image imports use too: variables, a workload identity, or the Azure CLI."""
    from azure.identity import DefaultAzureCredential

    # Otherwise the SDK prints a paragraph for each way to sign in that it has tried.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    return DefaultAzureCredential()


def read_account(credential: Any, run: RunCommand) -> Account:
    """Sign in, and return the account. `run` finds out whether the Azure CLI is there.

    Raises:
        PreflightError: nobody is signed in.

    """
    from azure.core.exceptions import AzureError

    try:
        token = credential.get_token(SCOPE).token
    except AzureError:
        if run(["az", "version"]) is None:
            raise PreflightError(
                "the Azure CLI is not installed, and nothing else signs in to Azure: install it "
                f"({_CLI_PAGE}) and run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a credential"
            ) from None
        raise PreflightError(
            "not signed in to Azure: run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a credential"
        ) from None
    claims = _read_claims(token)
    name = next((claims[key] for key in ("upn", "unique_name", "appid", "oid") if claims.get(key)), "")
    return Account(name=str(name), tenant_id=str(claims.get("tid", "")))


def select_subscription(config: Mapping[str, str], environment: Mapping[str, str], run: RunCommand) -> tuple[str, str]:
    """Return the id of the subscription that Pulumi would deploy to, and what selects it.

    The order is that of Pulumi's provider: the stack file, the variable, the Azure CLI.

    Raises:
        PreflightError: nothing selects a subscription.

    """
    if chosen := config.get(SUBSCRIPTION_SETTING, "").strip():
        return chosen, SUBSCRIPTION_SETTING
    if chosen := environment.get(SUBSCRIPTION_VARIABLE, "").strip():
        return chosen, SUBSCRIPTION_VARIABLE
    if chosen := (run(["az", "account", "show", "--query", "id", "--output", "tsv"]) or "").strip():
        return chosen, _SUBSCRIPTION_OF_CLI
    raise PreflightError(
        f"no subscription is selected: run `az account set --subscription <id>`, or set {SUBSCRIPTION_SETTING} or "
        f"{SUBSCRIPTION_VARIABLE}"
    )


def read_subscription(arm: ArmClient, account: Account, origin: str) -> Subscription:
    """Return the selected subscription.

    Raises:
        PreflightError: the account does not see it, or Azure cannot be reached.

    """
    try:
        answer = arm.get(GET_SUBSCRIPTION)
    except ArmError as error:
        if error.status is None or error.status == 429 or error.status >= 500:
            raise PreflightError(f"the subscription {arm.subscription} cannot be read: {error}") from error
        raise PreflightError(
            f"{account.name or 'the account'} in tenant {account.tenant_id or 'unknown'} does not see the subscription "
            f"{arm.subscription}, which {origin} selects: sign in with `az login --tenant <id>`, or select another"
        ) from error
    return Subscription(
        subscription_id=arm.subscription,
        name=str(answer.get("displayName", "")),
        state=str(answer.get("state", "")),
        tenant_id=str(answer.get("tenantId", "")),
        origin=origin,
    )


def _read_claims(token: str) -> dict[str, Any]:
    """Return what a token says about its account; empty if it is no JWT. Azure checks the token, not this function."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
