"""What the checker finds in the connections of a stack file."""

from __future__ import annotations

from typing import Any

from components.stack_file.checker import check
from tests.plans import PROJECT, changed, shipped

EGRESS, INGRESS = "network.allowedEgress", "network.allowedIngress"
# Without the warning about the example DAGs.
OWN_DAGS = {"dags.git.repository": "https://git.example.com/team/dags.git"}


def checked(changes: dict[str, Any], stack: str = "prod") -> tuple[dict[str, str], dict[str, str]]:
    """Errors and warnings, by their paths behind the namespace."""
    config = changed(shipped(stack), {**OWN_DAGS, **changes})
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, stack)
    texts = [{p.path.removeprefix(f"{PROJECT}:"): p.message for p in problems} for problems in (errors, warnings)]
    assert [len(text) for text in texts] == [len(errors), len(warnings)]
    return texts[0], texts[1]


def environment(**variables: str) -> dict[str, Any]:
    return {"airflow.environment": variables}
