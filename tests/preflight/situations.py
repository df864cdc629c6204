"""Situations of the checks, made from the tests' stack files and the fake Azure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.preflight.arm_client import ArmClient
from components.preflight.findings import CheckResult, Status
from components.preflight.run_checks import CHECKS, run_check
from components.preflight.sign_in import Account, Subscription
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import find_stack, names_in_use
from components.settings.names import Names, stack_names
from components.stack_file.checker import check
from tests.plans import PROJECT, changed, shipped

from .azure_answers import LOCATION, SCOPE, SUBSCRIPTION, TENANT, Json
from .fake_azure import Credential, FakeAzure, Transport

TOOLS = {
    "pulumi": "v3.272.0\n",
    "git": "git version 2.47.3\n",
    "az": '{"azure-cli": "2.81.0"}',
    "kubectl": "Client Version: v1.35.1",
    "kubelogin": "kubelogin version\ngit hash: v0.2.12",
}


class Tools:
    """The commands of a machine: name to output; a command that is not there gives None."""

    def __init__(self, **outputs: str | None) -> None:
        self.outputs = {**TOOLS, **outputs}

    def __call__(self, command: Sequence[str]) -> str | None:
        if list(command[:3]) == ["az", "account", "show"]:
            return f"{SUBSCRIPTION}\n" if self.outputs["az"] else None
        return self.outputs.get(command[0])


def situation(
    azure: FakeAzure,
    stack: str = "dev",
    changes: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    subscription: Mapping[str, str] | None = None,
    tools: Tools | None = None,
) -> Situation:
    config = changed(shipped(stack), changes or {})
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    arm = ArmClient(Credential(), SUBSCRIPTION, Transport(azure))
    names = stack_names(settings, SUBSCRIPTION)
    there = find_stack(arm, names, PROJECT, stack, shared=settings.resource_group.existing_name is not None)
    known = {"name": "Data platform", "state": "Enabled", "tenant_id": TENANT, "origin": "az account show"}
    return Situation(
        settings=settings,
        config=config.values,
        environment=environment or {},
        names=names_in_use(settings, names, there),
        arm=arm,
        account=account or Account(name="ada@contoso.com", tenant_id=TENANT),
        subscription=Subscription(subscription_id=SUBSCRIPTION, **{**known, **(subscription or {})}),
        stack=there,
        run=tools or Tools(),
    )


def names_of(stack: str = "dev") -> Names:
    config = shipped(stack)
    settings, _, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None
    return stack_names(settings, SUBSCRIPTION)


def result_of(name: str, of: Situation) -> CheckResult:
    return run_check(name, CHECKS[name], of)


def problems(result: CheckResult) -> list[str]:
    """The findings that are not ok: status, setting, message and remedy in one text."""
    return [
        f"{finding.status.word} {finding.setting or ''}: {finding.message} -> {finding.remedy}"
        for finding in result.findings
        if finding.status is not Status.OK
    ]


def only_problem(result: CheckResult, status: Status) -> str:
    """The text of the one problem, which has this status."""
    (text,) = problems(result)
    assert result.status is status, text
    return text


def deploy(azure: FakeAzure, stack: str = "dev", *resources: tuple[str, str], pools: list[Json] | None = None) -> None:
    """Let a resource group of the stack exist, with some resources."""
    names = names_of(stack)
    azure.by_path[f"/resourceGroups/{names.resource_group}"] = {
        "id": f"{SCOPE}/resourceGroups/{names.resource_group}",
        "name": names.resource_group,
        "location": LOCATION,
        "tags": {"project": PROJECT, "stack": stack, "environment": stack},
        "properties": {"provisioningState": "Succeeded"},
    }
    azure.answers["resources"] = [{"id": "...", "type": kind, "name": name} for kind, name in resources]
    azure.answers["pools"] = [{"name": "pool", "properties": pool} for pool in pools or []]
