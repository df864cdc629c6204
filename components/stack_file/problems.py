"""Problems of a stack file: their paths, and messages that say what would be right."""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from .own_examples import example, may_be_shown, quoted, unquoted, with_example
from .resource_id_forms import RESOURCE_ID_FORMS

NAMESPACE = "airflow-aks"
Location = tuple[int | str, ...]

NESTED_TOO_DEEPLY = "is nested too deeply"
_EXPECTED = {
    "string_type": "must be text: write it in quotes",
    "int_type": "must be a whole number, without quotes",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of settings",
    "model_attributes_type": "must be a mapping of settings",
    "missing": "is required",
    # Pulumi always passes valid JSON. The only cause of this error is that pydantic's parser gives up at 200 levels.
    "json_invalid": NESTED_TOO_DEEPLY,
    "string_too_short": "must not be empty",
}
_SUBNET_ID = (
    "must be the id of a subnet: /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Network/"
    "virtualNetworks/<name>/subnets/<name>"
)
# The required form of a text, by the name of its key. Messages show this form instead of the regular expression.
_FORMS = {
    "adminGroupIds": "must be an Entra object id, for example 00000000-0000-0000-0000-000000000000",
    "alertEmails": "must be a mail address, for example ops@example.com",
    "allowedHosts": "must be the name of a host, without https:// and port, for example api.example.com or "
    "*.example.com; another port or an address belongs in allowedEgress",
    "branch": "must be a branch or tag name without spaces and shell characters, and without a hyphen in front, for "
    "example main",
    "certificate": "must be the name of a certificate in the Key Vault, 1 to 127 letters, digits and hyphens, for "
    "example airflow-tls",
    "clientId": "must be an Entra application id, for example 00000000-0000-0000-0000-000000000000",
    "clusterId": "must be the id of an AKS cluster: /subscriptions/<id>/resourceGroups/<name>/providers/"
    "Microsoft.ContainerService/managedClusters/<name>",
    "connectionId": "must be lower-case letters, digits and single underscores, the first a letter, for example gpu",
    "cpu": "must be a quantity of cores, for example 500m or 1",
    "databaseSubnetId": _SUBNET_ID,
    "dnsLabel": "must be 3 to 63 lower-case letters, digits and hyphens, the first a letter, the last no hyphen, for "
    "example my-airflow",
    "dnsZoneId": "must be the id of a public DNS zone: /subscriptions/<id>/resourceGroups/<name>/providers/"
    "Microsoft.Network/dnsZones/<zone>",
    "earlierServers": 'must be the number of a server in quotes, 0 to 99, for example "0"',
    "email": "must be a mail address, for example ops@example.com",
    "excludedHours": 'must be a period of the day, hours and minutes in quotes, for example "22:00-06:30"',
    "gatewaySubnetId": _SUBNET_ID,
    "groupId": "must be the object id of an Entra group, for example 00000000-0000-0000-0000-000000000000",
    "host": "must be the name of a host alone, without https:// and port, for example ldap.example.com; for an address "
    "use cidr, for example cidr: 203.0.113.7/32",
    "keyVaultSecrets": "must be an environment variable with the name of a Key Vault secret, 1 to 127 letters, digits "
    "and hyphens, for example AIRFLOW_CONN_WAREHOUSE: warehouse-connection",
    "kubernetesVersion": 'must be a minor version in quotes, for example "1.35"; the patch follows autoUpgrade',
    "ignoredTags": "must not contain any of < > % & \\ ? /",
    "labels": "must be a Kubernetes label: letters, digits, dots, dashes and underscores",
    "memory": "must be a quantity of memory, for example 2Gi",
    "name": "must be 1 to 12 lower-case letters and digits, the first a letter, for example tasks",
    "namespace": "must be the name of a Kubernetes namespace, for example gateway",
    "namespaces": "must be the name of a Kubernetes namespace, for example jobs",
    "nodeSubnetId": _SUBNET_ID,
    "peerWith": "must be the id of a virtual network: /subscriptions/<id>/resourceGroups/<name>/providers/"
    "Microsoft.Network/virtualNetworks/<name>",
    "prefix": "must be lower-case letters, digits and single hyphens, starting with a letter, for example airflow",
    "privateEndpointSubnetId": _SUBNET_ID,
    "readerPrincipalIds": "must be an Entra object id, for example 00000000-0000-0000-0000-000000000000",
    "repository": "must be a repository in the stack's registry, without the registry's name, for example my-airflow",
    "roles": "must be the value of an app role, up to 120 characters without spaces, or the object id of a group, for "
    "example Airflow.Admin",
    "sku": "must be a size, for example Standard_D2ds_v5",
    "sourceServerId": "must be the id of a PostgreSQL Flexible Server: /subscriptions/<id>/resourceGroups/<name>/"
    "providers/Microsoft.DBforPostgreSQL/flexibleServers/<name>",
    "stack": "must be organization/project/stack, for example contoso/airflow-aks/gpu",
    "suffix": "must be 3 to 6 lower-case letters or digits, for example a1b2c3",
    "tag": "must be an image tag: letters, digits, dots, dashes and underscores",
    "tags": "must not contain spaces: letters, digits, dots, dashes and underscores, the first a letter, as DNS zones "
    "demand, for example cost-center",
    "taints": "must be key=value:Effect, the effect one of NoSchedule, PreferNoSchedule, NoExecute",
    "tenantId": "must be an Entra tenant id, for example 00000000-0000-0000-0000-000000000000",
    "username": "must be 1 to 64 letters, digits or . _ @ -",
    "workspaceId": "must be the id of a Log Analytics workspace: /subscriptions/<id>/resourceGroups/<name>/providers/"
    "Microsoft.OperationalInsights/workspaces/<name>",
    "utcOffset": 'must be an offset from -12:00 to +14:00 in quotes, for example "+00:00"',
    "vmSize": "must be an Azure VM size, for example Standard_D4ds_v5",
    **RESOURCE_ID_FORMS,
}
# Below these keys a wrong value may be a secret, so messages do not repeat it.
_SECRET_PLACES = ("environment", "config", "keyVaultSecrets", "values")


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """An error or a warning, with the path of the setting in the stack file."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def key_path(section: str, *parts: int | str) -> str:
    """Return the path of a setting, for example `airflow-aks:cluster.pools[0].name`, from its parts."""
    text = f"{NAMESPACE}:{section}"
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text


def describe_unknown_key(key: str, known: Iterable[str]) -> str:
    """Return the message for an unknown key, with the nearest known key or, if none is near, all known keys."""
    choices = sorted(known)
    near = difflib.get_close_matches(key, choices, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(choices)}"
    return f"unknown key; {hint}"


def describe_errors(section: str, model: type[BaseModel] | None, error: ValidationError) -> list[Problem]:
    """Return pydantic's errors in a section as problems, one for each path."""
    found: dict[str, Problem] = {}
    for detail in error.errors(include_url=False):
        path = key_path(section, *show_location(detail))
        message = _describe(section, model, detail)
        if path in found and found[path].message != message:
            # Pydantic reports a value of a union once for each type that the union accepts.
            message = "must be text, a number, or true or false"
        found[path] = Problem(path=path, message=message)
    return list(found.values())


