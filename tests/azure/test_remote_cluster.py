"""What a remote cluster must be like, and what the program reads of it."""

from __future__ import annotations

import pytest
import yaml
from pulumi import RunError

from components.azure.remote_cluster import Entra, check_cluster, parse_cluster_id, read_endpoint
from tests.remote_cluster_cases import SUBSCRIPTION, cluster_id

PATH = "airflow-aks:remoteClusters[0].clusterId"
TENANT = "00000000-0000-0000-0000-0000000000AA"


def test_id_is_taken_apart() -> None:
    assert parse_cluster_id(PATH, cluster_id("gpu")) == {"subscription": SUBSCRIPTION, "group": "rg-gpu", "name": "gpu"}


def test_stack_without_the_output_is_named_by_its_path() -> None:
    with pytest.raises(RunError, match=r"remoteClusters\[0\]\.stack: .*its output clusterId is missing"):
        parse_cluster_id("airflow-aks:remoteClusters[0].stack", "")


def test_cluster_that_accepts_no_identity_is_refused() -> None:
    with pytest.raises(RunError, match=r"clusterId: the cluster has no sign-in with Entra.*--enable-aad"):
        check_cluster(PATH, None, TENANT, azure_rbac=False)


def test_wrong_tenant_is_refused_with_both_tenants() -> None:
    with pytest.raises(RunError, match=f"tokens of the tenant other, .* in {TENANT}"):
        check_cluster(PATH, Entra(tenant_id="other", azure_rbac=True), TENANT, azure_rbac=False)


def test_role_that_the_cluster_would_ignore_is_refused() -> None:
    with pytest.raises(RunError, match="azureRbac is true, and the cluster does not use Azure RBAC"):
        check_cluster(PATH, Entra(tenant_id=TENANT, azure_rbac=False), TENANT, azure_rbac=True)


@pytest.mark.parametrize("azure_rbac", [True, False])
def test_cluster_of_the_same_tenant_is_accepted(azure_rbac: bool) -> None:
    check_cluster(PATH, Entra(tenant_id=TENANT.lower(), azure_rbac=True), TENANT, azure_rbac=azure_rbac)


def test_nothing_but_address_and_certificate_is_read_of_an_admin_kubeconfig() -> None:
    cluster = {"server": "https://gpu.example.com:443", "certificate-authority-data": "Q0E="}
    user = {"name": "admin", "user": {"client-key-data": "a-key"}}
    text = yaml.safe_dump({"clusters": [{"name": "gpu", "cluster": cluster}], "users": [user]})
    assert read_endpoint(text) == cluster
