"""What the Roles of a plan let somebody do, as pairs of a verb and a resource."""

from __future__ import annotations

from dryrun.plan import Plan

Rights = set[tuple[str, str]]


def rights(plan: Plan, namespace: str, subject: str) -> Rights:
    """The rights of a service account or a group in a namespace; a right on one object ends in its name."""
    found: Rights = set()
    roles = {
        (role.inputs["metadata"]["namespace"], role.inputs["metadata"]["name"]): role.inputs["rules"]
        for role in plan.all("kubernetes:rbac.authorization.k8s.io/v1:Role")
    }
    for binding in plan.all("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"):
        place = binding.inputs["metadata"]["namespace"]
        if place != namespace or subject not in {one["name"] for one in binding.inputs["subjects"]}:
            continue
        assert binding.inputs["roleRef"]["kind"] == "Role"
        for rule in roles[place, binding.inputs["roleRef"]["name"]]:
            found |= {
                (verb, f"{resource}{f' {name}' if name else ''}")
                for verb in rule["verbs"]
                for resource in rule["resources"]
                for name in rule.get("resourceNames", [""])
            }
    return found