def already_reported(problems: Sequence[Problem], path: str) -> bool:
    """Return whether a problem is reported at, inside or around this path.

    A further problem at this path may only be a consequence of the reported problem.
    """
    return any(_inside(problem.path, path) or _inside(path, problem.path) for problem in problems)


def _inside(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def show_location(detail: ErrorDetails) -> Location:
    """Return a wrong value's location in the stack file: in camelCase, without pydantic's marks for keys and unions."""
    marks = ("[key]", "str", "int", "float", "bool")
    parts = [part for part in detail["loc"] if part not in marks]
    if detail["type"] == "value_error" and parts and isinstance(parts[-1], str) and "_" in parts[-1]:
        # If a validator refuses a default, pydantic names the field, not its alias.
        parts[-1] = to_camel(parts[-1])
    return tuple(parts)


def _describe(section: str, model: type[BaseModel] | None, detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    location = show_location(detail)
    names = [section, *(part for part in location if isinstance(part, str))]
    if kind == "extra_forbidden":
        return describe_unknown_key(str(location[-1]), _known_keys(model, location[:-1]))
    given = "" if set(names) & set(_SECRET_PLACES) else _show_value(detail.get("input"))
    if not set(names) & set(_SECRET_PLACES) or may_be_shown(names[-1], detail.get("input")):
        own = _own_value(kind, names[-1], detail.get("input"))
        if own is not None:
            return own
    if kind == "literal_error":
        given_value, choices = detail.get("input"), str(context["expected"]).replace(" or ", ", ")
        if not re.search(r",\S", choices):
            # Quotes are needed only where a choice has a comma, such as 'CeleryExecutor,KubernetesExecutor'.
            choices = choices.replace("'", "")
        if isinstance(given_value, int | float) and str(given_value) in choices.split(", "):
            return f'must be text: write it in quotes, "{given_value}"'
        return f"must be one of {choices}{given}"
    if kind in ("greater_than_equal", "less_than_equal"):
        word = "at least" if kind == "greater_than_equal" else "at most"
        bound = context["ge"] if kind == "greater_than_equal" else context["le"]
        return f"must be {word} {bound}{given}"
    if kind == "too_long":
        return f"must have at most {context['max_length']} entries"
    if kind == "too_short":
        return "must not be empty"
    if kind == "string_too_long":
        return f"must be at most {context['max_length']} characters long"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        name = next((name for name in reversed(names) if name in _FORMS), None)
        form = _FORMS[name] if name else "has the wrong form"
        own = example(name, detail.get("input")) if name and given else None
        return f"{with_example(form, own) if own else form}{given}"
    return f"{_EXPECTED.get(kind, detail['msg'])}{given if kind != 'missing' else ''}"


def _own_value(kind: str, key: str, value: object) -> str | None:
    """Return the message for a value of the wrong type, with the value in the right type; None if it has none."""
    match kind:
        case "string_type":
            right = quoted(key, value)
            return f"{_EXPECTED[kind]}, {right}" if right else None
        case "int_type" | "int_from_float":
            right = unquoted(value, int)
        case "bool_type":
            right = unquoted(value, bool)
        case _:
            return None
    return f"{_EXPECTED[kind]}: {right}" if right else None


def _show_value(value: object) -> str:
    if isinstance(value, bool):
        return f" (is {str(value).lower()})"
    if isinstance(value, int | float | str) and len(str(value)) <= 60:
        return f" (is {value!r})" if isinstance(value, str) else f" (is {value})"
    return ""


def _known_keys(model: type[BaseModel] | None, location: Location) -> list[str]:
    """Return the keys of the model at a location inside a section's model."""
    for part in location:
        if model is None:
            return []
        if isinstance(part, str):
            field = next((f for n, f in model.model_fields.items() if part in (f.alias, n)), None)
            model = find_model(field.annotation) if field is not None else None
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def find_model(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside an annotation such as `tuple[PoolSettings, ...]` or `dict[str, ContainerResources]`."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    if typing.get_origin(annotation) is Literal:
        return None
    return next((model for argument in typing.get_args(annotation) if (model := find_model(argument))), None)
