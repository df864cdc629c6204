"""With `network.egress: restricted`, Airflow's pods reach what they need and the hosts that are listed."""

from __future__ import annotations

import pytest

from components.airflow.traffic.policy_specs import NODE_SECRETS
from dryrun.plan import Plan
from tests.cases import EVERY, SELECTORS
from tests.cilium import POLICY, HostTraffic
from tests.cluster.traffic import Endpoint
from tests.plans import at, plan_of, planned
from tests.program.restricted_traffic import AIRFLOW, INTERNET, LAUNCHED, RESTRICTED, addresses, hosts, pod

every_component = pytest.mark.parametrize("component", AIRFLOW)


def account_of(plan: Plan) -> str:
    return str(plan.one("azure-native:storage:StorageAccount").inputs["accountName"])


@every_component
@pytest.mark.parametrize("host", ["login.microsoftonline.com", "api.example.com", "www.example.org"])
def test_airflow_and_its_tasks_sign_in_and_reach_the_listed_hosts(component: str, host: str) -> None:
    assert hosts().reaches(pod(component), host, 443)
    assert not hosts().reaches(pod(component), host, 80)


@every_component
@pytest.mark.parametrize(
    "host",
    [
        "www.example.com",
        "example.org",
        "a.b.example.org",
        "someone.blob.core.windows.net",
        "management.azure.com",
        "api.example.com.attacker.example",
        "evilapi.example.com",
    ],
)
def test_no_other_host_is_resolved_or_reached(component: str, host: str) -> None:
    assert not hosts().resolves(pod(component), host)
    assert not hosts().reaches(pod(component), host, 443)


@every_component
def test_airflow_reaches_the_account_of_its_logs_and_no_other(component: str) -> None:
    plan = plan_of("prod", RESTRICTED)
    assert hosts().reaches(pod(component), f"{account_of(plan)}.blob.core.windows.net", 443)


def test_logs_on_a_volume_need_no_host_because_the_node_mounts_them() -> None:
    plan = plan_of("prod", {**RESTRICTED, "logs.delivery": "blobfuse"})
    assert not HostTraffic(plan, "airflow").resolves(pod("worker"), f"{account_of(plan)}.blob.core.windows.net")


@pytest.mark.parametrize(("backend", "reached"), [(True, True), (False, False)])
def test_the_vault_is_reached_where_airflow_reads_secrets_from_it(backend: bool, reached: bool) -> None:
    changes = SELECTORS["key-vault-backend"] if backend else {}
    plan = plan_of("prod", {**RESTRICTED, **changes})
    vault = plan.one("azure-native:keyvault:Vault").inputs["vaultName"]
    assert HostTraffic(plan, "airflow").reaches(pod("scheduler"), f"{vault}.vault.azure.net", 443) is reached


@pytest.mark.parametrize(
    ("component", "clones"),
    [("dag-processor", True), ("triggerer", True), ("worker", True), ("scheduler", False), ("api-server", False)],
)
def test_git_is_reached_by_those_that_clone(component: str, clones: bool) -> None:
    assert hosts().reaches(pod(component), "github.com", 443) is clones
    ssh = hosts(SELECTORS["dags-git-ssh"])
    assert ssh.reaches(pod(component), "git.example.com", 22) is clones
    assert not ssh.reaches(pod(component), "git.example.com", 443)


@pytest.mark.parametrize("component", [*AIRFLOW, "airflow-cleanup-pods"])
def test_airflow_calls_kubernetes(component: str) -> None:
    assert hosts().calls_kubernetes(pod(component))


@pytest.mark.parametrize("component", ["pgbouncer", "statsd", "migration", "first-user"])
def test_pods_that_call_nothing_outside_reach_no_host(component: str) -> None:
    assert not hosts().calls_kubernetes(pod(component))
    for host in ("login.microsoftonline.com", "api.example.com", "github.com"):
        assert not hosts().reaches(pod(component), host, 443)


def test_pods_that_tasks_launch_reach_the_listed_hosts_only() -> None:
    assert hosts().reaches(LAUNCHED, "api.example.com", 443)
    assert not hosts().reaches(LAUNCHED, "login.microsoftonline.com", 443)
    assert not hosts().reaches(LAUNCHED, "github.com", 443)
    assert not hosts().calls_kubernetes(LAUNCHED)


@pytest.mark.parametrize("name", [name for name in EVERY if name.startswith("egress-")])
@pytest.mark.parametrize("labels", [*map(pod, [*AIRFLOW, "pgbouncer", "migration"]), LAUNCHED])
@pytest.mark.parametrize("port", [22, 80, 443, 5432, 10000])
def test_no_network_policy_opens_an_address_of_the_internet(name: str, labels: dict[str, str], port: int) -> None:
    assert not addresses(planned(name)).allows(Endpoint("airflow", labels), INTERNET, port)


@pytest.mark.parametrize("labels", [*map(pod, AIRFLOW), LAUNCHED])
@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("egress", ["open", "restricted"])
@pytest.mark.parametrize("address", ["169.254.169.254", "168.63.129.16"])
def test_nobody_reaches_the_metadata_endpoint_in_either_case(
    labels: dict[str, str], stack: str, egress: str, address: str
) -> None:
    traffic = addresses(plan_of(stack, {"network.egress": egress}))
    for port in (80, 443, 8080, 32526):
        assert not traffic.allows(Endpoint("airflow", labels), Endpoint(address=address), port)


