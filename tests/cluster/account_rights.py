"""What each service account of a plan may do, read from its Roles and bindings, and from those of its charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .api import Object

# An operator may do the same with every resource of these API groups, so that a new kind of its own is no new right.
_OWN_GROUPS: Final = frozenset(
    {
        "acme.cert-manager.io",
        "cert-manager.io",
        "external-secrets.io",
        "gateway.envoyproxy.io",
        "gateway.networking.k8s.io",
        "generators.external-secrets.io",
    }
)
_EVERYWHERE: Final = "everywhere"

# A place, a resource with its API group, and the name of one object; a name that is empty stands for every object.
_Scope = tuple[str, str, str]


def rights_of(objects: Iterable[Object]) -> dict[str, list[str]]:
    """The rights of each account `namespace/name`, as sorted lines: `get,list pods in airflow`, `get nodes everywhere`.

    Raises:
        AssertionError: a binding names a role that is not among the objects.

    """
    found = list(objects)
    verbs: dict[str, dict[_Scope, set[str]]] = {
        f"{one['metadata']['namespace']}/{one['metadata']['name']}": {}
        for one in found
        if one["kind"] == "ServiceAccount"
    }
    roles = {_role_key(one): one.get("rules") or [] for one in found if one["kind"] in {"Role", "ClusterRole"}}
    for binding in found:
        if binding["kind"] not in {"RoleBinding", "ClusterRoleBinding"}:
            continue
        home = binding["metadata"].get("namespace", "") if binding["kind"] == "RoleBinding" else ""
        role = binding["roleRef"]
        key = (role["kind"], home if role["kind"] == "Role" else "", role["name"])
        assert key in roles, f"{binding['metadata']['name']} names {key}, which the plan does not make"
        for subject in binding.get("subjects") or []:
            if subject["kind"] == "ServiceAccount":
                account = verbs.setdefault(f"{subject.get('namespace') or home}/{subject['name']}", {})
                for scope, verb in _expand(roles[key], home or _EVERYWHERE):
                    account.setdefault(scope, set()).add(verb)
    return {account: sorted(_line(scope, of) for scope, of in scopes.items()) for account, scopes in verbs.items()}


def allows(lines: Iterable[str], right: str) -> bool:
    """Whether an account with these lines may do something, in any namespace: `create pods`, `get secrets`."""
    verb, resource = right.split()
    for line in lines:
        verbs, what, *_ = line.split()
        if {verb, "*"} & set(verbs.split(",")) and what in {resource, "*"}:
            return True
    return False


def _role_key(role: Object) -> tuple[str, str, str]:
    home = role["metadata"].get("namespace", "") if role["kind"] == "Role" else ""
    return role["kind"], home, role["metadata"]["name"]


def _expand(rules: Iterable[Object], place: str) -> Iterator[tuple[_Scope, str]]:
    for rule in rules:
        for group in rule.get("apiGroups", [""]):
            for resource in rule.get("resources") or rule["nonResourceURLs"]:
                kind = "*" if group in _OWN_GROUPS else resource
                for name in rule.get("resourceNames") or [""]:
                    for verb in rule["verbs"]:
                        yield (place, f"{kind}.{group}" if group else kind, name), verb


def _line(scope: _Scope, verbs: Iterable[str]) -> str:
    place, resource, name = scope
    where = place if place == _EVERYWHERE else f"in {place}"
    return " ".join(filter(None, [",".join(sorted(verbs)), resource, name, where]))
