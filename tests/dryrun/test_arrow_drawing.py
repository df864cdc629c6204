"""Tests the picture's arrows: each points from the caller to what it calls, on both release lines, by each executor."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dryrun.page import render_page
from dryrun.picture.architecture import describe_architecture
from dryrun.picture.box import Placed
from dryrun.picture.connections import Flow
from dryrun.picture.layout import Picture, lay_out
from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.dryrun.markup import section, text
from tests.dryrun.small_plan import small_plan
from tests.plans import planned

pytestmark = pytest.mark.usefixtures("untraced")

Calls = dict[tuple[str, str], str]
PLANS = (
    "dev",
    "prod",
    "local-executor",
    "celery-executor",
    "celery-and-kubernetes",
    "celery-public",
    "pooler-none",
    "release-2.9",
    "release-2.9-local",
    "secrets-csi",
    "key-vault-backend",
    "dags-azure-files",
    "logs-azure-files",
    "certificate-letsencrypt",
    "certificate-self-signed",
    "certificate-key-vault",
)


def calls(plan: Plan) -> Calls:
    return {(flow.source, flow.target): flow.label for flow in describe_architecture(plan).flows}


def flow(plan: Plan, source: str, target: str) -> Flow:
    return next(flow for flow in describe_architecture(plan).flows if (flow.source, flow.target) == (source, target))


def drawn(plan: Plan) -> Picture:
    return lay_out(describe_architecture(plan))


def inside(box: Placed, frame: Placed) -> bool:
    return frame.x <= box.x and box.right <= frame.right and frame.y <= box.y and box.bottom <= frame.bottom


def frame(picture: Picture, key: str) -> Placed:
    return next(frame for frame in picture.frames if frame.key == key)


def box(picture: Picture, key: str) -> Placed:
    return next(box for box in picture.boxes if box.key == key)


@pytest.mark.parametrize(
    ("name", "expected", "absent"),
    [
        ("prod", {("airflow", "tasks"): "starts", ("tasks", "airflow"): "task API"}, {("tasks", "pooler")}),
        ("local-executor", {("airflow", "tasks"): "starts", ("tasks", "airflow"): "task API"}, {("tasks", "broker")}),
        (
            "celery-executor",
            {
                ("airflow", "tasks"): "live logs",
                ("airflow", "broker"): "queues tasks",
                ("tasks", "broker"): "takes tasks",
                ("tasks", "airflow"): "task API",
                ("tasks", "pooler"): "results",
            },
            set(),
        ),
        (
            "celery-and-kubernetes",
            {("airflow", "tasks"): "starts", ("tasks", "broker"): "takes tasks", ("tasks", "pooler"): "results"},
            set(),
        ),
        ("celery-public", {("tasks", "database"): "results", ("airflow", "database"): "SQL"}, {("airflow", "pooler")}),
        ("release-2.9", {("airflow", "tasks"): "starts", ("tasks", "pooler"): "SQL"}, {("tasks", "airflow")}),
        ("release-2.9-local", {("tasks", "pooler"): "SQL"}, {("tasks", "airflow"), ("tasks", "broker")}),
        ("pooler-none", {("airflow", "database"): "SQL"}, {("tasks", "database"), ("airflow", "pooler")}),
    ],
)
def test_each_executor_and_line_has_its_calls(name: str, expected: Calls, absent: set[tuple[str, str]]) -> None:
    found = calls(planned(name))
    assert {pair: found.get(pair) for pair in expected} == expected
    assert absent.isdisjoint(found)


@pytest.mark.parametrize("name", ["dev", "celery-executor", "release-2.9", "local-executor"])
def test_tasks_call_the_internet(name: str) -> None:
    assert flow(planned(name), "tasks", "internet").note.startswith("via ")


@pytest.mark.parametrize("name", ["prod", "secrets-csi", "celery-executor", "release-2.9"])
def test_no_arrow_points_against_the_request(name: str) -> None:
    found = calls(planned(name))
    assert {("sync", "vault"), ("nodes", "registry"), ("registry", "sources"), ("airflow", "git")} <= set(found)
    assert not {source for source, _ in found} & {"vault", "git", "sources", "secrets", "internet", "database"}


def test_airflow_calls_the_vault_where_its_backend_reads_it() -> None:
    assert calls(planned("key-vault-backend"))["airflow", "vault"] == "secrets backend"
    assert ("airflow", "vault") not in calls(planned("prod"))


def test_airflow_reads_dags_from_a_share() -> None:
    assert calls(planned("dags-azure-files"))["airflow", "logs"] == "reads logs, DAGs"


@pytest.mark.parametrize(("name", "private"), [("dev", False), ("prod", False), ("private-api-server", True)])
def test_a_port_forward_shows_whether_the_api_server_is_public(name: str, private: bool) -> None:
    found = flow(planned(name), "people", "airflow")
    assert (found.private, found.note) == (private, f"{'private' if private else 'public'} API server")


def test_a_public_api_server_has_the_color_of_public_endpoints() -> None:
    page = render_page(planned("prod"))
    arrow = page[page.index("port-forward") - 700 : page.index("port-forward")]
    assert 'class="arrow public"' in arrow[arrow.rindex("<g") :]
    assert re.search(r'<g class="frame cluster public">.*?class="last" [^>]*>public API server<', page, re.DOTALL)
    assert ".frame.public .last { fill: var(--public); }" in page
    private = render_page(planned("private-api-server"))
    assert '<g class="frame cluster private">' in private


@pytest.mark.parametrize("name", PLANS)
def test_the_database_is_drawn_in_the_network_only_where_it_has_a_subnet_of_it(name: str) -> None:
    picture = drawn(planned(name))
    outline = frame(picture, "network").outline
    database = box(picture, "database")
    assert bool(outline) is (database.box.access == "private subnet" and bool(database.box.private))
    if outline:
        xs = [float(x) for x in re.findall(r"[HQ ](\d[\d.]*) ", outline.replace("H", "H ").replace("V", " V"))]
        heights = [float(y) for y in re.findall(r"V([\d.]+)", outline)]
        assert max(xs) > database.right
        assert any(y < database.y for y in heights)
        assert any(y > database.bottom for y in heights)
        assert [other.key for other in picture.boxes if other is not database and _in_part(other, database)] == []
    arrow = next(arrow for arrow in picture.arrows if arrow.label == "migrates")
    assert (arrow.crossing is None) is bool(outline)


def _in_part(other: Placed, database: Placed) -> bool:
    """Whether a box reaches into the part of the network around the database."""
    return other.x >= 916 and other.y < database.bottom + 12 and other.bottom > database.y - 12


@pytest.mark.parametrize(("name", "place"), [("prod", "external-secrets"), ("secrets-csi", "kube-system")])
def test_the_secret_sync_is_in_the_namespace_that_it_runs_in(name: str, place: str) -> None:
    picture = drawn(planned(name))
    assert frame(picture, "sync_namespace").title == f"Namespace {place}"
    assert frame(picture, "namespace").title == "Namespace airflow"
    sync = box(picture, "sync")
    assert inside(sync, frame(picture, "sync_namespace"))
    assert not inside(sync, frame(picture, "namespace"))
    assert inside(frame(picture, "sync_namespace"), frame(picture, "cluster"))
    assert inside(box(picture, "secrets"), frame(picture, "namespace"))


@pytest.mark.parametrize("name", PLANS)
def test_no_arrow_passes_through_a_box(name: str) -> None:
    picture = drawn(planned(name))
    found = [
        (arrow.label, other.key) for arrow in picture.arrows for other in picture.boxes if passes(arrow.path, other)
    ]
    assert found == []


def passes(path: str, other: Placed) -> bool:
    """Whether a line from one box to another goes through a third."""
    x, y = map(float, re.findall(r"M([\d.]+) ([\d.]+)", path)[0])
    for direction, value in re.findall(r"([HV])([\d.]+)", path):
        to_x, to_y = (float(value), y) if direction == "H" else (x, float(value))
        beside = max(x, to_x) <= other.x or min(x, to_x) >= other.right
        if not beside and min(y, to_y) < other.bottom and max(y, to_y) > other.y:
            return True
        x, y = to_x, to_y
    return False


@pytest.mark.parametrize("name", PLANS)
def test_every_call_between_boxes_is_drawn_once_and_boxes_do_not_overlap(name: str) -> None:
    content = describe_architecture(planned(name))
    picture = lay_out(content)
    identities = sum(key.startswith("identity:") for key in content.boxes)
    assert len(picture.arrows) == len(content.flows) + identities
    boxes = picture.boxes
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


def test_the_page_says_which_direction_arrows_have() -> None:
    assert "An arrow points from the caller to what it calls." in text(
        section(render_page(small_plan()), "architecture")
    )


def test_every_value_of_an_executor_has_a_test() -> None:
    executors: set[Any] = {change.get("airflow.executor") for change in SELECTORS.values()} - {None}
    assert executors == {"KubernetesExecutor", "LocalExecutor", "CeleryExecutor", "CeleryExecutor,KubernetesExecutor"}
