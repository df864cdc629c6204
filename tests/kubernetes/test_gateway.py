"""The gateway's objects, Envoy's policies and the controller's values: each trap of theirs by its name."""

from __future__ import annotations

from typing import Any

import pytest

from components.kubernetes import envoy_policies, gateway_objects
from components.kubernetes.chart_source import chart_source
from components.kubernetes.gateway import envoy_gateway_values
from components.settings import nested
from components.settings.pins import Chart, load_pins
from tests.plans import PINS_FILE, texts

REGISTRY = "crairflowprod.azurecr.io"
IMAGE = f"{REGISTRY}/envoyproxy/gateway:v1.9.2"
PROXY = f"{REGISTRY}/envoyproxy/envoy:distroless-v1.39.1"
HOST = "airflow.example.com"


def values(image: str = IMAGE) -> dict[str, Any]:
    return envoy_gateway_values(image, PROXY, "airflow-gateway", "airflow")


def proxy(**annotations: str) -> dict[str, Any]:
    spec = envoy_policies.proxy_spec(3, PROXY, {"airflow-aks/purpose": "airflow"}, annotations)
    found: dict[str, Any] = spec["provider"]["kubernetes"]
    return found


def listeners() -> dict[str, dict[str, Any]]:
    spec = gateway_objects.gateway_spec("airflow-gateway", HOST, "airflow")
    return {listener["name"]: listener for listener in spec["listeners"]}


def airflow_rule(path: str = "/") -> dict[str, Any]:
    (rule,) = gateway_objects.airflow_route_spec("airflow-gateway", HOST, path, "airflow-api-server", 8080)["rules"]
    found: dict[str, Any] = rule
    return found


def test_the_proxy_image_is_named_or_the_registry_override_would_leave_it_on_docker_hub() -> None:
    assert nested.get(values(), "global.images.envoyProxy.image") == PROXY
    assert proxy()["envoyDeployment"]["container"]["image"] == PROXY


def test_no_image_of_the_values_is_of_another_registry() -> None:
    assert nested.get(values(), "global.imageRegistry") == REGISTRY
    assert not [text for text in texts(values()) if "docker.io" in text]


def test_a_pinned_digest_stays_with_the_tag() -> None:
    image = f"{IMAGE}@sha256:{'0' * 64}"
    assert nested.get(values(image), "deployment.envoyGateway.image") == {
        "repository": f"{REGISTRY}/envoyproxy/gateway",
        "tag": f"v1.9.2@sha256:{'0' * 64}",
    }


def test_the_controllers_chart_brings_no_crds_which_helm_would_never_upgrade() -> None:
    assert values()["crds"] == {"enabled": False}


def test_the_crds_are_of_the_standard_channel() -> None:
    from components.kubernetes.gateway import _read_values

    assert _read_values("crds-values.yaml") == {
        "crds": {"gatewayAPI": {"enabled": True, "channel": "standard"}, "envoyGateway": {"enabled": True}}
    }


def test_both_charts_have_one_version() -> None:
    gateway = load_pins(PINS_FILE).envoy_gateway
    assert gateway.crds_chart.name == "gateway-crds-helm"
    assert gateway.crds_chart.version == gateway.chart.version == gateway.images["envoyGateway"].tag


def test_the_controller_reads_the_secrets_of_two_namespaces_only() -> None:
    watch = nested.get(values(), "config.envoyGateway.provider.kubernetes.watch")
    assert watch == {"type": "Namespaces", "namespaces": ["airflow-gateway", "airflow"]}


def test_no_webhook_may_change_pods() -> None:
    assert values()["topologyInjector"] == {"enabled": False}


def test_two_controllers_have_a_disruption_budget_requests_and_limits() -> None:
    assert nested.get(values(), "deployment.replicas") == 2
    assert values()["podDisruptionBudget"] == {"minAvailable": 1}
    for place in ("deployment.envoyGateway.resources", "certgen.job.resources"):
        assert {kind: set(nested.get(values(), place)[kind]) for kind in ("requests", "limits")} == {
            "requests": {"cpu", "memory", "ephemeral-storage"},
            "limits": {"cpu", "memory", "ephemeral-storage"},
        }


def test_equal_arguments_give_equal_values() -> None:
    first = values()
    first["deployment"]["replicas"] = 9
    assert values()["deployment"]["replicas"] == 2


def test_proxies_spread_over_zones_and_nodes_with_a_disruption_budget() -> None:
    deployment = proxy()["envoyDeployment"]
    constraints = deployment["pod"]["topologySpreadConstraints"]
    assert deployment["replicas"] == 3
    assert [one["topologyKey"] for one in constraints] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
    assert all(one["labelSelector"]["matchLabels"] == envoy_policies.PROXY_LABELS for one in constraints)
    assert proxy()["envoyPDB"] == {"name": envoy_policies.PROXY, "maxUnavailable": 1}


def test_both_containers_of_a_proxy_have_requests_and_limits() -> None:
    deployment = proxy()["envoyDeployment"]
    (other,) = nested.get(deployment, "patch.value.spec.template.spec.containers")
    assert other["name"] == "shutdown-manager"
    for resources in (deployment["container"]["resources"], other["resources"]):
        assert resources["requests"]["memory"] == resources["limits"]["memory"]
        assert set(resources["requests"]) == set(resources["limits"]) == {"cpu", "memory", "ephemeral-storage"}


