"""Finds values in `airflow.values` that Pod Security or the network policies of this cluster would not allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.airflow.values.extra_containers import CONTAINER_LISTS

Found = Iterator[tuple[str, str]]
_RESTRICTED: Final = "the namespace has the Pod Security standard restricted"
_REFUSED_POD: Final = f"keeps the pods from starting: {_RESTRICTED}"
_NO_WAY_IN: Final = (
    "network policies drop connections from outside to Airflow's pods; the UI is reached by the connectCommand output"
)
# Keys that no stack file may set at any depth, each with the message that refuses the key.
_KEYS: Final[Mapping[str, str]] = {
    "externalIPs": f"has no effect: {_NO_WAY_IN}",
    "loadBalancerIP": f"has no effect: {_NO_WAY_IN}",
    "loadBalancerSourceRanges": f"has no effect: {_NO_WAY_IN}",
    "nodePort": f"has no effect: {_NO_WAY_IN}",
    "networkPolicy": "has no effect: the namespace has network policies of the program",
}
# Keys that must not be true; `hostPort` must not be set.
_SWITCHES: Final = ("allowPrivilegeEscalation", "hostIPC", "hostNetwork", "hostPID", "hostPort", "privileged")
_HOST_PROCESS: Final = "hostProcess"
# Source: Kubernetes, "Pod Security Standards", restricted.
_VOLUME_TYPES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_VOLUME_LISTS: Final = frozenset({"extraVolumes", "volumes"})
_ALLOWED_CAPABILITY: Final = "NET_BIND_SERVICE"
_PROFILES: Final = ("RuntimeDefault", "Localhost")
_SELINUX_TYPES: Final = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")


def pod_problems(values: Mapping[str, Any]) -> Found:
    """Find the values that do not work in this cluster, with their paths below `airflow.values`."""
    for key, value in values.items():
        yield from _problems(key, key, value)


def _problems(path: str, key: str, value: Any) -> Found:
    if key in _KEYS:
        yield path, _KEYS[key]
    elif key in (*_SWITCHES, _HOST_PROCESS) and value:
        yield path, _REFUSED_POD
    elif key in _VOLUME_LISTS and isinstance(value, list | tuple):
        yield from _volume_problems(path, value)
    elif key == "service" and isinstance(value, Mapping):
        kind = value.get("type", "ClusterIP")
        if kind != "ClusterIP":
            yield f"{path}.type", f"must be ClusterIP: {_NO_WAY_IN}"
        yield from pod_problems_below(path, {name: item for name, item in value.items() if name != "type"})
    elif key == "securityContext" and isinstance(value, Mapping):
        yield from _context_problems(path, value)
    elif isinstance(value, Mapping):
        yield from pod_problems_below(path, value)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _problems(f"{path}[{index}]", "", item)


def pod_problems_below(path: str, values: Mapping[str, Any]) -> Found:
    """Find the values below a path that do not work in this cluster."""
    for name, item in values.items():
        yield from _problems(f"{path}.{name}", str(name), item)


def _volume_problems(path: str, volumes: list[Any] | tuple[Any, ...]) -> Found:
    for index, volume in enumerate(volumes):
        for kind in volume if isinstance(volume, Mapping) else ():
            if kind != "name" and kind not in _VOLUME_TYPES:
                allowed = ", ".join(sorted(_VOLUME_TYPES - {"image"}))
                yield f"{path}[{index}].{kind}", f"{_REFUSED_POD}; use one of {allowed}"


def _context_problems(path: str, context: Mapping[str, Any]) -> Found:
    """Find the keys of a security context that contradict `restricted`. The program adds the keys that are missing."""
    for key in ("allowPrivilegeEscalation", "privileged"):
        if context.get(key):
            yield f"{path}.{key}", f"must be false, or left out: {_RESTRICTED}"
    if context.get("runAsNonRoot") is False:
        yield f"{path}.runAsNonRoot", f"must be true, or left out: {_RESTRICTED}"
    if context.get("runAsUser") == 0 and not isinstance(context.get("runAsUser"), bool):
        yield f"{path}.runAsUser", f"must not be 0, the root user: {_RESTRICTED}"
    capabilities = context.get("capabilities")
    if isinstance(capabilities, Mapping):
        added, dropped = capabilities.get("add"), capabilities.get("drop")
        if isinstance(added, list) and any(name != _ALLOWED_CAPABILITY for name in added):
            yield f"{path}.capabilities.add", f"may only add {_ALLOWED_CAPABILITY}: {_RESTRICTED}"
        if isinstance(dropped, list) and "ALL" not in dropped:
            yield f"{path}.capabilities.drop", f"must hold ALL, or be left out: {_RESTRICTED}"
    for key, name, allowed in (
        ("seccompProfile", "type", _PROFILES),
        ("appArmorProfile", "type", _PROFILES),
        ("seLinuxOptions", "type", _SELINUX_TYPES),
        ("windowsOptions", _HOST_PROCESS, (False,)),
    ):
        options = context.get(key)
        if isinstance(options, Mapping) and name in options and options[name] not in allowed:
            choices = " or ".join(str(choice) for choice in allowed if choice != "").replace("False", "false")
            yield f"{path}.{key}.{name}", f"must be {choices}, or left out: {_RESTRICTED}"
    if context.get("procMount", "Default") != "Default":
        yield f"{path}.procMount", f"must be Default, or left out: {_RESTRICTED}"


def extra_containers(values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each container that the values add to a pod, with its path below `airflow.values`."""
    for key, value in values.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from extra_containers(value, place)
        elif key in CONTAINER_LISTS and isinstance(value, list | tuple):
            yield from ((f"{place}[{index}]", item) for index, item in enumerate(value) if isinstance(item, Mapping))
