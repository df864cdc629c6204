"""A registry that exists: its id, the folder of the stack's images, and settings that have no effect on it."""

from __future__ import annotations

from typing import Any

import pytest

from components.airflow.chart_keys.container_images import image_problems
from components.settings.names import registry_form
from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.landing_zone_cases import EXISTING_REGISTRY, LANDING_ZONE, REGISTRY
from tests.plans import PROJECT, changed, shipped

GIVEN = EXISTING_REGISTRY["registry"]


def existing(**more: Any) -> dict[str, Any]:
    return {"registry": {**GIVEN, **more}}


def problems(changes: dict[str, Any]) -> list[Problem]:
    config = changed(shipped("prod"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "prod")[1]


_ID = "must be the id of a container registry: /subscriptions/<id>/resourceGroups/<name>/providers/"
_FOLDER = "must be the beginning of a repository's name"
# What is changed in prod; the path that the answer names, behind `airflow-aks:`; words of the answer.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    (existing(existingId=""), "registry.existingId", _ID),
    (existing(existingId="crcontososhared"), "registry.existingId", _ID),
    (existing(existingId="crcontososhared.azurecr.io"), "registry.existingId", _ID),
    (existing(existingId=REGISTRY.replace("registries", "registries/x")), "registry.existingId", _ID),
    (existing(existingId=f"{REGISTRY}/"), "registry.existingId", _ID),
    (existing(existingId=f"{REGISTRY}\n"), "registry.existingId", _ID),
    (
        existing(existingId=REGISTRY.replace("ContainerRegistry/registries", "KeyVault/vaults")),
        "registry.existingId",
        _ID,
    ),
    (existing(existingId=REGISTRY.replace("subscriptions/", "subscriptions/my-")), "registry.existingId", _ID),
    (existing(existingId=7), "registry.existingId", "must be text"),
    (existing(prefix=""), "registry.prefix", "is required, and airflow-aks:registry.existingId is set"),
    ({"registry": {"existingId": REGISTRY}}, "registry.prefix", "an import could overwrite a tag of theirs"),
    (existing(sku="Premium"), "registry.sku", "is for a registry of the stack's own, and airflow-aks:registry."),
    (existing(adminUser=False), "registry.adminUser", "airflow-aks:registry.existingId is set; remove one"),
    (existing(publicAccess=False), "registry.publicAccess", "airflow-aks:registry.existingId is set; remove one"),
    (existing(retentionDays=7), "registry.retentionDays", "airflow-aks:registry.existingId is set; remove one"),
    (
        {**existing(), "naming.names": {"registry": "crcontoso"}},
        "naming.names.registry",
        "is the name of a registry of the stack's own, and airflow-aks:registry.existingId is set; remove one",
    ),
    ({"registry.grantAccess": False}, "registry.grantAccess", "is for a registry that exists: remove it, or set"),
    ({"registry.grantAccess": True}, "registry.grantAccess", "or set airflow-aks:registry.existingId"),
    ({"registry.pullRole": "AcrPull"}, "registry.pullRole", "or set airflow-aks:registry.existingId"),
    (existing(pullRole="AcrPush"), "registry.pullRole", "AcrPull"),
    (existing(existing=REGISTRY), "registry.existing", "did you mean existingId?"),
    *(
        ({"registry.prefix": text}, "registry.prefix", _FOLDER)
        for text in ("Platform", "/airflow", "airflow/", "a//b", "a..b", "a___b", "-a", "a_", "a b", "a:b", "ä", "a\n")
    ),
    ({"registry.prefix": "a" * 101}, "registry.prefix", "must have at most 100 characters (has 101)"),
    ({"registry.prefix": None, "registry": {"prefix": ["a"]}}, "registry.prefix", "must be text"),
]


@pytest.mark.parametrize(("changes", "path", "words"), WRONG)
def test_wrong_setting_is_named_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    found = [problem for problem in problems(changes) if problem.path == f"{PROJECT}:{path}"]
    assert len(found) == 1, problems(changes)
    assert words in found[0].message
    assert "\n" not in str(found[0])


@pytest.mark.parametrize(
    "prefix", ["a", "0", "platform/airflow", "a.b", "a_b", "a__b", "a-b", "a--b", "team-1/airflow.prod", "a" * 100]
)
def test_prefixes_that_registries_accept_pass(prefix: str) -> None:
    assert problems({"registry.prefix": prefix}) == []


@pytest.mark.parametrize(
    "existing_id", [REGISTRY, REGISTRY.upper(), REGISTRY.replace("rg-shared", "RG (Shared)_1.x")], ids=len
)
def test_ids_as_azure_shows_them_pass(existing_id: str) -> None:
    assert problems(existing(existingId=existing_id)) == []


def test_every_problem_is_told_at_once() -> None:
    found = problems({"registry": {"existingId": REGISTRY, "sku": "Basic", "publicAccess": False}})
    assert {problem.path for problem in found} == {
        f"{PROJECT}:registry.{key}" for key in ("prefix", "publicAccess", "sku")
    }


def test_a_wrong_id_is_not_told_twice() -> None:
    found = problems(existing(existingId="shared", grantAccess=False))
    assert [problem.path for problem in found] == [f"{PROJECT}:registry.existingId"]


@pytest.mark.parametrize("changes", [existing(), {**existing(), **LANDING_ZONE}])
@pytest.mark.parametrize("private", [True, False])
def test_a_private_network_does_not_ask_about_it(changes: dict[str, Any], private: bool) -> None:
    assert problems({**changes, "network.private": private, "database.access": None}) == []


def test_a_pattern_of_names_makes_none_for_it() -> None:
    # Too long for a registry, and for nothing else.
    long = {"naming": {"pattern": "{type}-{workload}-{environment}", "prefix": "a" * 14, "names": {}}}
    names = {"vault": "kv-x", "storageAccount": "stx", "databaseServer": "psql-x"}
    long["naming"]["names"] = names
    assert problems({**existing(), **long}) == []


def test_an_image_of_the_existing_registry_is_of_the_stacks_registry() -> None:
    config = changed(shipped("prod"), existing())
    settings = check(config.values, set(config.secret_keys), PROJECT, "prod")[0]
    assert settings is not None
    for host in ("crcontososhared.azurecr.io", "crcontososhared-a1b2c3.azurecr.io"):
        values = {"scheduler": {"extraContainers": [{"name": "x", "image": f"{host}/other-team/tool:1"}]}}
        assert list(image_problems(values, registry_form(settings))) == []
    other = {"scheduler": {"extraContainers": [{"name": "x", "image": "crairflowprod.azurecr.io/tool:1"}]}}
    ((_, message),) = image_problems(other, registry_form(settings))
    assert "az acr import --name crcontososhared --source crairflowprod.azurecr.io/tool:1" in message