def test_the_whole_security_context_is_given_because_older_patches_replace_their_own_by_it() -> None:
    context = proxy()["envoyDeployment"]["container"]["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert (context["allowPrivilegeEscalation"], context["runAsNonRoot"]) == (False, True)
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_the_service_keeps_the_clients_addresses() -> None:
    assert proxy()["envoyService"]["externalTrafficPolicy"] == "Local"


def test_no_header_of_a_client_says_where_it_comes_from() -> None:
    assert "clientIPDetection" not in envoy_policies.client_traffic_spec()
    assert "enableProxyProtocol" not in envoy_policies.client_traffic_spec()


def test_tls_is_1_2_or_newer() -> None:
    assert envoy_policies.client_traffic_spec()["tls"] == {"minVersion": "1.2"}


def test_an_idle_connection_outlives_the_four_minutes_of_the_load_balancer() -> None:
    assert envoy_policies.client_traffic_spec()["tcpKeepalive"]["idleTime"] == "60s"


def test_a_log_stream_of_an_hour_and_a_slow_upload_are_not_cut_off() -> None:
    http = envoy_policies.backend_traffic_spec("airflow")["timeout"]["http"]
    assert http == {"requestTimeout": "0s", "streamIdleTimeout": "2h"}
    assert airflow_rule()["timeouts"] == {"request": "0s"}
    # Limits for the whole request or its headers would count from its first byte.
    assert "timeout" not in envoy_policies.client_traffic_spec()


def test_an_allow_list_is_for_the_route_only_or_it_would_block_lets_encrypt() -> None:
    spec = envoy_policies.allowed_cidrs_spec("airflow", ["203.0.113.0/24"])
    assert spec["targetRefs"] == [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "airflow"}]
    assert spec["authorization"]["defaultAction"] == "Deny"
    (rule,) = spec["authorization"]["rules"]
    assert (rule["action"], rule["principal"]) == ("Allow", {"clientCIDRs": ["203.0.113.0/24"]})


def test_the_http_listener_takes_challenges_of_the_certificates_namespace() -> None:
    assert listeners()["http"]["allowedRoutes"] == {"namespaces": {"from": "Same"}}
    assert listeners()["http"]["hostname"] == HOST


def test_the_https_listener_takes_airflows_routes_only() -> None:
    https = listeners()["https"]
    labels = {"kubernetes.io/metadata.name": "airflow"}
    assert https["allowedRoutes"] == {"namespaces": {"from": "Selector", "selector": {"matchLabels": labels}}}
    assert https["tls"]["certificateRefs"] == [{"group": "", "kind": "Secret", "name": "airflow-tls"}]
    assert https["tls"]["mode"] == "Terminate"


def test_the_redirect_is_attached_to_the_http_listener_or_it_would_loop() -> None:
    spec = gateway_objects.redirect_route_spec()
    assert [parent["sectionName"] for parent in spec["parentRefs"]] == ["http"]
    (rule,) = spec["rules"]
    assert rule["filters"] == [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]
    assert "backendRefs" not in rule


def test_the_redirect_leaves_challenges_alone() -> None:
    (rule,) = gateway_objects.redirect_route_spec()["rules"]
    # Gateway API: an exact path, as a challenge's route has, wins over a prefix.
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]


@pytest.mark.parametrize("path", ["/", "/data/airflow"])
def test_the_route_forwards_the_path_as_it_is(path: str) -> None:
    rule = airflow_rule(path)
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": path}}]
    assert [one["type"] for one in rule["filters"]] == ["RequestHeaderModifier"]
    assert rule["backendRefs"] == [
        {"group": "", "kind": "Service", "name": "airflow-api-server", "port": 8080, "weight": 1}
    ]


def test_a_client_cannot_choose_the_headers_that_airflow_believes() -> None:
    (header_filter,) = airflow_rule()["filters"]
    modifier = header_filter["requestHeaderModifier"]
    assert {header["name"]: header["value"] for header in modifier["set"]} == {
        "X-Forwarded-Host": HOST,
        "X-Forwarded-Port": "443",
    }
    assert modifier["remove"] == ["Forwarded", "X-Forwarded-Prefix"]


def test_the_route_is_attached_to_the_https_listener_only() -> None:
    spec = gateway_objects.airflow_route_spec("airflow-gateway", HOST, "/", "airflow-api-server", 8080)
    (parent,) = spec["parentRefs"]
    assert (parent["namespace"], parent["name"], parent["sectionName"]) == ("airflow-gateway", "airflow", "https")


def test_gateway_objects_name_no_kind_of_envoys() -> None:
    """Another gateway class can take them as they are."""
    specs = (
        gateway_objects.gateway_spec("other", HOST, "airflow"),
        gateway_objects.redirect_route_spec(),
        gateway_objects.airflow_route_spec("airflow-gateway", HOST, "/", "airflow-api-server", 8080),
    )
    assert not [text for text in texts(specs) if "envoy" in text.lower()]


def test_a_chart_of_a_registry_has_no_repository() -> None:
    chart = Chart(name="gateway-helm", repository="oci://docker.io/envoyproxy", version="v1.9.2")
    assert chart_source(chart) == {"chart": "oci://docker.io/envoyproxy/gateway-helm", "version": "v1.9.2"}


def test_a_chart_of_an_index_has_a_repository() -> None:
    chart = Chart(name="airflow", repository="https://airflow.apache.org", version="1.22.0")
    assert chart_source(chart) == {
        "chart": "airflow",
        "version": "1.22.0",
        "repository_opts": {"repo": "https://airflow.apache.org"},
    }
