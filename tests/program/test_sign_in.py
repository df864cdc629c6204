"""The sign-in with Entra in a whole plan: what it brings, what it takes away, and where its secret goes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.airflow.release_lines import family_of
from components.airflow.sign_in import CLIENT_SECRET
from dryrun.plan import Plan
from tests.airflow.test_network_policies import allowed, policies
from tests.cases import ACCESS, SELECTORS
from tests.plans import plan_of, subjects, synced, texts

KINDS = ("sign-in", "sign-in-csi", "sign-in-federated", "sign-in-2.9")
WITH_SECRET = ("sign-in", "sign-in-csi", "sign-in-2.9")
every_kind = pytest.mark.parametrize("kind", KINDS)


def plan(kind: str) -> Plan:
    return plan_of("prod", SELECTORS[kind])


def without(kind: str) -> Plan:
    """The same plan with a way in, but without the sign-in."""
    return plan_of("prod", {**SELECTORS[kind], "access": ACCESS, "signInClientSecret": None})


def values(found: Plan) -> Any:
    return found.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]


def ui(kind: str, found: Plan) -> Any:
    return values(found)[family_of("2.9" if kind == "sign-in-2.9" else "3.3").ui]


@every_kind
def test_missing_file_would_silently_mean_passwords_so_the_chart_mounts_one(kind: str) -> None:
    key = "webserverConfig" if kind == "sign-in-2.9" else "apiServerConfig"
    assert "SECURITY_MANAGER_CLASS = EntraSecurityManager" in ui(kind, plan(kind))[key]
    assert key not in ui(kind, without(kind))
    assert "config_file" not in values(plan(kind))["config"].get("fab", {})


@every_kind
def test_no_user_with_a_password_is_made(kind: str) -> None:
    jobs = {job.name for job in plan(kind).all("kubernetes:batch/v1:Job")}
    assert "airflow-database-migration" in jobs
    assert "airflow-database-first-user" not in jobs
    assert "airflow-database-first-user" in {job.name for job in without(kind).all("kubernetes:batch/v1:Job")}
    assert "airflow-admin" not in synced(plan(kind))
    assert "airflow-admin" in synced(without(kind))


@every_kind
def test_password_of_the_first_user_stays_in_the_vault_for_the_way_back(kind: str) -> None:
    names = {secret.name for secret in plan(kind).all("azure-native:keyvault:Secret")}
    assert "airflow-secrets-admin-password-secret" in names


@pytest.mark.parametrize("kind", WITH_SECRET)
def test_client_secret_reaches_the_ui_alone_and_only_by_the_vault(kind: str) -> None:
    found = plan(kind)
    secret = found.one("azure-native:keyvault:Secret", "airflow-secrets-sign-in-client-secret-secret")
    assert secret.inputs["properties"]["value"] == "[secret]"
    assert list(synced(found)["airflow-sign-in"]) == ["client-secret"]
    reference = {"name": "airflow-sign-in", "key": "client-secret"}
    entry = next(entry for entry in ui(kind, found)["env"] if entry["name"] == CLIENT_SECRET)
    assert entry["valueFrom"] == {"secretKeyRef": reference}
    elsewhere = {name: section for name, section in values(found).items() if section is not ui(kind, found)}
    assert not [text for text in texts(elsewhere) if "airflow-sign-in" in text]


def test_federated_sign_in_has_no_secret_at_all() -> None:
    found = plan("sign-in-federated")
    assert "airflow-sign-in" not in synced(found)
    assert "airflow-secrets-sign-in-client-secret-secret" not in {resource.name for resource in found.resources}
    assert CLIENT_SECRET not in {entry["name"] for entry in ui("sign-in-federated", found)["env"]}


def test_federated_sign_in_has_the_token_that_takes_the_secrets_place() -> None:
    found = plan("sign-in-federated")
    assert ui("sign-in-federated", found)["labels"] == {"azure.workload.identity/use": "true"}
    assert "airflow-api-server" in subjects(found)


@every_kind
def test_ui_may_reach_entra(kind: str) -> None:
    component = family_of("2.9" if kind == "sign-in-2.9" else "3.3").ui_component
    specs = policies("prod", SELECTORS[kind])
    ports = [
        port["port"]
        for rule in allowed(specs, component, "egress")
        if any(peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0" for peer in rule["to"])
        for port in rule.get("ports", [])
    ]
    assert 443 in ports


def test_cookies_are_secure() -> None:
    assert values(plan("sign-in"))["config"]["fab"]["cookie_secure"] == "True"
    assert values(plan("sign-in-2.9"))["config"]["webserver"]["cookie_secure"] == "True"


@every_kind
def test_sign_in_brings_only_its_own_secret_and_takes_only_the_first_user(kind: str) -> None:
    with_it = {resource.name for resource in plan(kind).resources}
    without_it = {resource.name for resource in without(kind).resources}
    assert {name for name in without_it - with_it if "admin" not in name} == {"airflow-database-first-user"}
    assert all("sign-in" in name for name in with_it - without_it), with_it - without_it
    assert bool(with_it - without_it) == (kind in WITH_SECRET)


def test_nothing_of_it_exists_without_access() -> None:
    text = json.dumps([resource.inputs for resource in plan_of("prod").resources], default=str)
    assert "SIGN_IN" not in text
    assert "airflow-sign-in" not in text
