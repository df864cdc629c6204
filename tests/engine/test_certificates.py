"""The gateway's certificate on a living stack: through each source, from one to another, and off."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.cases import CERTIFICATES
from tests.engine import checks

from .workspace import Workspace

# Beginnings of the names of what may be touched.
OURS = ("certificate", "gateway-namespace", "images-cert-manager")
CERTIFICATE = "certificates-certificate-gateway"
EXTERNAL = "certificates-sync-external-secrets-"


@pytest.fixture
def stack(living_dev: Workspace) -> Workspace:
    living_dev.store("airflow-example-com", "a-certificate-for-tests")
    return living_dev


def switch(stack: Workspace, name: str | None) -> list[str]:
    """Bring the stack to a source of the certificate, or to no access at all; what was touched."""
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))
    content["config"].pop("airflow-aks:access", None)
    if name is not None:
        content["config"]["airflow-aks:access"] = CERTIFICATES[name]["access"]
    stack.stack_file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return checks.applied(stack)


def names_in(stack: Workspace, type_: str) -> set[str]:
    found = (item.inputs for item in stack.cloud.objects.values() if item.type == type_)
    return {inputs["metadata"]["name"] for inputs in found}


def test_each_source_goes_on_and_off_and_leaves_only_the_namespace_of_the_secret(stack: Workspace) -> None:
    before = set(stack.in_cloud())
    for name in CERTIFICATES:
        if "csi" in name:
            continue
        there = switch(stack, name)
        assert there
        assert stack.up().changes.keys() == {"unchanged"}
        back = switch(stack, None)
        for touched in (there, back):
            assert [one for one in touched if not one.startswith(OURS)] == [], name
        assert set(stack.in_cloud()) - before == {("kubernetes:core/v1:Namespace", "gateway-namespace")}, name


def test_each_source_follows_another_and_airflow_is_not_touched(stack: Workspace) -> None:
    names = [name for name in CERTIFICATES if "csi" not in name]
    switch(stack, names[-1])
    for name in names:
        touched = switch(stack, name)
        assert [one for one in touched if not one.startswith(OURS)] == [], name


def test_staging_and_the_true_authority_have_accounts_of_their_own(stack: Workspace) -> None:
    issuer = "kubernetes:cert-manager.io/v1:Issuer"
    switch(stack, "certificate-letsencrypt-staging")
    assert names_in(stack, issuer) == {"letsencrypt-staging"}
    switch(stack, "certificate-letsencrypt")
    assert names_in(stack, issuer) == {"letsencrypt"}
    assert ("update", CERTIFICATE) in stack.cloud.operations
    assert ("delete", CERTIFICATE) not in stack.cloud.operations


def test_the_certificate_outlives_the_change_of_its_delivery(stack: Workspace) -> None:
    """The new one has the Secret before the old one goes."""
    switch(stack, "certificate-key-vault")
    for delivery, first, last in (
        ("csi", "certificates-sync-csi-keeper", f"{EXTERNAL}operator"),
        ("externalSecrets", f"{EXTERNAL}externalsecret-airflow-tls", "certificates-sync-csi-keeper"),
    ):
        stack.change("secrets", delivery=delivery)
        checks.applied(stack)
        order = stack.cloud.operations
        assert order.index(("create", first)) < order.index(("delete", last))


def test_a_certificate_that_the_vault_does_not_have_stops_the_update(living_dev: Workspace) -> None:
    living_dev.change("access", **CERTIFICATES["certificate-key-vault"]["access"])
    result = living_dev.up(check=False)
    assert result.code != 0
    assert "Secret does not exist: airflow-example-com" in result.output
    living_dev.store("airflow-example-com", "a-certificate-for-tests")
    assert "certificates-sync-external-secrets-externalsecret-airflow-tls" in checks.applied(living_dev)


@pytest.mark.parametrize("name", ["certificate-letsencrypt", "certificate-dns", "certificate-self-signed"])
def test_what_an_issuer_needs_is_there_before_it(stack: Workspace, name: str) -> None:
    switch(stack, name)
    made = [one for operation, one in stack.cloud.operations if operation == "create"]
    release = made.index("certificates-cert-manager-release")
    issuers: list[Any] = [made.index(one) for one in made if one.startswith("certificates-issuer-")]
    assert all(release < issuer < made.index(CERTIFICATE) for issuer in issuers)
    policies = [made.index(one) for one in made if one.startswith("certificates-cert-manager-default-deny")]
    assert max(policies) < release
