"""Each service account of a plan has the rights of the table and no others, its charts' own accounts among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dryrun.manifests import build_manifest
from tests.cases import CASES
from tests.plans import plan_of

from .account_rights import allows, rights_of
from .api import Object
from .applied_plan import rendered

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("account_rights.yaml").read_text(encoding="utf-8"))
# Together they have every account, and every part of the program that gives or takes rights.
PLANS = (
    "prod",
    "local-executor",
    "celery-executor",
    "release-2.9",
    "secrets-csi",
    "teams-tasks",
    "chaos",
    "access-label",
    "certificate-key-vault",
    "certificate-key-vault-csi",
)


def objects_of(name: str, provider: Path) -> list[Object]:
    """The objects of a plan: those of the program, and those that Helm renders of its charts."""
    return [
        item
        for resource in plan_of(*CASES[name]).resources
        if resource.type.startswith("kubernetes:")
        for item in (
            rendered(provider, resource)
            if resource.type.endswith((":Release", ":Chart"))
            else [build_manifest(resource)]
        )
    ]


def test_each_account_has_the_rights_of_the_table_and_the_table_has_no_other(provider: Path) -> None:
    found = {name: rights_of(objects_of(name, provider)) for name in PLANS}
    expected = {
        name: {
            account: TABLE[account]["rights"].get(name, TABLE[account]["rights"]["others"])
            for account in accounts
            if account in TABLE
        }
        for name, accounts in found.items()
    }
    assert found == expected
    assert set(TABLE) == {account for accounts in found.values() for account in accounts}
    assert {plan for row in TABLE.values() for plan in row["rights"]} <= {"others", *PLANS}


@pytest.mark.parametrize("account", TABLE)
def test_an_account_may_not_do_this(account: str) -> None:
    never = TABLE[account]["never"]
    assert never
    lines = [line for of_plan in TABLE[account]["rights"].values() for line in of_plan]
    assert [right for right in never if allows(lines, right)] == []


def test_a_right_of_a_wildcard_is_seen() -> None:
    assert allows(["* pods in airflow"], "create pods")
    assert allows(["get,list * everywhere"], "get secrets")
    assert not allows(["get,list pods everywhere", "create secrets in airflow"], "get secrets")
