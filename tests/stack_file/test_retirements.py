"""What loses its support: warnings half a year ahead, refusals afterwards, and what a stack file acknowledges."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from components.settings.retirements import load_retirements
from components.stack_file.checker import check
from components.stack_file.problems import Problem
from components.stack_file.retirement_uses import list_uses
from tests.plans import PROJECT, ROOT, changed, shipped
from tests.pod_cluster_cases import ALONE

KUBERNETES = "airflow-aks:cluster.kubernetesVersion"
ACKNOWLEDGED = "airflow-aks:acknowledgedRetirements"
AKS_PAGE = "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions"
ACCESS = {"access": {"dnsLabel": "my-airflow", "tls": {"issuer": "letsencrypt", "email": "ops@contoso.com"}}}
GPU_POOL = {"name": "gpu", "purpose": "other", "vmSize": "Standard_NC4as_T4_v3", "gpu": True}
AIRFLOW_POOL = {"name": "airflow", "vmSize": "Standard_D4ds_v5", "minNodes": 1, "maxNodes": 3}


def checked(changes: dict[str, Any], today: str, stack: str = "dev") -> tuple[list[Problem], list[Problem]]:
    """Errors and warnings on a day."""
    config = changed(shipped(stack), changes)
    _, errors, warnings = check(
        config.values, set(config.secret_keys), PROJECT, stack, datetime.date.fromisoformat(today)
    )
    return errors, warnings


def kubernetes(version: str, **more: Any) -> dict[str, Any]:
    return {"cluster.kubernetesVersion": version, **{key.replace("__", "."): value for key, value in more.items()}}


def at(problems: list[Problem], path: str) -> list[str]:
    return [problem.message for problem in problems if problem.path == path]


@pytest.mark.parametrize(
    ("version", "today", "words"),
    [
        ("1.37", "2026-11-26", "AKS does not offer 1.37: use 1.36; if it does by now, add it to charts/retirements"),
        ("1.38", "2026-11-26", "AKS does not offer 1.38: use 1.36; if it does by now"),
        ("1.30", "2026-11-26", "AKS no longer offers 1.30, whose support ended on 2025-08-22: use 1.36; while"),
        ("1.33", "2026-11-26", "use 1.36, or airflow-aks:cluster.tier: Premium, which supports it until 2027-07-31"),
        ("1.34", "2026-12-01", "put 'kubernetes 1.34' into airflow-aks:acknowledgedRetirements"),
        ("1.34", "2026-12-01", f"{AKS_PAGE}, as of 2026-08-21"),
        ("1.35", "2027-04-01", "use 1.36, or "),
    ],
)
def test_a_kubernetes_version_that_aks_does_not_offer_is_refused(version: str, today: str, words: str) -> None:
    errors, _ = checked(kubernetes(version), today)
    (message,) = at(errors, KUBERNETES)
    assert words in message


def test_the_last_day_of_support_is_offered_still() -> None:
    errors, warnings = checked(kubernetes("1.34"), "2026-11-30")
    assert errors == []
    assert at(warnings, KUBERNETES)


def test_long_term_support_has_a_later_day() -> None:
    premium = {"cluster.tier": "Premium", "cluster.autoUpgrade": "patch"}
    errors, _ = checked({**kubernetes("1.33"), **premium}, "2026-11-26")
    assert errors == []
    errors, _ = checked({**kubernetes("1.33"), **premium}, "2027-08-01")
    (message,) = at(errors, KUBERNETES)
    assert "no longer offers 1.33, whose support ended on 2027-07-31" in message


@pytest.mark.parametrize(("today", "warned"), [("2026-10-01", False), ("2026-10-02", True), ("2027-03-31", True)])
def test_the_warning_comes_180_days_ahead(today: str, warned: bool) -> None:
    _, warnings = checked(kubernetes("1.35"), today)
    assert bool(at(warnings, KUBERNETES)) == warned


def test_a_warning_says_the_day_the_page_and_what_to_move_to_but_not_how_many_days_are_left() -> None:
    texts = {day: at(checked(kubernetes("1.35"), day)[1], KUBERNETES) for day in ("2026-11-26", "2026-11-27")}
    assert texts["2026-11-26"] == texts["2026-11-27"]
    assert texts["2026-11-26"] == [
        "the support of Kubernetes 1.35 on AKS ends on 2027-03-31: move to 1.36, see docs/retirements.md#kubernetes "
        f"({AKS_PAGE}, as of 2026-08-21)"
    ]


def test_what_no_setting_changes_is_no_warning_of_a_stack_file() -> None:
    _, warnings = checked({}, "2026-12-01")
    assert at(warnings, KUBERNETES)
    assert [problem for problem in warnings if "pulumi-azure-native" in problem.message] == []


@pytest.mark.parametrize("changes", [{"protectData": True}, {"airflow": "", **ALONE}])
def test_warnings_of_ends_come_last(changes: dict[str, Any]) -> None:
    _, warnings = checked({"azure-native:location": "mars", **kubernetes("1.35"), **changes}, "2026-12-01")
    assert len(warnings) > 1
    assert warnings[-1].path == KUBERNETES


def test_the_sections_that_warnings_name_exist() -> None:
    page = (ROOT / "docs" / "retirements.md").read_text(encoding="utf-8")
    config = changed(shipped("dev"), ACCESS)
    settings, errors, _ = check(config.values, set(), PROJECT, "dev", datetime.date(2026, 11, 26))
    assert settings is not None, errors
    today = datetime.date(2026, 11, 26)
    texts = [use.describe(today) for use in list_uses(settings, load_retirements(), today)]
    sections = {text.partition("docs/retirements.md#")[2].partition(" ")[0] for text in texts}
    titles = {line[3:].lower().replace(" ", "-") for line in page.splitlines() if line.startswith("## ")}
    assert sections == {"kubernetes", "what-the-file-covers"}
    assert sections <= titles


@pytest.mark.parametrize(
    ("changes", "stack", "today", "path", "words"),
    [
        (
            {"airflow.release": "2.9"},
            "dev",
            "2026-08-15",
            "airflow.release",
            "Airflow 2.9 ended on 2026-04-22: move to 3.3",
        ),
        (
            {"database.version": "14"},
            "dev",
            "2026-05-16",
            "database.version",
            "14 on Azure ends on 2026-11-12: move to 17",
        ),
        (ACCESS, "dev", "2026-08-18", "access", "gateway-helm v1.9.2, which charts/pins.yaml pins, ends on 2027-02-14"),
        (
            {"cluster.pools": [AIRFLOW_POOL, GPU_POOL], "airflow.executor": "LocalExecutor", **kubernetes("1.34")},
            "dev",
            "2026-11-26",
            "cluster.pools[1]",
            "",
        ),
        (
            {**kubernetes("1.31"), "cluster.tier": "Premium", "cluster.autoUpgrade": "patch"},
            "dev",
            "2026-11-26",
            "cluster.systemPool",
            "Azure Linux 2.0 on AKS nodes ended on 2025-11-30: move to Kubernetes 1.32 or newer",
        ),
    ],
)
def test_what_else_a_stack_uses_is_warned_of_by_its_setting(
    changes: dict[str, Any], stack: str, today: str, path: str, words: str
) -> None:
    errors, warnings = checked(changes, today, stack)
    assert errors == []
    found = at(warnings, f"{PROJECT}:{path}")
    if not words:
        # Ubuntu 22.04 lives until 2027-06-30.
        assert found == []
        return
    assert len(found) == 1
    assert words in found[0]


def test_nodes_with_gpus_have_another_operating_system() -> None:
    changes = {"cluster.pools": [AIRFLOW_POOL, GPU_POOL], "airflow.executor": "LocalExecutor"}
    names = {}
    for version in ("1.34", "1.35"):
        config = changed(shipped("dev"), {**changes, **kubernetes(version)})
        settings, errors, _ = check(config.values, set(), PROJECT, "dev", datetime.date(2026, 11, 26))
        assert settings is not None, errors
        uses = list_uses(settings, load_retirements(), datetime.date(2026, 11, 26))
        names[version] = {use.name: use.path for use in uses if use.name.startswith("nodeImage")}
    assert names == {"1.34": {"nodeImage Ubuntu 22.04": "airflow-aks:cluster.pools[1]"}, "1.35": {}}


def test_a_stack_without_airflow_uses_the_cluster_alone() -> None:
    config = {"azure-native:location": "canadacentral", f"{PROJECT}:airflow": ""}
    settings, errors, warnings = check(config, set(), PROJECT, "dev", datetime.date(2027, 3, 1))
    assert settings is not None, errors
    assert [problem.path for problem in warnings if "the support of" in problem.message] == [KUBERNETES]


def test_a_stack_without_a_gateway_is_not_warned_of_its_chart() -> None:
    _, warnings = checked({}, "2027-02-01")
    assert at(warnings, "airflow-aks:access") == []


def test_an_acknowledged_end_is_a_warning_still_and_no_refusal() -> None:
    acknowledged = {"acknowledgedRetirements": ["kubernetes 1.34"]}
    errors, warnings = checked({**kubernetes("1.34"), **acknowledged}, "2026-12-01")
    assert errors == []
    (message,) = at(warnings, KUBERNETES)
    assert message.startswith("the support of Kubernetes 1.34 on AKS ended on 2026-11-30")
    assert message.endswith(f"; acknowledged in {ACKNOWLEDGED}")


@pytest.mark.parametrize(
    ("names", "place", "words"),
    [
        (
            ["kubernets 1.35"],
            "[0]",
            "charts/retirements.yaml has no 'kubernets 1.35'; did you mean 'kubernetes 1.35'?",
        ),
        (["x"], "[0]", "charts/retirements.yaml has no 'x'; for example 'kubernetes 1.34'"),
        (["kubernetes 1.35", "kubernetes 1.33"], "[1]", "is needless, this stack does not use 'kubernetes 1.33'"),
        (["airflow 2.9"], "[0]", "is needless, this stack does not use 'airflow 2.9'"),
        (["kubernetes 1.35", "Kubernetes 1.35"], "", "is listed twice"),
        ("kubernetes 1.35", "", "must be a list"),
    ],
)
def test_an_entry_that_is_unknown_or_needless_is_refused(names: Any, place: str, words: str) -> None:
    errors, _ = checked({**kubernetes("1.35"), "acknowledgedRetirements": names}, "2026-11-26")
    assert [problem.path for problem in errors] == [f"{ACKNOWLEDGED}{place}"]
    assert words in errors[0].message


def test_a_wrong_setting_does_not_make_its_entry_needless() -> None:
    changes = {"cluster.kubernetesVersion": 1.34, "acknowledgedRetirements": ["kubernetes 1.34"]}
    errors, _ = checked(changes, "2026-11-26")
    assert [problem.path for problem in errors] == [KUBERNETES]
