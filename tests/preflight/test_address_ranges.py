"""The address ranges against those of peered networks, and of the peers of these."""

from __future__ import annotations

import pytest

from components.preflight.findings import Status

from .azure_answers import SCOPE, Json
from .fake_azure import FORBIDDEN, MISSING, FakeAzure
from .situations import only_problem, problems, result_of, situation

NETWORKS = "providers/Microsoft.Network/virtualNetworks"
HUB = f"{SCOPE}/resourceGroups/hub/{NETWORKS}/hub"
OTHER = f"/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/data/{NETWORKS}/data"
# The space of the stack file dev is 10.40.0.0/20.
OWN = f"{SCOPE}/resourceGroups/rg-airflow-dev/{NETWORKS}/vnet-airflow-dev"


def network(*prefixes: str, peers: dict[str, list[str]] | None = None) -> Json:
    return {
        "location": "canadacentral",
        "properties": {
            "addressSpace": {"addressPrefixes": list(prefixes)},
            "virtualNetworkPeerings": [
                {
                    "name": "peering",
                    "properties": {
                        "peeringState": "Connected",
                        "remoteVirtualNetwork": {"id": remote},
                        "remoteAddressSpace": {"addressPrefixes": ranges},
                    },
                }
                for remote, ranges in (peers or {}).items()
            ],
        },
    }


def test_network_without_peers_asks_nothing(azure: FakeAzure) -> None:
    assert result_of("address ranges", situation(azure)).status is Status.OK
    assert azure.asked("network") == []


def test_peers_that_do_not_overlap_pass(azure: FakeAzure) -> None:
    azure.by_path[HUB] = network("10.50.0.0/16", "fd00:db8::/48")
    azure.by_path[OTHER] = network("192.168.0.0/16")
    result = result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB, OTHER]}))
    assert result.status is Status.OK, problems(result)
    # The other network is in another subscription.
    assert OTHER in str(azure.asked("network")[1].url)


@pytest.mark.parametrize("prefix", ["10.40.0.0/16", "10.40.8.0/24", "10.0.0.0/8"])
def test_peer_that_overlaps_is_refused(azure: FakeAzure, prefix: str) -> None:
    azure.by_path[HUB] = network("172.16.0.0/16", prefix)
    result = result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB]}))
    first, *_ = problems(result)
    assert result.status is Status.FAILURE
    assert first.startswith("failure airflow-aks:network.addressSpace: 10.40.0.0/20 of the stack's own network")
    assert f"overlaps {prefix} of hub" in first


def test_network_that_the_peer_has_already_must_not_overlap(azure: FakeAzure) -> None:
    azure.by_path[HUB] = network("10.50.0.0/16", peers={OTHER: ["10.40.0.0/24"]})
    text = only_problem(
        result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB]})), Status.FAILURE
    )
    assert "10.40.0.0/20 overlaps 10.40.0.0/24 of data, which hub is peered with already" in text


def test_own_network_among_the_peers_of_a_peer_is_no_problem(azure: FakeAzure) -> None:
    azure.by_path[HUB] = network("10.50.0.0/16", peers={OWN.upper(): ["10.40.0.0/20"]})
    result = result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB]}))
    assert result.status is Status.OK, problems(result)


def test_two_peers_that_overlap_each_other_are_refused(azure: FakeAzure) -> None:
    azure.by_path[HUB] = network("10.50.0.0/16")
    azure.by_path[OTHER] = network("10.50.128.0/17")
    text = only_problem(
        result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB, OTHER]})), Status.FAILURE
    )
    assert "airflow-aks:network.peerWith[1]: 10.50.0.0/16 of hub overlaps 10.50.128.0/17 of data" in text


@pytest.mark.parametrize(("prefix", "what"), [("10.244.8.0/24", "pods"), ("10.0.4.0/24", "services")])
def test_peer_inside_the_clusters_own_ranges_is_a_warning(azure: FakeAzure, prefix: str, what: str) -> None:
    azure.by_path[HUB] = network(prefix)
    text = only_problem(
        result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB]})), Status.WARNING
    )
    assert f"the cluster's own range of {what}: pods do not reach it" in text


def test_peer_that_does_not_exist_is_refused_and_the_others_are_checked(azure: FakeAzure) -> None:
    azure.once["network"] = [MISSING]
    azure.by_path[OTHER] = network("10.40.0.0/24")
    result = result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB, OTHER]}))
    missing, overlapping = problems(result)
    assert missing.startswith(f"failure airflow-aks:network.peerWith[0]: {HUB} does not exist")
    assert "10.40.0.0/24 of data" in overlapping


def test_peer_that_may_not_be_read_is_unknown(azure: FakeAzure) -> None:
    azure.refuse["network"] = FORBIDDEN
    result = result_of("address ranges", situation(azure, "dev", {"network.peerWith": [HUB]}))
    assert HUB in only_problem(result, Status.UNKNOWN)
