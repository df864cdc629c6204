"""The way in, in whole plans: each kind has what it needs and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan
from tests.case_values import HOST
from tests.cases import CASES
from tests.plans import children, plan_of, planned
from tests.program.test_waiting import ancestors

ACCESS = ("access-label", "access-host", "access-internal", "access-path", "access-2.9")
ENVOY = "kubernetes:gateway.envoyproxy.io/v1alpha1"
API = "kubernetes:gateway.networking.k8s.io/v1"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
# What every gateway consists of, by logical name without `gateway-`.
PARTS = {
    "backendtrafficpolicy-airflow",
    "certgen-to-https",
    "clienttrafficpolicy-airflow",
    "controller",
    "controller-to-https",
    "crds",
    "default-deny",
    "dns",
    "envoyproxy-airflow",
    "gateway-airflow",
    "gatewayclass-airflow-gateway",
    "httproute-airflow",
    "httproute-https-redirect",
    "namespace",
    "proxies",
    "proxies-to-airflow",
}
each = pytest.mark.parametrize("case", ACCESS)


def airflow_values(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    return found


def policies(plan: Plan) -> dict[str, dict[str, Any]]:
    return {resource.name: resource.inputs["spec"] for resource in plan.all(POLICY)}


@pytest.mark.parametrize("case", [case for case, (_, changes) in CASES.items() if "access" not in changes])
def test_nothing_of_it_exists_without_access(case: str) -> None:
    plan = plan_of(*CASES[case])
    assert [resource.name for resource in plan.resources if resource.name.startswith("gateway")] == []
    assert not [resource.type for resource in plan.resources if "gateway.networking" in resource.type]
    assert not [name for name in policies(plan) if "gateway-to-" in name]
    assert (plan.outputs["airflowUrl"], plan.outputs["gatewayAddress"]) == (None, None)
    values = airflow_values(plan)
    assert "args" not in values.get("apiServer", {})
    assert "base_url" not in values["config"].get("api", {})


@each
def test_each_gateway_has_its_parts_and_nothing_else(case: str) -> None:
    found = {resource.name.removeprefix("gateway-") for resource in children(planned(case), "gateway")}
    assert found == PARTS | ({"securitypolicy-airflow"} if case == "access-host" else set())


@pytest.mark.parametrize(
    ("case", "parts"),
    [
        ("access-label", {"ip", "public-web", "resource-group"}),
        ("access-host", {"ip", "public-web", "resource-group"}),
        ("access-internal", {"subnet", "dns-subscription", "record"}),
        ("access-path", {"ip", "public-web", "resource-group"}),
        ("access-2.9", {"ip", "public-web", "resource-group", "dns-subscription", "record"}),
    ],
)
def test_each_address_has_its_parts_and_nothing_else(case: str, parts: set[str]) -> None:
    found = {resource.name.removeprefix("gateway-address-") for resource in children(planned(case), "gateway-address")}
    assert found == parts


@pytest.mark.parametrize(
    ("case", "url", "host"),
    [
        (
            "access-label",
            "https://my-airflow.canadacentral.cloudapp.azure.com",
            "my-airflow.canadacentral.cloudapp.azure.com",
        ),
        ("access-host", f"https://{HOST}", HOST),
        ("access-path", f"https://{HOST}/data/airflow", HOST),
    ],
)
def test_airflow_is_told_the_address_that_the_gateway_serves(case: str, url: str, host: str) -> None:
    plan = planned(case)
    config = airflow_values(plan)["config"]
    assert plan.outputs["airflowUrl"] == url
    assert config["api"]["base_url"] == url
    assert (config["fab"]["enable_proxy_fix"], config["fab"]["cookie_secure"]) == ("True", "True")
    gateway = plan.one(f"{API}:Gateway").inputs["spec"]
    assert {listener["hostname"] for listener in gateway["listeners"]} == {host}
    assert plan.one(f"{API}:HTTPRoute", "gateway-httproute-airflow").inputs["spec"]["hostnames"] == [host]


@pytest.mark.parametrize("case", [case for case in ACCESS if case != "access-2.9"])
def test_the_api_server_believes_the_headers_of_pods_only(case: str) -> None:
    (*_, command) = airflow_values(planned(case))["apiServer"]["args"]
    # Each without the other has no effect.
    assert command == "export FORWARDED_ALLOW_IPS=10.244.0.0/16\nexec airflow api-server --proxy-headers"


def test_the_older_line_has_options_of_its_own() -> None:
    values = airflow_values(planned("access-2.9"))
    assert values["config"]["webserver"]["base_url"] == f"https://{HOST}"
    assert values["config"]["webserver"]["enable_proxy_fix"] == "True"
    assert values["config"]["webserver"]["cookie_secure"] == "True"
    assert not {"api", "fab"} & set(values["config"])
    assert "--proxy-headers" not in str(values)


def test_a_path_prefix_reaches_probes_and_tasks_because_the_chart_reads_the_option() -> None:
    plan = planned("access-path")
    assert not [item for item in airflow_values(plan)["env"] if "BASE_URL" in item["name"]]
    (rule,) = plan.one(f"{API}:HTTPRoute", "gateway-httproute-airflow").inputs["spec"]["rules"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/data/airflow"}}]


def test_cookies_may_be_changed_by_the_stack_file() -> None:
    changes = {"access": {"host": HOST}, "airflow.config": {"fab": {"cookie_samesite": "Strict"}}}
    fab = airflow_values(plan_of("prod", changes))["config"]["fab"]
    assert fab == {"cookie_samesite": "Strict", "cookie_secure": "True", "enable_proxy_fix": "True"}


@pytest.mark.parametrize(
    ("case", "service"), [("access-host", "airflow-api-server"), ("access-2.9", "airflow-webserver")]
)
def test_the_route_leads_to_the_ui_of_the_line(case: str, service: str) -> None:
    (rule,) = planned(case).one(f"{API}:HTTPRoute", "gateway-httproute-airflow").inputs["spec"]["rules"]
    assert [backend["name"] for backend in rule["backendRefs"]] == [service]


@each
def test_the_gateway_reaches_the_ui_and_nothing_else_of_airflow(case: str) -> None:
    plan = planned(case)
    ui = "webserver" if case == "access-2.9" else "api-server"
    changed = plan_of("prod", {key: value for key, value in CASES[case][1].items() if key != "access"})
    new = set(policies(plan)) - set(policies(changed))
    assert {name for name in new if name.startswith("airflow-namespace-")} == {f"airflow-namespace-gateway-to-{ui}"}
    policy = policies(plan)[f"airflow-namespace-gateway-to-{ui}"]
    (rule,) = policy["ingress"]
    (peer,) = rule["from"]
    assert policy["podSelector"] == {"matchExpressions": [{"key": "component", "operator": "In", "values": [ui]}]}
    assert peer["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "airflow-gateway"}}
    assert peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "proxy"
    assert rule["ports"] == [{"protocol": "TCP", "port": 8080}]
    assert policy["policyTypes"] == ["Ingress"]


@each
def test_the_gateways_namespace_denies_what_no_policy_allows(case: str) -> None:
    plan = planned(case)
    namespace = plan.one("kubernetes:core/v1:Namespace", "gateway-namespace").inputs["metadata"]
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert policies(plan)["gateway-default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize(
    ("case", "reached"), [("access-label", [18000, 8080, 8089]), ("access-internal", [18000, 8080])]
)
def test_proxies_reach_their_controller_airflow_and_challenges_only(case: str, reached: list[int]) -> None:
    policy = policies(planned(case))["gateway-proxies-to-airflow"]
    assert [rule["ports"][0]["port"] for rule in policy["egress"]] == reached
    assert all(rule["to"] for rule in policy["egress"])


def test_proxies_listen_on_ports_that_need_no_privilege() -> None:
    (rule,) = policies(planned("access-host"))["gateway-proxies"]["ingress"]
    assert [port["port"] for port in rule["ports"]] == [10080, 10443]


def test_an_allow_list_is_attached_before_the_route_is() -> None:
    plan = planned("access-host")
    policy = plan.one(f"{ENVOY}:SecurityPolicy")
    (rule,) = policy.inputs["spec"]["authorization"]["rules"]
    assert rule["principal"]["clientCIDRs"] == ["203.0.113.0/24", "198.51.100.7/32"]
    assert policy.urn in plan.one(f"{API}:HTTPRoute", "gateway-httproute-airflow").dependencies
    # Policies act in the namespace of what they are attached to.
    assert policy.inputs["metadata"]["namespace"] == "airflow"


@each
def test_namespace_and_crds_stay_when_the_way_in_is_removed(case: str) -> None:
    kept = {resource.name for resource in children(planned(case), "gateway") if resource.retain_on_delete}
    assert kept == {"gateway-namespace", "gateway-crds"}


@each
def test_crds_come_before_the_controller_and_the_controller_before_its_objects(case: str) -> None:
    plan = planned(case)
    controller = plan.one("kubernetes:helm.sh/v3:Release", "gateway-controller")
    assert plan.one("kubernetes:helm.sh/v4:Chart").urn in controller.dependencies
    for resource in children(plan, "gateway"):
        if resource.type.startswith((API, ENVOY)):
            assert {"gateway-controller", "gateway-crds"} <= ancestors(plan, resource.urn), resource.name


@each
def test_the_update_waits_until_the_gateway_has_its_address(case: str) -> None:
    plan = planned(case)
    waits = {
        resource.inputs["kind"]: resource.inputs["metadata"].get("annotations", {}).get("pulumi.com/waitFor")
        for resource in children(plan, "gateway")
        if resource.type.startswith(API) and resource.inputs["kind"] != "HTTPRoute"
    }
    assert waits == {"Gateway": "condition=Programmed", "GatewayClass": "condition=Accepted"}


@each
def test_as_many_proxies_run_as_the_stack_file_says(case: str) -> None:
    spec = planned(case).one(f"{ENVOY}:EnvoyProxy").inputs["spec"]["provider"]["kubernetes"]
    assert spec["envoyDeployment"]["replicas"] == (3 if case == "access-internal" else 2)
    assert spec["envoyDeployment"]["pod"]["nodeSelector"] == {"airflow-aks/purpose": "airflow"}
