"""The security baseline of the cluster: what its add-ons, Defender and the encryption of its hosts need in Azure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, warn
from components.preflight.operations import GET_FEATURE, GET_WORKSPACE, LIST_PROVIDERS
from components.preflight.situation import Situation
from components.stack_file.problems import key_path

from .vm_sizes import offered_sizes

_POLICY: Final = key_path("cluster", "azurePolicy")
_DEFENDER: Final = key_path("cluster", "defenderWorkspaceId")
_HOSTS: Final = key_path("cluster", "hostEncryption")
_POLICY_PROVIDER: Final = "Microsoft.PolicyInsights"
_FEATURE: Final = "EncryptionAtHost"
# As Azure lists what a VM size can do.
_CAPABILITY: Final = "EncryptionAtHostSupported"


def check_cluster_security(situation: Situation) -> Iterator[Finding]:
    """Azure has what Azure Policy, Defender and encrypted hosts need, each if the stack file asks for it."""
    cluster = situation.settings.cluster
    problems: list[Finding] = []
    if cluster.azure_policy:
        problems += _check_policy(situation)
    if cluster.defender_workspace_id is not None:
        problems += _check_workspace(situation, cluster.defender_workspace_id)
    if cluster.host_encryption:
        problems += [*_check_feature(situation), *_check_sizes(situation)]
    yield from problems
    if not problems:
        asked = {
            "Azure Policy": cluster.azure_policy,
            "Defender": cluster.defender_workspace_id is not None,
            "encrypted hosts": cluster.host_encryption,
        }
        names = [name for name, is_asked in asked.items() if is_asked]
        yield passed(f"Azure has what they need: {', '.join(names)}" if names else "the stack file asks for none of it")


def _check_policy(situation: Situation) -> Iterator[Finding]:
    """Source: Azure Policy, "Understand Azure Policy for Kubernetes clusters", prerequisites."""
    for provider in situation.arm.pages(LIST_PROVIDERS):
        if str(provider["namespace"]).lower() == _POLICY_PROVIDER.lower():
            if provider.get("registrationState") == "Registered":
                return
            break
    yield warn(
        f"{_POLICY_PROVIDER} is not registered, and the add-on gets no policies without it",
        f"run `az provider register --namespace {_POLICY_PROVIDER} --wait`",
        _POLICY,
    )


def _check_workspace(situation: Situation, workspace_id: str) -> Iterator[Finding]:
    try:
        situation.arm.get(GET_WORKSPACE, scope=workspace_id)
    except ArmError as error:
        if error.status == 404:
            yield fail(f"{workspace_id} does not exist", "correct the id, or have the workspace made", _DEFENDER)
        else:
            yield unanswered(error, workspace_id)


def _check_feature(situation: Situation) -> Iterator[Finding]:
    """Source: Azure virtual machines, "Enable end-to-end encryption using encryption at host", prerequisites."""
    try:
        answer = situation.arm.get(GET_FEATURE, namespace="Microsoft.Compute", name=_FEATURE)
    except ArmError as error:
        yield unanswered(error, f"the feature {_FEATURE} of the subscription")
        return
    state = str((answer.get("properties") or {}).get("state", "unknown"))
    if state == "Registering":
        yield fail(f"the feature {_FEATURE} is Registering", "wait until Azure has registered it", _HOSTS)
    elif state != "Registered":
        yield fail(
            f"the feature {_FEATURE} of the subscription is {state}",
            f"run `az feature register --namespace Microsoft.Compute --name {_FEATURE}`, wait until it is Registered, "
            "and run `az provider register --namespace Microsoft.Compute`",
            _HOSTS,
        )


def _check_sizes(situation: Situation) -> Iterator[Finding]:
    """Source: Azure virtual machines, "Server-side encryption of Azure Disk Storage", supported VM sizes."""
    sizes = offered_sizes(situation)
    for pool in situation.node_pools:
        size = pool.settings.vm_size
        found = (sizes.get(size.lower()) or {}).get("capabilities") or ()
        if any(one.get("name") == _CAPABILITY and str(one.get("value")).lower() == "false" for one in found):
            yield fail(
                f"{size} does not encrypt at the host",
                f"choose another size, or set {_HOSTS} to false",
                f"{pool.path}.vmSize",
            )