@pytest.mark.parametrize("labels", [*map(pod, AIRFLOW), LAUNCHED])
@pytest.mark.parametrize("secret", NODE_SECRETS)
def test_a_listed_host_whose_owner_lets_it_resolve_to_the_metadata_endpoint_does_not_open_it(
    labels: dict[str, str], secret: str
) -> None:
    address = secret.removesuffix("/32")
    assert hosts().reaches(labels, "api.example.com", 443)
    assert not hosts().reaches(labels, "api.example.com", 443, address)


@pytest.mark.parametrize(
    "name",
    [
        "airflow-pgbouncer.airflow.svc.cluster.local",
        "airflow-triggerer-0.airflow-triggerer.airflow.svc.cluster.local",
        "airflow-api-server.airflow.svc.cluster.local.airflow.svc.cluster.local",
        "api.example.com.airflow.svc.cluster.local",
        "api.example.com.svc.cluster.local",
        "api.example.com.cluster.local",
        "login.microsoftonline.com.x2kq0k.bx.internal.cloudapp.net",
        "api.example.com.reddog.microsoft.com",
    ],
)
def test_questions_of_a_search_list_are_answered_so_that_the_resolver_goes_on(name: str) -> None:
    assert hosts().resolves(pod("worker"), name)


def test_names_of_the_longest_host_are_answered_with_every_search_domain() -> None:
    traffic = hosts({"network.allowedHosts": ["a.b.c.d.e.f.example.com"]})
    assert traffic.resolves(pod("worker"), "a.b.c.d.e.f.example.com.airflow.svc.cluster.local")


def test_no_rule_for_dns_lets_every_name_pass() -> None:
    """With such a rule, or with a network policy for port 53 beside it, Cilium would let every question pass."""
    plan = plan_of("prod", RESTRICTED)
    assert {"matchPattern": "*"} not in [match for spec in hosts().specs.values() for match in at(spec, "dns")]
    traffic = addresses(plan)
    dns = Endpoint("kube-system", {"k8s-app": "kube-dns"})
    assert not traffic.allows(Endpoint("airflow", pod("worker")), dns, 53, "UDP")
    assert addresses(plan_of("prod")).allows(Endpoint("airflow", pod("worker")), dns, 53, "UDP")


def test_what_is_inside_the_cluster_and_the_network_stays_open() -> None:
    before, after = addresses(plan_of("prod")), addresses(plan_of("prod", RESTRICTED))
    inside = [
        ("worker", Endpoint("airflow", pod("api-server")), 8080),
        ("scheduler", Endpoint("airflow", pod("pgbouncer")), 6543),
        ("api-server", Endpoint("airflow", pod("worker")), 8793),
        ("pgbouncer", Endpoint(address="10.60.32.4"), 5432),
        ("migration", Endpoint(address="10.60.32.4"), 5432),
    ]
    for component, target, port in inside:
        for traffic in (before, after):
            assert traffic.allows(Endpoint("airflow", pod(component)), target, port)


def test_the_cluster_has_the_services_that_enforce_names() -> None:
    profile = plan_of("prod", RESTRICTED).one("azure-native:containerservice:ManagedCluster").inputs["networkProfile"]
    assert profile["advancedNetworking"] == {
        "enabled": True,
        "observability": {"enabled": False},
        "security": {"enabled": True, "advancedNetworkPolicies": "FQDN"},
    }


def test_enabled_is_set_at_every_level_of_advanced_networking() -> None:
    """The provider fails otherwise (pulumi/pulumi-azure-native issue 4206)."""
    profile = plan_of("prod", RESTRICTED).one("azure-native:containerservice:ManagedCluster").inputs["networkProfile"]
    advanced = profile["advancedNetworking"]
    assert all("enabled" in level for level in (advanced, advanced["observability"], advanced["security"]))


def test_the_services_are_the_operators_own_where_the_stack_does_not_need_them() -> None:
    path = "networkProfile.advancedNetworking"
    plans = {egress: plan_of("prod", {"network.egress": egress}) for egress in ("open", "restricted")}
    clusters = {egress: plan.one("azure-native:containerservice:ManagedCluster") for egress, plan in plans.items()}
    assert path in clusters["open"].ignore_changes
    assert path not in clusters["restricted"].ignore_changes
    assert f"{path}.observability" in clusters["restricted"].ignore_changes
    assert "advancedNetworking" not in clusters["open"].inputs["networkProfile"]


def test_a_plan_that_does_not_ask_has_no_policy_of_cilium() -> None:
    for name in EVERY:
        if SELECTORS.get(name, {}).get("network.egress") != "restricted" and not name.startswith("egress-"):
            assert not planned(name).all(POLICY), name


def test_no_pod_of_airflow_starts_before_its_policies_exist() -> None:
    plan = plan_of("prod", RESTRICTED)
    policies = {policy.urn for policy in plan.all(POLICY) if policy.inputs["metadata"]["namespace"] == "airflow"}
    for resource in ("airflow-release", "airflow-database-migration"):
        (found,) = [item for item in plan.resources if item.name == resource]
        assert policies <= set(found.dependencies)
