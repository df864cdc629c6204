"""The gateway's certificate: each source has what it needs and nothing else, and each known trap is kept out."""

from __future__ import annotations

from typing import Any

import pytest

from components.kubernetes import certificate_objects
from dryrun.plan import Plan, Resource
from tests.cases import CERTIFICATES, DNS_ZONE
from tests.kubernetes.certificate_plans import CERTIFICATE, COPIED, ISSUED, ISSUER, each, each_issued, planned, spec_of
from tests.plans import children, plan_of

ROLE = "azure-native:authorization:RoleAssignment"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
OVER_HTTP = [name for name in ISSUED if "letsencrypt" in name]


def certificate(plan: Plan) -> Resource:
    return plan.one(CERTIFICATE, "certificates-certificate-gateway")


def solver(name: str) -> dict[str, Any]:
    (found,) = spec_of(planned(name), ISSUER)["acme"]["solvers"]
    return dict(found)


def test_nothing_of_it_exists_without_access() -> None:
    plan = plan_of("prod")
    assert not [item.name for item in plan.resources if "certificate" in item.name or "cert-manager" in item.name]


KINDS = {
    "certificate-letsencrypt": {"Issuer": 1, "Certificate": 1, "Release": 1},
    "certificate-letsencrypt-host": {"Issuer": 1, "Certificate": 1, "Release": 1},
    "certificate-letsencrypt-staging": {"Issuer": 1, "Certificate": 1, "Release": 1},
    "certificate-dns": {"Issuer": 1, "Certificate": 1, "Release": 1},
    "certificate-self-signed": {"Issuer": 2, "Certificate": 2, "Release": 1},
    "certificate-key-vault": {"SecretStore": 1, "ExternalSecret": 1, "Release": 1, "ServiceAccount": 1},
    "certificate-key-vault-csi": {"SecretProviderClass": 1, "Deployment": 1, "ServiceAccount": 1},
}


@each
def test_each_source_has_what_it_needs_and_nothing_else(name: str) -> None:
    found = [item.type.rpartition(":")[2] for item in children(planned(name), "certificates") if item.custom]
    counted = {kind: found.count(kind) for kind in {*found, "Release"}}
    others = {"Namespace", "NetworkPolicy", "Role", "RoleBinding", "PodDisruptionBudget"}
    assert {kind: number for kind, number in counted.items() if number and kind not in others} == KINDS[name]


@pytest.mark.parametrize("name", [*COPIED])
def test_a_certificate_of_the_vault_needs_no_cert_manager(name: str) -> None:
    plan = planned(name)
    assert not [image for image in plan.outputs["importedImages"] if "cert-manager" in image]
    assert not [item.name for item in plan.resources if "cert-manager" in item.name]


@each
def test_only_a_zone_and_the_vault_need_an_identity(name: str) -> None:
    made = planned(name).all("azure-native:managedidentity:UserAssignedIdentity")
    needed = "dns" in name or "key-vault" in name
    assert ("certificate-identity-identity" in {identity.name for identity in made}) is needed


def test_the_identity_for_dns_has_a_role_on_the_zone_alone_and_trusts_cert_manager_alone() -> None:
    plan = planned("certificate-dns")
    granted = [item for item in plan.all(ROLE) if item.name.startswith("certificate-identity-")]
    assert [item.inputs["scope"] for item in granted] == [DNS_ZONE]
    assert granted[0].inputs["roleDefinitionId"].endswith("/befefa01-2a29-4197-83a8-272ff33ce314")
    trusted = [item.inputs["subject"] for item in plan.all(CREDENTIAL) if item.name.startswith("certificate-identity-")]
    assert trusted == ["system:serviceaccount:cert-manager:cert-manager"]


@pytest.mark.parametrize(
    ("name", "account"), list(zip(COPIED, ["airflow-secret-sync", "airflow-secret-keeper"], strict=True))
)
def test_the_identity_for_the_vault_reads_the_certificates_secret_and_no_other(name: str, account: str) -> None:
    plan = planned(name)
    (granted,) = [item for item in plan.all(ROLE) if item.name.startswith("certificate-identity-")]
    assert granted.inputs["scope"].endswith(f"/vaults/{plan.outputs['keyVaultName']}/secrets/airflow-example-com")
    assert granted.inputs["roleDefinitionId"].endswith("/4633458b-17de-408a-b874-0445c86b69e6")
    trusted = [item.inputs["subject"] for item in plan.all(CREDENTIAL) if item.name.startswith("certificate-identity-")]
    assert trusted == [f"system:serviceaccount:airflow-gateway:{account}"]


@each_issued
def test_the_secret_and_the_host_are_those_of_the_gateway(name: str) -> None:
    plan = planned(name)
    made = certificate(plan).inputs
    assert (made["metadata"]["namespace"], made["spec"]["secretName"]) == ("airflow-gateway", "airflow-tls")
    location = plan.one("azure-native:resources:ResourceGroup").inputs["location"]
    host = f"my-airflow.{location}.cloudapp.azure.com" if "dnsLabel" in CERTIFICATES[name]["access"] else None
    assert made["spec"]["dnsNames"] == [host or "airflow.example.com"]


def test_trap_a_common_name_has_64_characters_at_most() -> None:
    host = f"{'a' * 60}.{'b' * 60}.example.com"
    assert "commonName" not in certificate_objects.certificate_spec(host, "letsencrypt", {})
    assert len(certificate_objects.authority_spec(host, "self-signed")["commonName"]) <= 64


