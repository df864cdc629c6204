"""The timeline of a plan: what waits for what, and which chain decides how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from graphlib import CycleError

import pytest

from dryrun.duration_reader import Duration, Durations
from dryrun.gantt import lay_out_timeline, list_typical_times
from dryrun.page import render_page
from dryrun.plan import Plan, Resource
from dryrun.report import print_summary
from dryrun.timeline import Timeline, compute_timeline, describe_critical_path, format_seconds
from tests.dryrun.markup import section, text
from tests.dryrun.small_plan import component, resource, small_plan

pytestmark = pytest.mark.usefixtures("untraced")

TIMES = Durations(
    sources={},
    durations=tuple(
        Duration(types=(f"a:b:Minutes{minutes}",), seconds=minutes * 60, measured=False, reason="made up")
        for minutes in range(6)
    ),
)


def made(name: str, minutes: int, *after: Resource, parent: Resource | None = None, provider: str = "") -> Resource:
    """A resource that takes some minutes and depends on others."""
    urns = [other.urn for other in after]
    more = {"provider": provider} if provider else {}
    made_ = resource(f"a:b:Minutes{minutes}", name, dependencies=urns)
    return replace(made_, **more, **({"parent": parent.urn} if parent else {}))  # type: ignore[arg-type]


def timeline_of(*resources: Resource) -> Timeline:
    return compute_timeline(plan_of(*resources), TIMES)


def plan_of(*resources: Resource) -> Plan:
    return replace(small_plan(), resources=resources)


def path(timeline: Timeline) -> list[str]:
    return [step.name for step in timeline.critical_path]


def starts(timeline: Timeline) -> dict[str, int]:
    return {step.name: step.start // 60 for step in timeline.steps.values()}


def test_resources_without_dependencies_start_at_once() -> None:
    timeline = timeline_of(made("a", 2), made("b", 3))
    assert starts(timeline) == {"a": 0, "b": 0}
    assert (timeline.seconds, path(timeline)) == (180, ["b"])


def test_resource_waits_for_the_last_of_its_dependencies() -> None:
    a, b = made("a", 2), made("b", 3)
    timeline = timeline_of(a, b, made("c", 1, a, b))
    assert starts(timeline)["c"] == 3
    assert (timeline.seconds, path(timeline)) == (240, ["b", "c"])


def test_longest_chain_counts_and_not_the_one_with_the_most_steps() -> None:
    a = made("a", 1)
    b = made("b", 1, a)
    timeline = timeline_of(a, b, made("c", 1, b), made("d", 5))
    assert path(timeline) == ["d"]


def test_equal_chains_end_in_the_order_of_the_program() -> None:
    assert path(timeline_of(made("a", 1), made("b", 1))) == ["a"]


def test_resource_waits_for_its_provider() -> None:
    cluster = made("cluster", 5)
    provider = made("provider", 0, cluster)
    timeline = timeline_of(cluster, provider, made("release", 4, provider=f"{provider.urn}::some-id"))
    assert starts(timeline)["release"] == 5
    assert path(timeline) == ["cluster", "provider", "release"]


def test_resource_waits_for_what_its_component_waits_for() -> None:
    first = made("first", 3)
    inside = replace(component("azure:Later", "later"), dependencies=(first.urn,))
    timeline = timeline_of(first, inside, made("later-child", 1, parent=inside))
    assert starts(timeline) == {"first": 0, "child": 3}
    assert path(timeline) == ["first", "child"]


def test_dependency_on_a_component_is_one_on_everything_in_it() -> None:
    outer = component("azure:Outer", "outer")
    inner = component("azure:Inner", "outer-inner", outer.urn)
    slow = made("outer-inner-slow", 4, parent=inner)
    timeline = timeline_of(outer, inner, slow, made("after", 1, outer))
    assert starts(timeline)["after"] == 4


def test_dependency_on_a_custom_resource_is_none_on_its_children() -> None:
    parent = made("parent", 1)
    timeline = timeline_of(parent, made("parent-child", 4, parent=parent), made("after", 1, parent))
    assert starts(timeline) == {"parent": 0, "child": 1, "after": 1}


def test_rendered_chart_takes_time_though_it_is_a_component() -> None:
    chart = replace(made("crds", 2), custom=False)
    timeline = timeline_of(chart, made("after", 1, chart))
    assert starts(timeline)["after"] == 2


def test_dependencies_outside_of_the_plan_count_for_nothing() -> None:
    assert timeline_of(made("a", 1, made("elsewhere", 5))).seconds == 60


def test_cycle_is_an_error() -> None:
    a = made("a", 1)
    b = made("b", 1, a)
    with pytest.raises(CycleError):
        timeline_of(replace(a, dependencies=(b.urn,)), b)


def test_type_without_a_time_counts_as_zero_and_is_named() -> None:
    odd = resource("a:b:Odd", "odd")
    timeline = timeline_of(odd, made("a", 1, odd))
    assert (timeline.seconds, timeline.untimed) == (60, ("a:b:Odd",))


def test_plan_without_resources_takes_no_time() -> None:
    timeline = timeline_of()
    assert (timeline.seconds, timeline.critical_path, describe_critical_path(timeline)) == (0, (), "")


def test_names_are_those_inside_of_the_component() -> None:
    airflow = component("airflow:AirflowRelease", "airflow")
    assert path(timeline_of(airflow, made("airflow-release", 4, parent=airflow))) == ["release"]


def test_path_is_described_by_its_long_steps() -> None:
    group = resource("a:b:Minutes0", "group")
    cluster = made("cluster", 5, group)
    timeline = timeline_of(group, cluster, made("release", 4, cluster))
    assert describe_critical_path(timeline) == "cluster 5 min → release 4 min"


def test_short_steps_of_the_path_are_summed_up() -> None:
    durations = Durations(
        sources={},
        durations=(
            *TIMES.durations,
            Duration(types=("a:b:Short",), seconds=20, measured=False, reason="made up"),
        ),
    )
    first = resource("a:b:Short", "first")
    second = resource("a:b:Short", "second", dependencies=[first.urn])
    timeline = compute_timeline(plan_of(first, second, made("cluster", 5, second)), durations)
    assert describe_critical_path(timeline) == "cluster 5 min, and 40 s for 2 shorter steps"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (89, "1 min"), (285, "5 min")])
def test_times_are_round(seconds: int, words: str) -> None:
    assert format_seconds(seconds) == words


def bars(*resources: Resource) -> dict[str, list[tuple[float, float, bool]]]:
    timeline = timeline_of(*resources)
    chart = lay_out_timeline(plan_of(*resources), timeline)
    return {row.name: [(bar.left, bar.width, bar.critical) for bar in row.bars] for row in chart.rows}


def test_chart_has_a_row_for_each_outermost_component() -> None:
    outer, inner = component("azure:Outer", "outer"), component("azure:Inner", "outer-inner", urn_of("outer"))
    inside = made("outer-inner-child", 4, parent=inner)
    assert bars(outer, inner, inside, made("alone", 1)) == {
        "outer": [(0, 100, False), (0, 100, True)],
        "no component": [(0, 25, False)],
    }


def urn_of(name: str) -> str:
    return component("azure:Outer", name).urn


def test_bars_that_touch_are_one_and_a_gap_parts_them() -> None:
    part = component("azure:Part", "part")
    first = made("part-first", 1, parent=part)
    second = made("part-second", 1, first, parent=part)
    other = made("other", 4)
    late = made("part-late", 1, other, parent=part)
    assert bars(part, first, second, other, late)["part"] == [(0, 40, False), (80, 20, False), (80, 20, True)]


def test_rows_stand_in_the_order_in_which_they_begin() -> None:
    early, late = component("azure:Early", "early"), component("azure:Late", "late")
    first = made("early-one", 1, parent=early)
    assert list(bars(late, early, first, made("late-one", 1, first, parent=late))) == ["early", "late"]


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [
        (5, ["0", "1 min", "2 min", "3 min", "4 min", "5 min"]),
        (15, ["0", "2 min", "4 min", "6 min", "8 min", "10 min", "12 min", "14 min"]),
        (30, ["0", "5 min", "10 min", "15 min", "20 min", "25 min", "30 min"]),
    ],
)
def test_scale_has_few_ticks(minutes: int, labels: Sequence[str]) -> None:
    chain: list[Resource] = []
    for number in range(minutes // 5):
        chain.append(made(f"step{number}", 5, *chain[-1:]))
    chart = lay_out_timeline(plan_of(*chain), timeline_of(*chain))
    assert [label for _, label in chart.ticks] == list(labels)


def test_typical_times_list_the_slow_kinds_first() -> None:
    timeline = timeline_of(made("a", 2), made("b", 5), made("c", 5), made("d", 0))
    assert [(each.time, each.origin) for each in list_typical_times(timeline, TIMES)] == [
        ("5 min", "Estimate. made up"),
        ("2 min", "Estimate. made up"),
    ]


def test_summary_says_how_long_and_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    print_summary(small_plan(), None)
    assert "  first update          about 5 min: server 5 min" in capsys.readouterr().out


def test_page_shows_the_path_and_the_chart() -> None:
    shown = section(render_page(small_plan()), "timeline")
    assert "about 5 min" in text(shown)
    assert '<a href="#resource-database-server">server</a> <b>5 min</b>' in shown
    assert 'class="span critical"' in shown
    assert '<a href="#component-database">database</a>' in shown


def test_page_names_types_without_a_time() -> None:
    plan = small_plan()
    odd = resource("azure-native:a:Thing", "thing")
    page = render_page(replace(plan, resources=(*plan.resources, odd)))
    assert "No typical time is known for: azure-native:a:Thing." in text(page)


def test_chart_needs_no_script() -> None:
    assert "<script" not in section(render_page(small_plan()), "timeline")
