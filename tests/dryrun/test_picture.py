"""Tests what the picture of a plan shows."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

import pytest

from dryrun.page import assign_anchors, render_page
from dryrun.picture.lettering import measure, shorten
from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.dryrun.markup import text
from tests.dryrun.small_plan import component, small_plan
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")


def picture(page: str) -> str:
    found = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    assert found
    return text(found[0])


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


@pytest.fixture(scope="module")
def page(plan: Plan) -> str:
    return render_page(plan)


def test_the_picture_of_private_services_shows_no_public_endpoint() -> None:
    shown = picture(render_page(small_plan(private=True)))
    assert "private endpoint" in shown
    assert "private subnet" in shown
    assert "public endpoint" not in shown
    assert "via NAT gateway" in shown


def test_the_picture_of_public_services_shows_no_private_endpoint() -> None:
    shown = picture(render_page(small_plan(private=False)))
    assert "public endpoint" in shown
    assert "private" not in shown
    assert "via load balancer" in shown


def test_the_picture_shows_the_pooler_only_when_there_is_one() -> None:
    assert "PgBouncer" in picture(render_page(small_plan()))
    assert "PgBouncer" not in picture(render_page(small_plan(values={"pgbouncer": {"enabled": False}})))


def test_the_picture_shows_how_people_sign_in() -> None:
    assert "sign-in with Entra" not in picture(render_page(small_plan()))
    for kind in ("sign-in", "sign-in-2.9"):
        assert "sign-in with Entra" in picture(render_page(plan_of("prod", SELECTORS[kind])))


def test_the_picture_of_a_private_network_has_no_public_endpoint() -> None:
    assert "public endpoint" not in picture(render_page(plan_of("prod", {"network.private": True})))
    assert "public endpoint" in picture(render_page(plan_of("prod")))


def test_the_picture_of_isolated_nodes_shows_where_they_start_from() -> None:
    shown = picture(render_page(plan_of("prod", SELECTORS["isolated-network"])))
    assert "nodes start from it" in shown
    assert "mcr.microsoft.com" in shown
    assert "via way of yours" in shown
    assert "public endpoint" not in shown
    assert "nodes start from it" not in picture(render_page(plan_of("prod", SELECTORS["existing-network"])))


def test_the_picture_shows_whether_tasks_may_call_any_address() -> None:
    assert "any address" in picture(render_page(plan_of("prod")))
    shown = picture(render_page(plan_of("prod", SELECTORS["egress-restricted"])))
    assert "any address" not in shown
    assert "2 listed hosts" in shown


def test_the_picture_names_the_git_host_without_credentials() -> None:
    dags = {"gitSync": {"enabled": True, "repo": "https://user:word@git.example.com/team/dags.git"}}
    shown = picture(render_page(small_plan(values={"dags": dags})))
    assert "git.example.com" in shown
    assert "word" not in shown


def test_the_picture_marks_spot_pools(page: str) -> None:
    assert "tasks: 0 to 4 nodes, D8ds_v5, spot" in picture(page)


def test_every_component_of_the_program_is_in_the_picture(plan: Plan) -> None:
    new = component("azure:Broker", "broker")
    resources = (*plan.resources, new)
    page = render_page(replace(plan, resources=resources))
    drawn = page[page.index("<svg") : page.index("</svg>")]
    top = [part.urn for part in resources if not part.custom and "Stack" in str(part.parent)]
    links = assign_anchors(replace(plan, resources=resources))
    assert [urn for urn in top if f'href="#{links[urn]}"' not in drawn] == []


def test_no_two_boxes_of_the_picture_overlap(page: str) -> None:
    numbers = re.findall(r'class="card" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', page)
    boxes = [tuple(map(float, box)) for box in numbers]
    for (x, y, broad, tall), (left, top, wide, high) in itertools.combinations(boxes, 2):
        assert x + broad <= left or left + wide <= x or y + tall <= top or top + high <= y


def test_a_text_that_fits_stays_whole() -> None:
    assert shorten("registry", 200, 12) == "registry"


def test_a_text_that_is_too_long_keeps_both_ends() -> None:
    short = shorten("a-registry-with-a-very-long-name-0800ec", 120, 12)
    assert short.startswith("a-reg")
    assert short.endswith("0ec")
    assert measure(short, 12) <= 120


def test_the_picture_says_how_secrets_get_into_the_cluster() -> None:
    shown = picture(render_page(plan_of("dev", {"secrets.delivery": "csi"})))
    assert "Secrets Store CSI driver" in shown
    assert "held by 2 keeper pods" in shown
    assert "8, copied from the vault" in shown


def test_the_picture_of_celery_shows_the_broker_and_how_workers_scale() -> None:
    shown = picture(render_page(plan_of("prod", SELECTORS["celery-and-kubernetes"])))
    for words in ("Broker", "Managed Redis, B0", "queues tasks", "takes tasks", "Celery workers", "1 to 10, by KEDA"):
        assert words in shown
    assert "or a pod for each task" in shown


def test_the_picture_without_celery_shows_no_broker() -> None:
    assert "Broker" not in picture(render_page(plan_of("prod")))


@pytest.mark.parametrize(
    ("name", "number"), [("celery-scaler-hpa", "1 to 10, by HPA"), ("celery-scaler-none", "3 of them")]
)
def test_the_picture_says_how_many_workers_there_are(name: str, number: str) -> None:
    assert number in picture(render_page(plan_of("prod", SELECTORS[name])))


@pytest.mark.parametrize(
    ("workers", "number"), [({"max": 7}, "1 to 7, by KEDA"), ({"scaler": "none", "min": 3}, "3 of them")]
)
def test_the_picture_says_so_on_the_older_line_too(workers: dict[str, Any], number: str) -> None:
    plan = plan_of("prod", {"airflow": {"release": "2.9", "executor": "CeleryExecutor", "workers": workers}})
    assert number in picture(render_page(plan))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("certificate-letsencrypt", ["Let's Encrypt", "checked by HTTP request"]),
        ("certificate-letsencrypt-staging", ["Let's Encrypt (staging)"]),
        ("certificate-dns", ["checked by DNS record"]),
        ("certificate-self-signed", ["own authority"]),
        ("certificate-key-vault", ["copied from the vault"]),
    ],
)
def test_the_picture_says_where_the_certificate_is_from(name: str, words: list[str]) -> None:
    shown = picture(render_page(plan_of("prod", SELECTORS[name])))
    assert [word for word in words if word not in shown] == []


def test_the_picture_shows_the_security_baseline() -> None:
    shown = picture(render_page(plan_of("prod", SELECTORS["security-baseline"])))
    for word in ("Azure Policy", "Defender", "encrypted hosts", "own disk key", "own key"):
        assert word in shown
    assert not [word for word in ("Defender", "own key") if word in picture(render_page(plan_of("prod")))]
