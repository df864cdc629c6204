"""The way in as the picture shows it: people, gateway, address, and who may come from where."""

from __future__ import annotations

import itertools
import re

import pytest

from dryrun.picture.architecture import Architecture, describe_architecture
from dryrun.picture.box import Placed
from dryrun.picture.connections import Flow
from dryrun.picture.layout import Picture, lay_out
from dryrun.picture.mermaid import render_mermaid
from tests.plans import planned

ACCESS = ("access-label", "access-host", "access-internal", "access-path", "access-2.9")
each = pytest.mark.parametrize("case", ACCESS)


def content(case: str) -> Architecture:
    return describe_architecture(planned(case))


def flow(case: str, source: str) -> Flow:
    (found,) = [flow for flow in content(case).flows if flow.source == source]
    return found


def boxes(picture: Picture) -> dict[str, Placed]:
    return {box.key: box for box in picture.boxes}


@pytest.mark.parametrize(
    ("case", "lines"),
    [
        ("access-label", ("my-airflow.canadacentral.cloudapp.azure.com", "from anywhere")),
        ("access-host", ("airflow.example.com", "from 2 ranges")),
        ("access-internal", ("airflow.example.com", "from the virtual network")),
        ("prod", ("no public address", "kubectl")),
    ],
)
def test_people_come_to_a_name_from_somewhere(case: str, lines: tuple[str, ...]) -> None:
    assert content(case).boxes["people"].lines == lines


@pytest.mark.parametrize(("case", "private"), [("access-host", False), ("access-internal", True)])
def test_people_reach_the_gateway_and_the_gateway_airflow(case: str, private: bool) -> None:
    people, gateway = flow(case, "people"), flow(case, "gateway")
    assert (people.target, people.label, people.private) == ("gateway", "HTTPS", private)
    assert (gateway.target, gateway.label) == ("airflow", "HTTP")


def test_without_a_gateway_people_forward_a_port() -> None:
    assert (flow("prod", "people").target, flow("prod", "people").label) == ("airflow", "port-forward")
    assert "gateway_namespace" not in content("prod").frames


def test_the_gateway_says_what_serves() -> None:
    lines = content("access-internal").boxes["gateway"].lines
    assert lines == ("Envoy Gateway v1.9.2", "3 proxies", "HTTPS, TLS 1.2 and up", "HTTP only redirects")


def test_the_address_says_its_label_or_its_record() -> None:
    assert content("access-label").boxes["other:gateway-address"].lines == (
        "pip-airflow-prod-gateway",
        "label my-airflow",
    )
    internal = content("access-internal").boxes["other:gateway-address"]
    assert internal.lines == ("in the gateway subnet", "record airflow in zone example.com")


@each
def test_no_box_covers_another(case: str) -> None:
    for one, other in itertools.combinations(lay_out(content(case)).boxes, 2):
        apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
        assert apart, (one.key, other.key)


@each
def test_the_gateway_stands_in_its_namespace_above_airflow(case: str) -> None:
    picture = lay_out(content(case))
    frames = {frame.key: frame for frame in picture.frames}
    gateway, own = boxes(picture)["gateway"], frames["gateway_namespace"]
    assert own.x < gateway.x
    assert gateway.right < own.right
    assert own.y < gateway.y
    assert gateway.bottom < own.bottom <= frames["namespace"].y
    assert frames["cluster"].y < own.y
    assert frames["namespace"].bottom < frames["cluster"].bottom
    assert boxes(picture)["people"].y == gateway.y


@each
def test_the_diagram_has_the_same_in_text(case: str) -> None:
    text = render_mermaid(content(case))
    inside = r'gateway\["Gateway"\]\n +certificates\["Certificate"\]'
    assert re.search(rf'subgraph gateway_namespace \["Namespace airflow-gateway"\]\n +{inside}\n +end', text)
    assert re.search(r"people -->.*HTTPS.* gateway\n", text)
    assert re.search(r"gateway -->.*HTTP.* airflow\n", text)
