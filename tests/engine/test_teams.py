"""Teams on a living stack: they come, change and go, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import yaml

from tests.cases import ADMINS, TEAMS
from tests.engine import checks

from .workspace import Workspace


def set_teams(stack: Workspace, teams: list[dict[str, Any]] | None) -> None:
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:teams"] = teams
    stack.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def test_teams_come_change_and_go(living_dev: Workspace) -> None:
    stack = living_dev
    stack.change("cluster", adminGroupIds=[ADMINS])
    stack.up()

    set_teams(stack, TEAMS)
    stack.cloud.operations.clear()
    checks.applied(stack)
    created = checks.operations(stack, "create")
    assert len(created) >= 20
    assert not [name for name in created if not name.startswith(("teams-", "team-grants-"))]
    assert checks.operations(stack, "update", "delete") == []

    set_teams(stack, [{**TEAMS[0], "role": "admin"}, *TEAMS[1:]])
    stack.cloud.operations.clear()
    assert checks.applied(stack) == ["teams-reports-role"]

    # Azure decides instead of the bindings, and back.
    stack.change("cluster", azureRbac=True)
    stack.cloud.operations.clear()
    checks.applied(stack)
    assert set(checks.operations(stack, "create")) == {
        "team-grants-data-ops-admin",
        "team-grants-dev-developer",
        "team-grants-reports-admin",
    }
    assert {name.rpartition("-role")[0] for name in checks.operations(stack, "delete")} == {
        "teams-data-ops",
        "teams-dev",
        "teams-reports",
    }
    stack.change("cluster", azureRbac=False)
    stack.up()

    set_teams(stack, None)
    stack.cloud.operations.clear()
    stack.up()
    assert set(checks.operations(stack, "delete")) == set(created)
    assert stack.up().changes.keys() == {"unchanged"}
    checks.state_and_cloud_agree(stack)


def test_tasks_in_the_namespace_of_a_team_come_and_go(living_dev: Workspace) -> None:
    stack = living_dev
    stack.change("cluster", adminGroupIds=[ADMINS])
    set_teams(stack, TEAMS)
    stack.up()

    set_teams(stack, [TEAMS[0], {**TEAMS[1], "runsTasks": True}, TEAMS[2]])
    there = checks.applied(stack)
    assert "airflow-release" in there
    assert checks.operations(stack, "delete") == []
    order = [name for operation, name, *_ in stack.cloud.operations if operation in ("create", "update")]
    # Airflow watches the namespace as soon as it has restarted, so its rights come first.
    assert order.index("teams-dev-airflow-runs-tasks-role-binding") < order.index("airflow-release")
    allowed = (
        "teams-dev-",
        "team-tasks-dev-",
        "team-identity-dev-",
        "airflow-namespace-team-tasks-",
        "airflow-release",
    )
    assert not [name for name in there if not name.startswith(allowed)]
    assert stack.up().changes.keys() == {"unchanged"}

    set_teams(stack, TEAMS)
    back = checks.applied(stack)
    assert not [name for name in back if not name.startswith(allowed)]
    assert set(checks.operations(stack, "update")) == {"airflow-release"}
    assert stack.up().changes.keys() == {"unchanged"}
