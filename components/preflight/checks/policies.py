"""Azure Policy: whether an assignment denies a resource of the stack.

Azure evaluates the policies on the content of each resource (`checkPolicyRestrictions`). A what-if of a deployment
would do so too, but it needs the right to deploy, a template, and a resource group that exists. This request only
reads, and works on the subscription before there is a resource group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, unsure
from components.preflight.operations import CHECK_POLICIES
from components.preflight.policy_subjects import API_VERSIONS, Subject, list_subjects
from components.preflight.situation import Situation

_DENY: Final = "deny"
# The parts of a resource that are sent whole, so that what is not in them is not in the resource.
_WHOLE: Final = ("location", "name", "tags", "type")
_REMEDY: Final = "change the setting, or ask for an exemption: see docs/tenant-policies.md"

Answer = Mapping[str, Any]


def check_policies(situation: Situation) -> Iterator[Finding]:
    """No policy denies a resource of the stack."""
    problems = 0
    subjects = list_subjects(situation)
    for subject in subjects:
        details = {"resourceContent": subject.content, "apiVersion": API_VERSIONS[subject.kind]}
        try:
            answer = situation.arm.post(
                CHECK_POLICIES, {"resourceDetails": details}, scope=_scope_of(situation, subject)
            )
        except ArmError as error:
            # The others would get the same answer.
            yield unanswered(error, "whether a policy denies a resource")
            return
        for finding in _read_evaluations(subject, answer):
            problems += 1
            yield finding
    if not problems:
        yield passed(f"no policy denies any of {len(subjects)} resources")


def _scope_of(situation: Situation, subject: Subject) -> str:
    """Return the scope of a resource. Nodes are in a resource group that AKS makes."""
    return situation.subscription_scope if "/virtualMachineScaleSets" in subject.kind else situation.stack_scope


def _read_evaluations(subject: Subject, answer: Answer) -> Iterator[Finding]:
    """Read the policies that the content does not comply with, and that deny it for this."""
    if not answer.keys() & {"contentEvaluationResult", "fieldRestrictions"}:
        raise ValueError(f"no evaluation of {subject.kind}")
    for evaluation in (answer.get("contentEvaluationResult") or {}).get("policyEvaluations") or ():
        effect = str((evaluation.get("effectDetails") or {}).get("policyEffect", "")).lower()
        if effect != _DENY or evaluation.get("evaluationResult") != "NonCompliant":
            continue
        policy = _name_policy(evaluation.get("policyInfo") or {})
        expressions = (evaluation.get("evaluationDetails") or {}).get("evaluatedExpressions") or ()
        fields = [str(entry["path"]) for entry in expressions if entry.get("path") and entry["path"] != "type"]
        because = f" because of {', '.join(fields)}" if fields else ""
        if unknown := [path for path in fields if not _has(subject.content, path)]:
            yield unsure(f"{policy} may deny {subject.kind} {subject.name}, depending on {', '.join(unknown)}", _REMEDY)
        else:
            yield fail(f"{policy} denies {subject.kind} {subject.name}{because}", _REMEDY)


def _name_policy(policy: Answer) -> str:
    """Return the name of the assignment, which is what an exemption is from."""
    return f"the policy assignment {str(policy.get('policyAssignmentId', 'unknown')).rpartition('/')[2]}"


def _has(content: Mapping[str, Any], path: str) -> bool:
    """Return whether the content that was sent decides on a path such as `properties.networkAcls.defaultAction`."""
    if path.startswith(_WHOLE):
        return True
    node: Any = content
    for key in path.split("."):
        if not isinstance(node, Mapping) or key not in node:
            return False
        node = node[key]
    return True
