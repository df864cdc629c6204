"""As much of kubectl as the pages ask for, over the API: there is no binary of it to be had."""

from __future__ import annotations

from typing import Final

from .api import Api, ApiError, Object

_KINDS: Final = {
    "events": ("v1", "Event"),
    "job": ("batch/v1", "Job"),
    "secret": ("v1", "Secret"),
    "secrets": ("v1", "Secret"),
}
_BLOCKED: Final = 429


def kubectl(api: Api, *arguments: str) -> list[str]:
    """Show the objects that a selector picks, or delete one: its name, and the message of an event."""
    match arguments:
        case ("--namespace", namespace, "get", plural, "--selector" | "--field-selector" as by, chosen):
            query = {"labelSelector" if by == "--selector" else "fieldSelector": chosen}
            items = api.ask("GET", api.path(*_KINDS[plural], namespace), query=query)["items"]
            return [str(item.get("message") or item["metadata"]["name"]) for item in items]
        case ("--namespace", namespace, "delete", singular, name):
            version, kind = _KINDS[singular]
            api.delete({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}})
            return []
    raise LookupError(f"kubectl {' '.join(arguments)}")


def cordon(api: Api, node: str) -> None:
    """Let no pod be scheduled on a node any more."""
    api.patch({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}}, {"spec": {"unschedulable": True}})


def evict(api: Api, pod: Object) -> bool:
    """Ask for the eviction of a pod, as a drain does; whether a budget allowed it."""
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace")}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
    path = f"{api.path('v1', 'Pod', metadata['namespace'], metadata['name'])}/eviction"
    try:
        api.ask("POST", path, eviction, tries=1)
    except ApiError as error:
        if error.code != _BLOCKED and not error.is_race:
            raise
        return error.code != _BLOCKED
    return True


__all__ = ["cordon", "evict", "kubectl"]