def test_trap_renewal_is_no_absolute_time_because_lifetimes_become_shorter() -> None:
    for spec in (certificate_objects.certificate_spec("h", "i", {}), certificate_objects.authority_spec("h", "i")):
        assert spec["renewBeforePercentage"] == 33
        assert not {"renewBefore", "renewal"} & spec.keys()


def test_private_keys_are_new_at_each_renewal_except_the_authoritys() -> None:
    assert certificate_objects.certificate_spec("h", "i", {})["privateKey"]["rotationPolicy"] == "Always"
    assert certificate_objects.authority_spec("h", "i")["privateKey"]["rotationPolicy"] == "Never"


@pytest.mark.parametrize("name", OVER_HTTP)
def test_trap_challenges_go_through_the_http_listener_beside_the_redirect(name: str) -> None:
    (parent,) = solver(name)["http01"]["gatewayHTTPRoute"]["parentRefs"]
    assert parent == {"kind": "Gateway", "name": "airflow", "namespace": "airflow-gateway", "sectionName": "http"}


@pytest.mark.parametrize("name", OVER_HTTP)
def test_trap_the_solvers_service_opens_no_port_of_the_nodes(name: str) -> None:
    assert solver(name)["http01"]["gatewayHTTPRoute"]["serviceType"] == "ClusterIP"


def test_trap_a_cluster_that_does_not_reach_its_own_public_address_does_not_ask_itself() -> None:
    assert solver("certificate-letsencrypt")["waitInsteadOfSelfCheck"] == "60s"


def test_a_host_whose_record_its_owner_makes_later_is_asked_for_first() -> None:
    plan = planned("certificate-letsencrypt-host")
    assert "waitInsteadOfSelfCheck" not in solver("certificate-letsencrypt-host")
    assert "pulumi.com/waitFor" not in certificate(plan).inputs["metadata"]["annotations"], (
        "the update must not wait for a person"
    )


@pytest.mark.parametrize("name", ["certificate-letsencrypt", "certificate-dns", "certificate-self-signed"])
def test_an_update_waits_for_the_certificate_where_no_person_is_needed(name: str) -> None:
    assert certificate(planned(name)).inputs["metadata"]["annotations"]["pulumi.com/waitFor"] == "condition=Ready"


def test_solver_pods_have_limits_and_run_on_airflows_nodes() -> None:
    pod = solver("certificate-letsencrypt")["http01"]["gatewayHTTPRoute"]["podTemplate"]["spec"]
    assert pod["nodeSelector"] == {"airflow-aks/purpose": "airflow"}
    assert pod["resources"]["requests"].keys() == pod["resources"]["limits"].keys()
    assert {"cpu", "memory", "ephemeral-storage"} == set(pod["resources"]["limits"])


def test_trap_staging_has_an_account_key_of_its_own() -> None:
    true = spec_of(planned("certificate-letsencrypt"), ISSUER)["acme"]
    staging = spec_of(planned("certificate-letsencrypt-staging"), ISSUER)["acme"]
    assert staging["server"] == "https://acme-staging-v02.api.letsencrypt.org/directory"
    assert true["server"] == "https://acme-v02.api.letsencrypt.org/directory"
    assert true["privateKeySecretRef"] != staging["privateKeySecretRef"]
    assert (true["email"], "email" in staging) == ("ops@example.com", False)


def test_an_internal_host_is_checked_in_its_zone_by_a_workload_identity() -> None:
    plan = planned("certificate-dns")
    identity = plan.one("azure-native:managedidentity:UserAssignedIdentity", "certificate-identity-identity")
    assert solver("certificate-dns")["dns01"]["azureDNS"] == {
        "environment": "AzurePublicCloud",
        "subscriptionID": "00000000-0000-0000-0000-00000000000d",
        "resourceGroupName": "rg-dns",
        "hostedZoneName": "example.com",
        "managedIdentity": {"clientID": identity.outputs["clientId"]},
    }


@each
def test_trap_the_namespace_of_the_secret_stays_when_access_is_removed(name: str) -> None:
    namespaces = planned(name).all("kubernetes:core/v1:Namespace")
    (gateway,) = [item for item in namespaces if item.inputs["metadata"]["name"] == "airflow-gateway"]
    assert gateway.retain_on_delete


def test_clients_can_trust_the_clusters_authority_once() -> None:
    plan = planned("certificate-self-signed")
    authority = spec_of(plan, CERTIFICATE, "certificates-certificate-authority")
    assert authority["isCA"] is True
    assert spec_of(plan, ISSUER, "certificates-issuer-authority") == {"ca": {"secretName": authority["secretName"]}}
    assert certificate(plan).inputs["spec"]["issuerRef"]["name"] == "authority"


@pytest.mark.parametrize("name", OVER_HTTP)
def test_the_gateways_proxies_reach_the_solver(name: str) -> None:
    spec = spec_of(planned(name), "kubernetes:networking.k8s.io/v1:NetworkPolicy", "certificates-acme-solver")
    assert spec["podSelector"] == {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}}
    assert spec["ingress"] == [{"from": [{"podSelector": {}}], "ports": [{"protocol": "TCP", "port": 8089}]}]


def test_no_solver_is_admitted_where_none_runs() -> None:
    for name in ("certificate-dns", "certificate-self-signed", *COPIED):
        assert not [item for item in planned(name).resources if item.name == "certificates-acme-solver"]
