"""What a comparison says about another registry, or another folder in it, before an update moves the images."""

from __future__ import annotations

from dryrun.comparison.changes import Comparison
from dryrun.comparison.comparing import compare_plans
from tests.dryrun.comparison.plans import actions, texts
from tests.landing_zone_cases import EXISTING_REGISTRY
from tests.plans import plan_of, planned

SHARED = "crcontososhared.azurecr.io/platform/airflow"


def own() -> str:
    found: str = plan_of("prod").outputs["registryLoginServer"]
    return found


def moved() -> Comparison:
    return compare_plans(plan_of("prod"), planned("existing-registry"))


def test_the_registry_that_goes_and_its_protection_are_told() -> None:
    name = own().removesuffix(".azurecr.io")
    assert moved().loses_data
    assert texts(moved(), "data") == [
        f"container registry {name} is removed, and with it every image in it, your own too. It is protected: `pulumi "
        "up` refuses until somebody runs `pulumi state unprotect`"
    ]


def test_nothing_else_is_replaced_but_imports_and_jobs() -> None:
    replaced = {change.type.rpartition(":")[2] for change in moved().of("replaced")}
    assert replaced <= {"ImageImport", "Job"}
    assert actions(moved())["registry-kubelet-crcontososhared-pull"] == "added"
    assert actions(moved())["registry-kubelet-pull"] == "removed"


def test_where_pods_pull_from_is_told() -> None:
    (text,) = [text for text in texts(moved(), "note") if text.startswith("pods pull")]
    assert text.startswith(f"pods pull their images from {SHARED} instead of {own()}: ")
    assert "must be built there before this update" in text


def test_the_zone_that_hides_the_other_registry_is_told() -> None:
    (text,) = [text for text in texts(moved(), "stops") if "privatelink.azurecr.io" in text]
    assert "If crcontososhared.azurecr.io has a private endpoint" in text


def test_a_public_registry_has_no_zone_that_hides_another() -> None:
    found = compare_plans(plan_of("prod", {"registry.publicAccess": True}), planned("existing-registry"))
    assert [text for text in texts(found, "stops") if "privatelink" in text] == []


def test_the_way_back_loses_nothing() -> None:
    found = compare_plans(planned("existing-registry"), plan_of("prod"))
    assert not found.loses_data
    assert [text for text in texts(found, "note") if text.startswith(f"pods pull their images from {own()} instead")]


def test_another_folder_leaves_the_images_in_the_former_one() -> None:
    other = {"registry": {**EXISTING_REGISTRY["registry"], "prefix": "data"}}
    found = compare_plans(planned("existing-registry"), plan_of("prod", other))
    assert not found.loses_data
    assert f"the images in {SHARED} stay there" in texts(found, "note")


def test_images_that_stay_are_no_news() -> None:
    found = compare_plans(plan_of("prod"), plan_of("prod", {"logs.retentionDays": 30}))
    assert [text for text in texts(found, "note") if "images" in text] == []
