"""The program's certificates, issuers and chart values against the schemas of the charts themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.settings.pins import load_pins
from dryrun.manifests import build_manifest
from dryrun.plan import Plan
from tests.cases import CERTIFICATES
from tests.kubernetes.chart_schemas import object_problems, value_problems
from tests.plans import PINS_FILE, plan_of

pytestmark = pytest.mark.usefixtures("untraced")
PINS = load_pins(PINS_FILE)
CERT_MANAGER = PINS.cert_manager.chart
EXTERNAL_SECRETS = PINS.external_secrets.chart
ISSUED = [name for name in CERTIFICATES if "key-vault" not in name]


def manifests(plan: Plan, group: str) -> list[dict[str, Any]]:
    return [build_manifest(item) for item in plan.manifests if str(item.inputs["apiVersion"]).startswith(f"{group}/")]


@pytest.mark.parametrize("name", ISSUED)
def test_every_issuer_and_certificate_fits_its_kind_strictly(name: str) -> None:
    found = manifests(plan_of("prod", CERTIFICATES[name]), "cert-manager.io")
    assert {manifest["kind"] for manifest in found} == {"Certificate", "Issuer"}
    assert [problem for manifest in found for problem in object_problems(CERT_MANAGER, manifest)] == []


@pytest.mark.parametrize("name", ISSUED)
def test_the_chart_takes_the_values(name: str) -> None:
    release = plan_of("prod", CERTIFICATES[name]).one(
        "kubernetes:helm.sh/v3:Release", "certificates-cert-manager-release"
    )
    assert value_problems(CERT_MANAGER.name, CERT_MANAGER.version, json.dumps(release.inputs["values"])) == []


def test_the_copy_of_the_vaults_certificate_fits_its_kind_strictly() -> None:
    found = manifests(plan_of("prod", CERTIFICATES["certificate-key-vault"]), "external-secrets.io")
    (copy,) = [manifest for manifest in found if manifest["metadata"]["name"] == "airflow-tls"]
    assert object_problems(EXTERNAL_SECRETS, copy) == []


@pytest.mark.parametrize(
    ("kind", "path", "value", "words"),
    [
        ("Certificate", ["spec", "renewBeforePercent"], 33, "renewBeforePercent"),
        ("Certificate", ["spec", "privateKey", "rotationPolicy"], "always", "is not one of"),
        ("Issuer", ["spec", "acme", "solver"], {}, "solver"),
    ],
)
def test_a_wrong_field_is_noticed(kind: str, path: list[str], value: Any, words: str) -> None:
    found = manifests(plan_of("prod", CERTIFICATES["certificate-letsencrypt"]), "cert-manager.io")
    manifest = json.loads(json.dumps(next(one for one in found if one["kind"] == kind)))
    *parents, last = path
    place = manifest
    for parent in parents:
        place = place[parent]
    place[last] = value
    assert any(words in problem for problem in object_problems(CERT_MANAGER, manifest))


def test_an_unknown_value_is_noticed() -> None:
    assert value_problems(CERT_MANAGER.name, CERT_MANAGER.version, json.dumps({"replicas": 2}))
