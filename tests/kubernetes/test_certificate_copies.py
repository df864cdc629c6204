"""A certificate of the Key Vault as a Secret of type kubernetes.io/tls, through both deliveries."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.kubernetes import csi_keeper
from components.kubernetes.certificate_secret import TLS_SECRET
from components.kubernetes.external_secrets import external_secrets_values
from dryrun.plan import Plan
from tests.cases import CERTIFICATES
from tests.plans import plan_of

NAME = "airflow-example-com"
RELEASE = "kubernetes:helm.sh/v3:Release"
CSI = "secrets-store.csi.k8s.io/managed"
KEYS = {TLS_SECRET: {"tls.crt": NAME, "tls.key": NAME}}


@pytest.fixture
def operator() -> Plan:
    return plan_of("prod", CERTIFICATES["certificate-key-vault"])


@pytest.fixture
def driver() -> Plan:
    return plan_of("prod", CERTIFICATES["certificate-key-vault-csi"])


def external_secret(plan: Plan) -> dict[str, Any]:
    name = f"certificates-sync-external-secrets-externalsecret-{TLS_SECRET}"
    found: dict[str, Any] = plan.one("kubernetes:external-secrets.io/v1:ExternalSecret", name).inputs["spec"]
    return found


def provider_class(plan: Plan) -> dict[str, Any]:
    name = "certificates-sync-csi-provider-class"
    found: dict[str, Any] = plan.one("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass", name).inputs[
        "spec"
    ]
    return found


def test_trap_the_certificate_is_read_as_a_secret_because_a_cert_has_no_private_key(
    operator: Plan, driver: Plan
) -> None:
    assert external_secret(operator)["data"] == [{"secretKey": "certificate", "remoteRef": {"key": NAME}}]
    (text,) = yaml.safe_load(provider_class(driver)["parameters"]["objects"])["array"]
    assert yaml.safe_load(text) == {"objectName": NAME, "objectType": "secret"}


def test_both_write_a_secret_of_the_gateways_name_and_type(operator: Plan, driver: Plan) -> None:
    target = external_secret(operator)["target"]
    assert (target["name"], target["template"]["type"]) == (TLS_SECRET, "kubernetes.io/tls")
    (secret,) = provider_class(driver)["secretObjects"]
    assert (secret["secretName"], secret["type"]) == (TLS_SECRET, "kubernetes.io/tls")
    assert {entry["key"] for entry in secret["data"]} == target["template"]["data"].keys() == {"tls.crt", "tls.key"}


def test_the_operator_takes_pem_and_archives_apart(operator: Plan) -> None:
    template = external_secret(operator)["target"]["template"]
    assert template["engineVersion"] == "v2"
    for key, block, function in (("tls.crt", "CERTIFICATE", "pkcs12cert"), ("tls.key", "PRIVATE KEY", "pkcs12key")):
        given = template["data"][key]
        assert given.startswith('{{ if contains "-----BEGIN" .certificate }}')
        assert f'.certificate | filterPEM "{block}"' in given
        assert given.endswith(f"{{{{ else }}}}{{{{ .certificate | b64dec | {function} }}}}{{{{ end }}}}")


def test_the_driver_can_take_the_operators_secret_over(operator: Plan) -> None:
    assert external_secret(operator)["target"]["template"]["metadata"] == {"labels": {CSI: "true"}}


def test_the_operator_of_airflows_secrets_cannot_read_the_gateways_key(operator: Plan) -> None:
    scopes = {
        release.inputs["name"]: release.inputs["values"]["scopedNamespace"]
        for release in operator.releases
        if release.inputs["chart"] == "external-secrets"
    }
    assert scopes == {"external-secrets": "airflow", "external-secrets-gateway": "airflow-gateway"}


def test_trap_each_operator_has_a_namespace_of_its_own_because_leases_have_one_name(operator: Plan) -> None:
    releases = [release.inputs for release in operator.releases if release.inputs["chart"] == "external-secrets"]
    assert len({release["namespace"] for release in releases}) == len({release["name"] for release in releases}) == 2


def test_kinds_belong_to_one_release_and_come_first(operator: Plan) -> None:
    first = operator.one(RELEASE, "secret-sync-external-secrets-operator")
    second = operator.one(RELEASE, "certificates-sync-external-secrets-operator")
    assert (first.inputs["values"]["installCRDs"], second.inputs["values"]["installCRDs"]) == (True, False)
    assert any("secret-sync-external-secrets-externalsecret" in urn for urn in second.dependencies)
    assert external_secrets_values("r/a:1", "airflow")["installCRDs"] is True


def test_with_csi_no_operator_is_installed(driver: Plan) -> None:
    assert [release.name for release in driver.releases] == ["airflow-release", "gateway-controller"]


def test_another_certificate_starts_new_keepers() -> None:
    def template(certificate: str) -> Any:
        return _keeper(certificate)["template"]["metadata"]

    assert template("one") != template("two")


def _keeper(certificate: str = NAME) -> dict[str, Any]:
    return csi_keeper.keeper_spec(
        {TLS_SECRET: {"tls.crt": certificate, "tls.key": certificate}},
        {TLS_SECRET: certificate},
        image="r/airflow:1",
        service_account="a",
        node_selector={},
        poll_minutes=2,
        kind="kubernetes.io/tls",
    )


def _block(kind: str, *lines: str) -> str:
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""])


LEAF, ISSUER = _block("CERTIFICATE", "bGVhZjAx", "bGVhZjAy"), _block("CERTIFICATE", "aXNzdWVy")
KEY = _block("PRIVATE KEY", "a2V5")


@pytest.mark.parametrize(
    ("vault", "copy", "ready"),
    [
        (KEY + LEAF + ISSUER, LEAF + ISSUER, True),
        (LEAF + ISSUER + KEY, LEAF + ISSUER, True),
        (KEY + LEAF.replace("bGVhZjAx\n", "bGVhZjAx").replace("\n", "\r\n"), LEAF, True),
        (KEY + LEAF + ISSUER, LEAF, False),
        (KEY + ISSUER, LEAF, False),
        (KEY + LEAF, None, False),
        ("not a certificate", "not a certificate", False),
    ],
)
def test_keeper_is_ready_when_the_secret_has_the_vaults_certificates(
    vault: str, copy: str | None, ready: bool, tmp_path: Path
) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "secrets" / TLS_SECRET).mkdir(parents=True)
    (tmp_path / "vault" / NAME).write_text(vault, encoding="utf-8", newline="")
    if copy is not None:
        (tmp_path / "secrets" / TLS_SECRET / "tls.crt").write_text(copy, encoding="utf-8")
    container = _keeper()["template"]["spec"]["containers"][0]
    shell, flag, script, *rest = container["readinessProbe"]["exec"]["command"]
    script = script.replace("/vault", f"{tmp_path}/vault").replace("/secrets", f"{tmp_path}/secrets")
    run = subprocess.run([shell, flag, script, *rest], capture_output=True, text=True, check=False)
    assert (run.returncode == 0) is ready
    assert run.stdout == ("" if ready else f"Secret {TLS_SECRET}/tls.crt is not yet what the vault holds as {NAME}\n")
