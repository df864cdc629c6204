"""The resource providers: registered in the subscription, and offered in the region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from components.preflight.findings import Finding, fail, passed, unsure, warn
from components.preflight.operations import LIST_PROVIDERS
from components.preflight.permissions import Permissions
from components.preflight.situation import Situation
from components.stack_file.location import LOCATION

_INSIGHTS: Final = "Microsoft.Insights"


def check_resource_providers(situation: Situation) -> Iterator[Finding]:
    """Each provider is registered, or the user may register it. The region offers each resource type."""
    providers = {str(entry["namespace"]).lower(): entry for entry in situation.arm.pages(LIST_PROVIDERS)}
    names = dict.fromkeys(kind.partition("/")[0] for kind in situation.resource_types)
    problems = 0
    for namespace in names:
        provider = providers.get(namespace.lower())
        state = str(provider.get("registrationState", "")) if provider else "unknown to the subscription"
        if state != "Registered":
            problems += 1
            yield _describe_unregistered(situation, namespace, state)
    region = situation.regions().get(situation.location)
    place = str(region["displayName"]) if region else None
    for kind in situation.resource_types if place else ():
        namespace, _, name = kind.partition("/")
        if not _is_offered(providers.get(namespace.lower(), {}), name, str(place)):
            problems += 1
            yield fail(f"{kind} is not offered in {situation.location}", f"choose another {LOCATION}", LOCATION)
    if not problems:
        yield passed(f"{len(names)} providers are registered and offered in {situation.location}")


def _describe_unregistered(situation: Situation, namespace: str, state: str) -> Finding:
    remedy = f"run `az provider register --namespace {namespace} --wait`"
    message = f"{namespace} is {state}"
    if state == "Registering":
        return warn(message, "wait until Azure has registered it")
    if namespace == _INSIGHTS:
        return fail(f"{message}, and a diagnostic setting fails without it", remedy)
    allowed = Permissions.at(situation.arm, situation.subscription_scope).allow(f"{namespace}/register/action")
    if allowed is None:
        return unsure(f"{message}, and conditions limit your rights", remedy)
    if not allowed:
        return fail(f"{message}, and you may not register it", f"ask an owner of the subscription to {remedy}")
    return warn(f"{message}: Azure registers it at the first use, which takes time", remedy)


def _is_offered(provider: dict[str, Any], name: str, region: str) -> bool:
    """Return whether a provider offers a type in a region. A type without a list of regions is global."""
    wanted = region.replace(" ", "").lower()
    for kind in provider.get("resourceTypes") or ():
        if str(kind.get("resourceType", "")).lower() == name.lower():
            offered = [str(place).replace(" ", "").lower() for place in kind.get("locations") or ()]
            return not offered or wanted in offered
    return not provider
