"""Tests plan.html: complete, escaped, without secrets, equal for equal plans."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml

from dryrun.manifests import build_manifest, dump_yaml
from dryrun.page import assign_anchors, find_physical_name, highlight, render_page
from dryrun.plan import Plan
from dryrun.report import print_summary
from tests.dryrun.markup import outline, section, text
from tests.dryrun.small_plan import VALUES, resource, small_plan, with_input, with_warnings
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


@pytest.fixture(scope="module")
def page(plan: Plan) -> str:
    return render_page(plan)


def test_the_page_is_well_formed(page: str) -> None:
    assert outline(page).open == []


def test_ids_are_unique(page: str) -> None:
    ids = outline(page).ids
    assert len(ids) == len(set(ids))


def test_internal_links_all_resolve(page: str) -> None:
    found = outline(page)
    assert found.links()
    assert [link for link in found.links() if link.removeprefix("#") not in found.ids] == []


def test_nothing_is_loaded_from_outside_the_page(page: str) -> None:
    found = outline(page)
    assert {tag for tag, _, _ in found.attributes} & {"link", "img", "iframe", "object", "embed", "use"} == set()
    assert [a for a in found.attributes if a[1] in ("src", "srcset", "data", "action", "xlink:href")] == []
    assert [link for link in found.links() if not link.startswith("#")] == []
    assert "@import" not in page
    assert set(re.findall(r"url\((.*?)\)", page)) <= {"#tip"}


def test_the_page_itself_forbids_requests(page: str) -> None:
    assert "default-src 'none'" in page


def test_two_renderings_are_the_same_bytes(plan: Plan, page: str) -> None:
    assert render_page(small_plan()) == page == render_page(plan)


def test_the_order_of_keys_in_a_plan_does_not_matter() -> None:
    assert render_page(with_input({"a": 1, "b": 2})) == render_page(with_input({"b": 2, "a": 1}))


def test_every_logical_name_stands_in_the_page(plan: Plan, page: str) -> None:
    said = text(page)
    assert [resource.name for resource in plan.resources if resource.name not in said] == []


def test_every_resource_has_a_section_of_its_own(plan: Plan, page: str) -> None:
    assert set(assign_anchors(plan).values()) <= set(outline(page).ids)


def test_resources_with_one_name_get_different_anchors(plan: Plan) -> None:
    twins = (resource("a:b:C", "twin"), resource("a:b:D", "twin"))
    assert len({assign_anchors(replace(plan, resources=twins))[twin.urn] for twin in twins}) == 2


def test_a_nested_component_stands_in_its_parent(page: str) -> None:
    inside = page[page.index('id="component-key-vault"') : page.index('id="component-log-storage"')]
    assert 'id="resource-key-vault-private-endpoint"' in inside


def test_dependencies_are_links(page: str) -> None:
    entry = page[page.index('id="resource-network-network"') :]
    assert '<a href="#resource-group">group</a>' in entry[: entry.index("</details>")]


def test_a_dependency_outside_the_plan_is_no_link(plan: Plan) -> None:
    lonely = resource("a:b:C", "lonely", dependencies=["urn:pulumi:test::airflow-aks::x:y:Z::elsewhere"])
    assert "<span>elsewhere</span>" in render_page(replace(plan, resources=(*plan.resources, lonely)))


def test_special_characters_of_inputs_are_escaped() -> None:
    page = render_page(with_input("<script>alert('x')</script> & <b>"))
    assert "<script>alert" not in page
    assert "<script>alert('x')</script> & <b>" in text(page)


def test_special_characters_of_keys_and_warnings_are_escaped() -> None:
    page = render_page(replace(with_input({"<i>key</i>": 1}), warnings=("airflow-aks:dags.git: <u>odd</u>",)))
    assert "<i>key</i>" not in page
    assert "<u>" not in page


def test_a_secret_shows_as_a_mark(page: str) -> None:
    entry = page[page.index('id="resource-database-server"') :]
    assert '<i>administratorLoginPassword</i>: <span class="secret">[secret]</span>' in entry


def test_a_secret_output_shows_as_a_mark(page: str) -> None:
    assert '<code>kubeconfig</code></th><td><pre><span class="secret">[secret]</span>' in page


def test_the_simulated_vault_is_not_in_the_page(page: str) -> None:
    assert "shown-anywhere" not in page


def test_warnings_stand_in_the_page_with_their_path() -> None:
    page = render_page(with_warnings("airflow-aks:logs.redundancy: keeps all copies in one zone"))
    assert "<code>airflow-aks:logs.redundancy</code> keeps all copies in one zone" in page


def test_a_warning_without_a_path_stands_in_the_page() -> None:
    assert "<li>something odd</li>" in render_page(with_warnings("something odd"))


def test_a_plan_without_warnings_says_so(page: str) -> None:
    assert "No warnings." in page
    assert '<ul class="warnings">' not in page


def test_every_release_shows_its_chart_and_values(page: str) -> None:
    releases = text(section(page, "releases"))
    assert "airflow 1.22.0" in releases
    assert "https://airflow.apache.org" in releases
    assert dump_yaml(VALUES).replace("'[secret]'", "[secret]").strip() in releases


def test_an_image_shows_its_source_and_where_pods_pull_it_from(page: str) -> None:
    images = text(section(page, "images"))
    assert "docker.io/apache/airflow:3.3.2" in images
    assert "registrytest.azurecr.io/apache/airflow:3.3.2" in images
    assert "tag only" in images
    assert "release airflow, Job migration" in images


def test_an_image_that_is_not_imported_is_listed_as_such() -> None:
    page = render_page(small_plan(values={"statsd": {"repository": "quay.io/other/statsd", "tag": "v1"}}))
    images = text(section(page, "images"))
    assert "quay.io/other/statsd:v1" in images
    assert "not imported" in images


def test_every_manifest_is_there_as_yaml(plan: Plan, page: str) -> None:
    manifests = text(section(page, "manifests"))
    assert [m.name for m in plan.manifests if dump_yaml(build_manifest(m)).rstrip("\n") not in manifests] == []


def test_yaml_reads_back_as_what_it_was() -> None:
    content = {"z": [{"name": "x", "b": 1}], "kind": "Job", "text": "two\nlines\n", "empty": {}, "on": "yes"}
    assert yaml.safe_load(dump_yaml(content)) == content


def test_marked_up_yaml_keeps_its_text() -> None:
    source = "a: 'it''s'\nlist:\n  - name: x\n    \"odd: key\": '[secret]'\n"
    assert text(highlight(source)).replace("[secret]", "'[secret]'") == source.rstrip("\n")


def test_protected_and_kept_resources_are_named(page: str) -> None:
    protection = text(section(page, "protection"))
    assert "registry-registry" in protection
    assert "airflow-secrets-fernet-key" in protection


def test_a_plan_without_protection_says_so() -> None:
    assert "destroying the stack deletes its data" in render_page(small_plan(protect=False))


def test_both_color_schemes_are_defined_and_can_be_chosen(page: str) -> None:
    assert "color-scheme: light;" in page
    assert page.count("color-scheme: dark;") == 2
    assert "(prefers-color-scheme: dark)" in page
    assert 'id="scheme"' in page


def test_the_theme_button_stands_beside_the_links_which_wrap(page: str) -> None:
    bar = page[page.index('<nav class="bar"') : page.index("</nav>")]
    links, _, rest = bar.partition("</div>")
    assert links.count("<a ") == 7
    assert 'id="scheme"' not in links
    assert 'id="scheme"' in rest
    rules = dict(re.findall(r"^(\.bar [^{@]+) \{ ([^}]+) \}", page, re.MULTILINE))
    assert "flex-wrap: wrap" in rules[".bar .parts"]
    assert "min-width: 0" in rules[".bar .parts"]
    assert "flex: none" in rules[".bar button"]
    assert [rule for rule in rules.values() if "sticky" in rule or "overflow" in rule] == []


def test_an_unreachable_storage_is_no_error(page: str) -> None:
    uses = page.count("localStorage.")
    assert uses == len(re.findall(r"try \{[^}]*localStorage\.", page))


def test_an_empty_plan_makes_a_page(plan: Plan) -> None:
    page = render_page(replace(plan, resources=(), outputs={}, component_outputs={}))
    assert outline(page).open == []


def test_a_name_that_the_program_did_not_fix_is_not_shown_as_known() -> None:
    assert find_physical_name(resource("a:b:C", "c", inputs={"size": 1}, outputs={"name": "c-12345678"})) == (
        "c-12345678",
        False,
    )
    assert find_physical_name(resource("a:b:C", "c", inputs={"cName": "mine"}, outputs={"name": "mine"})) == (
        "mine",
        True,
    )


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_secret_of_a_shipped_stack_is_in_its_page_or_summary(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of(stack)
    print_summary(plan, None)
    shown = render_page(plan) + capsys.readouterr().out
    assert [name for name, value in plan.vault.items() if value in shown] == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_page_of_a_shipped_stack_is_well_formed_and_of_sane_size(stack: str) -> None:
    page = render_page(plan_of(stack))
    found = outline(page)
    assert found.open == []
    assert [link for link in found.links() if link.removeprefix("#") not in found.ids] == []
    assert len(page.encode()) < 3_000_000
