"""What a check says when Azure does not answer it: never that all is well."""

from __future__ import annotations

import pytest

from components.preflight.findings import Status
from components.preflight.run_checks import CHECKS

from .azure_answers import SCOPE
from .fake_azure import BROKEN, DOWN, FORBIDDEN, LIMITED, MISSING, PROXY, FakeAzure, Response
from .situations import problems, result_of, situation

# Each check that asks Azure, and the answers that it needs.
QUESTIONS = {
    "resource providers": ("providers", "locations"),
    "rights": ("permissions",),
    "role assignments": ("permissions",),
    "region": ("locations",),
    "VM sizes": ("skus",),
    "vCPU quota": ("skus", "usages"),
    "deleted vault": ("deleted vaults",),
    "unique names": ("vault name", "registry name", "storage name", "database name"),
    "database": ("capabilities",),
    "Kubernetes version": ("versions",),
    "DNS label": ("label",),
    "address ranges": ("network",),
    "policies": ("policies",),
}
PEER = f"{SCOPE}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub"
CHANGES = {"access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}}, "network.peerWith": [PEER]}
ERRORS: dict[str, tuple[Response | Exception, str]] = {
    "forbidden": (FORBIDDEN, "ask for the role Reader there"),
    "limited": (LIMITED, "Azure limits the rate"),
    "broken": (BROKEN, "run this again"),
    "no network": (DOWN, "check the network and the proxy"),
    "a proxy's page": (PROXY, "run this again"),
    "another shape": ((200, {}, {"value": [7], "values": [7], "properties": 7}), "it is a defect of the check"),
}


def test_every_check_that_asks_azure_is_tried() -> None:
    assert set(CHECKS) - set(QUESTIONS) == {
        "tools",
        "sign-in",
        "subscription",
        "resource groups",
        # Not asked of a stack with a network of its own: test_existing_subnets.py.
        "existing subnets",
        # Nor of one with a vault and a workspace of its own: test_existing_places.py.
        "existing vault",
        "existing workspace",
        # Nor of one with zones of its own: test_private_zones.py.
        "private DNS zones",
        # Not asked of a stack without them: test_cluster_security.py and test_encryption_keys.py.
        "cluster security",
        "encryption keys",
        # Not asked of a stack with a registry of its own: test_existing_registry.py.
        "existing registry",
        # Not asked of a cluster that does not exist: test_proxy.py.
        "proxy",
    }


@pytest.mark.parametrize("question", [(name, one) for name, many in QUESTIONS.items() for one in many], ids=str)
@pytest.mark.parametrize("error", ERRORS)
def test_check_without_an_answer_is_unknown(azure: FakeAzure, question: tuple[str, str], error: str) -> None:
    name, answer = question
    azure.refuse[answer], remedy = ERRORS[error]
    result = result_of(name, situation(azure, "dev", CHANGES))
    assert result.status is Status.UNKNOWN, problems(result)
    assert any(remedy in text for text in problems(result))


@pytest.mark.parametrize(("name", "answer"), [(name, many[0]) for name, many in QUESTIONS.items()])
def test_check_of_something_that_does_not_exist_says_so(azure: FakeAzure, name: str, answer: str) -> None:
    azure.refuse[answer] = MISSING
    result = result_of(name, situation(azure, "dev", CHANGES))
    assert result.status is (Status.FAILURE if name == "address ranges" else Status.UNKNOWN)
    assert any("exist" in text for text in problems(result))


@pytest.mark.parametrize("error", [FORBIDDEN, LIMITED, DOWN], ids=["forbidden", "limited", "no network"])
def test_resource_group_that_cannot_be_read_is_unknown(azure: FakeAzure, error: Response | Exception) -> None:
    azure.refuse["group"] = error
    there = situation(azure)
    assert result_of("resource groups", there).status is Status.UNKNOWN
    assert not there.stack.own


def test_what_was_found_before_an_error_stays(azure: FakeAzure) -> None:
    azure.refuse["database name"] = FORBIDDEN
    azure.answers["vault name"] = {"nameAvailable": False, "reason": "AlreadyExists", "message": "in use"}
    result = result_of("unique names", situation(azure))
    assert [finding.status for finding in result.findings] == [
        Status.FAILURE,
        Status.OK,
        Status.OK,
        Status.UNKNOWN,
    ]
    assert result.status is Status.FAILURE
