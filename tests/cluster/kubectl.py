"""As much of kubectl as the pages ask for, over the API: there is no binary of it to be had."""

from __future__ import annotations

from typing import Final

from .api import Api, ApiError, Object

_KINDS: Final = {"secrets": ("v1", "Secret"), "events": ("v1", "Event"), "job": ("batch/v1", "Job")}
_BLOCKED: Final = 429


def kubectl(api: Api, *arguments: str) -> list[str]:
    """Do what a command does: `--namespace <namespace> get|delete <kind> [<name>] [--selector …]`; a line an object.

    An event's line is its message, that of another object its name and its label `status`.
    """
    match arguments:
        case (
            "--namespace",
            namespace,
            "get" | "delete" as verb,
            kind,
            "--selector" | "--field-selector" as by,
            chosen,
            *_,
        ):
            version, kind = _KINDS[kind]
            query = {"labelSelector" if by == "--selector" else "fieldSelector": chosen}
            items = api.ask("GET", api.path(version, kind, namespace), query=query)["items"]
            found = [{"apiVersion": version, "kind": kind, **item} for item in items]
        case ("--namespace", namespace, "delete" as verb, kind, name):
            version, kind = _KINDS[kind]
            found = [{"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}]
        case _:
            raise LookupError(f"kubectl {' '.join(arguments)}")
    if verb == "delete":
        for item in found:
            api.delete(item)
    return [_line(item) for item in found]


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


def _line(item: Object) -> str:
    if item["kind"] == "Event":
        return str(item["message"])
    metadata = item["metadata"]
    return f"{metadata['name']} {metadata.get('labels', {}).get('status', '')}".strip()


__all__ = ["cordon", "evict", "kubectl"]
