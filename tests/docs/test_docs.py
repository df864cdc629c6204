"""What README and docs say, held against the code."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic.alias_generators import to_camel

from components.azure.node_pools import GPU_LABEL, GPU_TAINT, SPOT_TAINT
from components.outputs import StackOutputs
from components.stack_file.problems import NAMESPACE
from dryrun.picture.architecture import describe_architecture
from dryrun.picture.mermaid import render_mermaid
from tests.case_values import HOST
from tests.cases import SELECTORS
from tests.docs.pages import (
    CODE,
    DOCS,
    LINK,
    PAGES,
    README,
    SCHEMA,
    anchors,
    blocks,
    commands,
    is_setting,
    prose,
    section_of_readme,
    settings_named,
    text_of,
)
from tests.plans import PINS_FILE, ROOT, plan_of

pytestmark = pytest.mark.usefixtures("untraced")


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
def test_every_relative_link_and_anchor_resolves(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if link.startswith(("http://", "https://")):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in LINK.findall(text_of(README))}
    assert {f"docs/{page.name}" for page in DOCS} <= linked


@each_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = [*CODE.findall(prose(page)), *blocks(text_of(page), "bash")]
    named = {word for text in code for word in re.findall(r"(?:^|\s)make (?:[A-Z]+=\S+ )*([a-z-]+)", text)}
    assert named <= targets


@each_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    assert [path for path in sorted(settings_named(page)) if not is_setting(path)] == []


def test_a_setting_that_does_not_exist_is_noticed() -> None:
    assert is_setting("cluster.pools[].name")
    assert is_setting("airflow.config.core.parallelism")
    assert is_setting("tags.costCenter")
    assert is_setting("access.signIn.tenantId")
    for path in ("cluster.pool", "cluster.pools[].size", "protectData.always", "chaos.victim", "dags.git.token"):
        assert not is_setting(path)


@each_page
def test_every_example_of_a_stack_file_is_valid(page: Path) -> None:
    for block in blocks(text_of(page), "yaml"):
        if f"{NAMESPACE}:" in block:
            content = yaml.safe_load(block)
            content["config"].setdefault("azure-native:location", "canadacentral")
            jsonschema.validate(content, SCHEMA)


def test_readme_begins_with_a_dry_run_and_a_deployment() -> None:
    # `pulumi up --stack dev` fails where no stack was made before.
    assert commands(next(blocks(text_of(README), "bash"))) == [
        "make dry-run STACK=dev",
        "pulumi stack select --create dev",
        "pulumi up",
    ]


def test_readme_deploys_in_at_most_five_commands() -> None:
    block, *more = blocks(section_of_readme("From nothing to a running Airflow"), "bash")
    assert not more
    assert 1 <= len(commands(block)) <= 5


def test_readme_has_the_test_commands() -> None:
    assert [commands(block) for block in blocks(section_of_readme("Test"), "bash")] == [
        ["make test"],
        ["make test-engine"],
        ["make test-cluster"],
        ["make test-sign-in"],
    ]


def test_readme_asks_for_the_pulumi_cli_that_the_engine_tests_run() -> None:
    modules = (ROOT / "tests" / "engine" / "go.mod").read_text(encoding="utf-8")
    built = re.search(r"github\.com/pulumi/pulumi/pkg/v3 v(\d+\.\d+)\.", modules)
    asked = re.search(r"Pulumi CLI (\d+\.\d+)", text_of(README))
    assert built is not None
    assert asked is not None
    assert asked[1] == built[1]


def test_cluster_page_shows_how_a_task_gets_a_gpu() -> None:
    page = text_of(ROOT / "docs" / "cluster.md")
    key, _, rest = GPU_TAINT.partition("=")
    value, _, effect = rest.partition(":")
    assert f'key="{key}", operator="Equal", value="{value}", effect="{effect}"' in page
    assert f'node_selector={{"{GPU_LABEL}": "true"}}' in page
    assert f"`{SPOT_TAINT}`" in page
    for block in blocks(page, "python"):
        compile(block, "cluster.md", "exec")


def test_outputs_page_lists_every_output_and_no_other() -> None:
    page = text_of(ROOT / "docs" / "outputs.md")
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert listed == [to_camel(field.name) for field in fields(StackOutputs)]


@each_page
def test_every_output_that_a_command_reads_exists(page: Path) -> None:
    read = set(re.findall(r"pulumi stack output ([a-z]\w*)", text_of(page)))
    assert read <= {to_camel(field.name) for field in fields(StackOutputs)}


@each_page
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    # The home of the user inside Airflow's image is no machine's.
    assert re.findall(r"(?<![\w.>])/(?:work|root|Users|home/(?!airflow/)|tmp/(?!requirements))\S*", text_of(page)) == []


@each_page
def test_versions_stand_in_the_pins_alone(page: Path) -> None:
    pins = yaml.safe_load(PINS_FILE.read_text(encoding="utf-8"))
    lines = [*pins.pop("airflow").values(), *pins.values()]
    versions = {line["chart"]["version"] for line in lines if "chart" in line}
    versions |= {image["tag"] for line in lines for image in line["images"].values()}
    assert sorted(version for version in versions if version in text_of(page)) == []


@each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = [
        code for code in CODE.findall(prose(page)) if re.fullmatch(r"[a-z]+/[\w./-]+\.(py|yaml|json|svg|md)", code)
    ]
    assert [name for name in named if not (ROOT / name).exists() and not name.startswith("build/")] == []


def test_readme_shows_the_diagram_that_a_dry_run_of_prod_writes() -> None:
    # What the shipped file sets beside what every test of prod starts from.
    shipped = plan_of("prod", {"network.private": True, "access": {"host": HOST, "tls": {"email": "ops@example.com"}}})
    assert list(blocks(text_of(README), "mermaid")) == [render_mermaid(describe_architecture(shipped))]


VARYING = (
    "pooler-none",
    "dags-git-ssh",
    "dags-git-token",
    "dags-bundle-ssh",
    "logs-azure-files",
    "dags-azure-files",
    "release-2.9",
    "celery-executor",
)


VARIANTS = [("prod", {}), *(("prod", SELECTORS[name]) for name in VARYING)]


each_variant = pytest.mark.parametrize(("stack", "changes"), VARIANTS, ids=["prod", *VARYING])


@each_variant
def test_network_page_lists_every_policy(stack: str, changes: dict[str, Any]) -> None:
    page = text_of(ROOT / "docs" / "network.md")
    policies = plan_of(stack, changes).all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    assert policies
    for policy in policies:
        assert f"`{policy.inputs['metadata']['name']}`" in page


@each_variant
def test_secrets_page_lists_every_secret(stack: str, changes: dict[str, Any]) -> None:
    page = text_of(ROOT / "docs" / "secrets.md")
    secrets = plan_of(stack, changes).all("azure-native:keyvault:Secret")
    assert secrets
    for secret in secrets:
        fixed = re.sub(r"-[0-9a-f]{8}$", "-…", secret.inputs["secretName"])
        assert f"`{fixed}`" in page


@each_variant
def test_pages_name_no_resource_to_replace_that_does_not_exist(stack: str, changes: dict[str, Any]) -> None:
    names = {resource.name for resource in plan_of(stack, changes).resources}
    for page in PAGES:
        assert set(re.findall(r"--replace '\*\*::([\w-]+)'", text_of(page))) <= names


def test_names_page_shows_the_names_of_dev() -> None:
    page = text_of(ROOT / "docs" / "names.md")
    plan = plan_of("dev")
    suffix = plan.outputs["keyVaultName"].rpartition("-")[2]
    for output in ("resourceGroupName", "clusterName", "keyVaultName", "logsStorageAccountName", "logsContainerName"):
        assert f"`{plan.outputs[output].replace(suffix, '<suffix>')}`" in page
