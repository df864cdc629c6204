"""The installation of cert-manager: its chart's values, its images and its policies, without the known traps."""

from __future__ import annotations

from typing import Any

from components.airflow.certificate_access import cert_manager_policies
from components.kubernetes.cert_manager import cert_manager_values
from components.settings.access_sections import AccessSettings, TlsSettings
from components.settings.pins import load_pins
from tests.cases import DNS_ZONE
from tests.kubernetes.certificate_plans import ISSUER, RELEASE, each_issued, planned, spec_of
from tests.plans import PINS_FILE

IMAGES = {key: f"r.example.com/{image.target}" for key, image in load_pins(PINS_FILE).cert_manager.images.items()}


def values(dns: str | None = None) -> dict[str, Any]:
    return cert_manager_values(IMAGES, dns)


def test_trap_an_issuer_of_one_namespace_may_use_the_controllers_identity_only_when_told() -> None:
    assert values("client")["config"]["issuerAmbientCredentials"] is True
    assert values("client")["podLabels"] == {"azure.workload.identity/use": "true"}
    assert values("client")["serviceAccount"]["annotations"] == {"azure.workload.identity/client-id": "client"}
    assert "issuerAmbientCredentials" not in values()["config"]
    assert not {"podLabels", "serviceAccount"} & values().keys()


def test_trap_no_certificate_owns_its_secret_because_lets_encrypt_counts_duplicates() -> None:
    assert values()["enableCertificateOwnerRef"] is False
    plan = planned("certificate-key-vault")
    name = "certificates-sync-external-secrets-externalsecret-airflow-tls"
    target = spec_of(plan, "kubernetes:external-secrets.io/v1:ExternalSecret", name)["target"]
    assert (target["creationPolicy"], target["deletionPolicy"]) == ("Orphan", "Retain")


def test_trap_crds_are_kept_on_removal_by_helm_itself() -> None:
    assert values()["crds"] == {"enabled": True, "keep": True}
    assert planned("certificate-dns").one(RELEASE, "certificates-cert-manager-release")


def test_trap_the_gateway_api_is_on_by_its_key_that_is_not_deprecated() -> None:
    assert values()["config"]["gatewayAPI"] == {"enabled": True}
    assert "enableGatewayAPI" not in values()["config"]


@each_issued
def test_trap_the_controller_starts_after_the_gateway_api_is_there(name: str) -> None:
    plan = planned(name)
    (gateway,) = [item for item in plan.all("kubernetes:core/v1:Namespace") if item.name == "gateway-namespace"]
    assert gateway.urn in plan.one(RELEASE, "certificates-cert-manager-release").dependencies


def test_trap_leases_are_not_in_kube_system() -> None:
    assert values()["global"]["leaderElection"]["namespace"] == "cert-manager"


def test_trap_images_have_no_second_registry_in_front() -> None:
    placed = values()
    for section in (placed, *(placed[key] for key in ("webhook", "cainjector", "acmesolver", "startupapicheck"))):
        assert section["image"].keys() == {"repository", "tag"}
        assert section["image"]["repository"].startswith("r.example.com/jetstack/cert-manager-")
    assert "imageRegistry" not in placed


def test_every_image_of_the_chart_is_imported() -> None:
    imported = [image for image in planned("certificate-letsencrypt").outputs["importedImages"] if "jetstack" in image]
    parts = ("acmesolver", "cainjector", "controller", "startupapicheck", "webhook")
    assert sorted(imported) == [f"jetstack/cert-manager-{part}:v1.21.2" for part in parts]


@each_issued
def test_issuers_wait_for_a_webhook_that_answers(name: str) -> None:
    plan = planned(name)
    release = plan.one(RELEASE, "certificates-cert-manager-release")
    assert release.inputs["skipAwait"] is False
    # The chart's own check, which is on unless it is turned off.
    assert release.inputs["values"]["startupapicheck"].get("enabled", True)
    for issuer in plan.all(ISSUER):
        assert issuer.inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"
    first = [issuer for issuer in plan.all(ISSUER) if "authority" not in issuer.name]
    assert all(release.urn in issuer.dependencies for issuer in first)


def test_every_container_has_requests_and_limits() -> None:
    placed = values()
    for section in (placed, placed["webhook"], placed["cainjector"], placed["startupapicheck"]):
        for part in ("requests", "limits"):
            assert section["resources"][part].keys() == {"cpu", "memory", "ephemeral-storage"}


def test_a_drained_node_leaves_each_part_running() -> None:
    placed = values()
    for section in (placed, placed["webhook"], placed["cainjector"]):
        assert section["podDisruptionBudget"]["enabled"]
        assert section["replicaCount"] > section["podDisruptionBudget"]["minAvailable"]


def policies(**access: Any) -> dict[str, dict[str, Any]]:
    return cert_manager_policies(AccessSettings(host="airflow.example.com", **access), restricted=False)


def test_cert_managers_namespace_denies_what_no_policy_allows() -> None:
    found = policies()
    assert found["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {rule["ports"][0]["port"] for rule in found["to-https"]["egress"]} == {443}
    assert found["webhook"]["ingress"] == [{"ports": [{"protocol": "TCP", "port": 10250}]}]


def test_only_the_controller_asks_the_gateway_and_only_for_a_host_that_is_not_azures() -> None:
    selector = policies()["to-gateway"]["podSelector"]
    assert selector == {"matchLabels": {"app.kubernetes.io/component": "controller"}}
    assert "to-gateway" not in policies(tls=TlsSettings(issuer="selfSigned"))
    assert "to-gateway" not in policies(dns_zone_id=DNS_ZONE)
    assert "to-gateway" not in cert_manager_policies(AccessSettings(dns_label="my-airflow"), restricted=False)


def test_dns_records_are_looked_up_where_the_network_policies_allow_it() -> None:
    assert values()["dns01RecursiveNameserversOnly"] is True
