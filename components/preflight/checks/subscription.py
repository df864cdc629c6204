"""The sign-in, the tenant and the subscription."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.preflight.findings import Finding, fail, passed, warn
from components.preflight.sign_in import SUBSCRIPTION_SETTING, SUBSCRIPTION_VARIABLE
from components.preflight.situation import Situation

TENANT_SETTING: Final = "azure-native:tenantId"
TENANT_VARIABLE: Final = "ARM_TENANT_ID"
# Azure accepts writes in these states, and announces that it will not for long.
_ENDING: Final = ("Warned", "PastDue")


def check_sign_in(situation: Situation) -> Iterator[Finding]:
    """The account belongs to the subscription's tenant, and image imports sign in as Pulumi does."""
    account, subscription = situation.account, situation.subscription
    if account.tenant_id and account.tenant_id != subscription.tenant_id:
        yield fail(
            f"the sign-in is in tenant {account.tenant_id}, and the subscription in {subscription.tenant_id}",
            f"run `az login --tenant {subscription.tenant_id}`",
        )
    for source, tenant in (
        (TENANT_SETTING, situation.config.get(TENANT_SETTING)),
        (TENANT_VARIABLE, situation.environment.get(TENANT_VARIABLE)),
    ):
        if tenant and tenant != subscription.tenant_id:
            yield fail(
                f"{source} is {tenant}, and the subscription is in tenant {subscription.tenant_id}",
                f"set {source} to {subscription.tenant_id}, or leave it out",
            )
    of_pulumi, of_imports = (situation.environment.get(f"{name}_CLIENT_ID") for name in ("ARM", "AZURE"))
    if of_pulumi and of_pulumi != of_imports:
        yield warn(
            f"ARM_CLIENT_ID is {of_pulumi}, and AZURE_CLIENT_ID {of_imports or 'not set'}: image imports, and this "
            "check, sign in as somebody else than Pulumi",
            "set AZURE_TENANT_ID, AZURE_CLIENT_ID and the credential like the ARM_ variables",
        )
    yield passed(f"{account.name or 'an account'} in tenant {subscription.tenant_id}")


def check_subscription(situation: Situation) -> Iterator[Finding]:
    """The subscription accepts writes, and only one is meant."""
    subscription = situation.subscription
    described = f"{subscription.name} ({subscription.subscription_id})"
    if subscription.state in _ENDING:
        yield warn(f"{described} is {subscription.state}", "settle its bill: Azure disables it soon")
    elif subscription.state != "Enabled":
        yield fail(f"{described} is {subscription.state or 'in no state'}", "enable it, or select another subscription")
    variable = situation.environment.get(SUBSCRIPTION_VARIABLE)
    if subscription.origin == SUBSCRIPTION_SETTING and variable and variable != subscription.subscription_id:
        yield warn(
            f"{SUBSCRIPTION_VARIABLE} names {variable}, and Pulumi deploys to that of {SUBSCRIPTION_SETTING}",
            f"remove one of the two, so that everybody means the same subscription as {SUBSCRIPTION_SETTING}",
        )
    yield passed(f"{described}, selected by {subscription.origin}")
