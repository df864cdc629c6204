"""How the Kubernetes provider applies an object: who owns its fields, what it waits for, what it compares.

Source: pulumi-kubernetes, pkg/await/await.go (Update, ssaUpdate, patchForce), pkg/await/condition, pkg/provider (Diff);
Kubernetes, "Server-Side Apply", conflicts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from .refusal import CloudError

if TYPE_CHECKING:
    from .existing_objects import CloudObject

RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_FORCE: Final = "pulumi.com/patchForce"
_WAIT: Final = "pulumi.com/waitFor"
_ANNOTATION: Final = re.compile(r"^jsonpath=\{\.metadata\.annotations\['(?P<key>[^']+)'\]\}=(?P<value>.*)$")
_HELP: Final = (
    "Server-Side Apply field conflict detected. See https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help."
)
Path = tuple[str, ...]


def is_applied(type_: str) -> bool:
    """Whether the provider applies objects of a type itself. Those of a release are Helm's."""
    return type_.startswith("kubernetes:") and type_ != RELEASE


def own_fields(changed: CloudObject, before: dict[str, Any], manager: str) -> None:
    """Note who has changed fields of an object behind Pulumi's back."""
    if is_applied(changed.type):
        changed.owners += [(path, manager) for path in _differences(before, changed.inputs)]


def check_conflicts(live: CloudObject, inputs: dict[str, Any], *, preview: bool) -> None:
    """Refuse a value for a field that another manager has set to another one, unless the object is to be forced.

    What kubectl edited or labelled, the provider takes over before an update, but not before a preview's dry run.
    """
    if not is_applied(live.type) or _annotations(inputs).get(_FORCE) == "true":
        return
    conflicts: dict[str, list[str]] = {}
    for path, manager in live.owners:
        adopted = manager.startswith("kubectl-") and not preview
        if not adopted and _at(inputs, path) not in (None, _at(live.inputs, path)):
            conflicts.setdefault(manager, []).append(f".{'.'.join(path)}")
    if conflicts:
        raise CloudError(
            f'the Kubernetes API server reported that "{live.id}" failed to fully initialize or become live: {_HELP}\n'
            'The resource managed by field manager "pulumi-kubernetes" had an apply conflict: '
            f"Apply failed with {_describe(conflicts, inputs['apiVersion'])}"
        )


def _describe(conflicts: dict[str, list[str]], version: str) -> str:
    """What the API server says of one conflict, and of more."""
    count = sum(map(len, conflicts.values()))
    if count == 1:
        ((manager, (path,)),) = conflicts.items()
        return f'1 conflict: conflict with "{manager}" using {version}: {path}'
    lists = [
        "\n- ".join((f'conflicts with "{manager}" using {version}:', *paths)) for manager, paths in conflicts.items()
    ]
    return f"{count} conflicts: " + "\n".join(lists)


def check_conditions(inputs: dict[str, Any]) -> None:
    """Refuse what the provider would wait for in vain."""
    for condition in _conditions(inputs):
        if not _holds(inputs, condition):
            raise CloudError(f"timed out waiting for the condition {condition}")


def answer(before: CloudObject, inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    """What an update answers with: at worst the object of before the update, if that fulfils every condition.

    The provider takes the object from its cache, which a change of annotations reaches later than its answer. A change
    of the spec makes a new generation, whose object the provider waits for.
    """
    conditions = _conditions(inputs)
    if not conditions or before.inputs.get("spec") != inputs.get("spec"):
        return outputs
    return before.outputs if all(_holds(before.inputs, one) for one in conditions) else outputs


def compared(old_inputs: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """What new inputs are compared with: the live object as the state has it, where the old inputs say something."""
    return {
        key: compared(value, live[key]) if isinstance(value, dict) and isinstance(live[key], dict) else live[key]
        for key, value in old_inputs.items()
        if key in live
    }


# The conditions that controllers set on what the program waits for: Ready, and those of the Gateway API.
_READY = re.compile(r"condition=(Accepted|Programmed|Ready)")


def _conditions(inputs: dict[str, Any]) -> list[str]:
    """What the provider waits for: one condition, or several as JSON."""
    found = _annotations(inputs).get(_WAIT, "[]")
    return list(json.loads(found)) if found.startswith("[") else [found]


def _holds(inputs: dict[str, Any], condition: str) -> bool:
    """Whether an object fulfils a condition; every object that the cloud has made is ready."""
    if _READY.fullmatch(condition):
        return True
    found = _ANNOTATION.match(condition)
    if found is None:
        raise CloudError(f'expected a "jsonpath=" or "condition=" prefix that the simulation knows, got {condition!r}')
    return bool(_annotations(inputs).get(found["key"]) == found["value"])


def _annotations(inputs: dict[str, Any]) -> dict[str, Any]:
    found = inputs.get("metadata", {}).get("annotations")
    return found if isinstance(found, dict) else {}


def _at(value: Any, path: Path) -> Any:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def _differences(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of fields that have another value; a list is one field, and nobody owns one that is gone."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in after.items():
            yield from _differences(before.get(key), value, (*path, key))
    elif before != after:
        yield path
