"""What the page on remote clusters says of stacks without Airflow and of GPUs, held against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.azure.node_pools import GPU_LABEL, GPU_TAINT
from components.kubernetes import gpu_plugin
from components.stack_file.checker import SECTIONS, check
from components.stack_file.reader import read_config
from components.stack_file.without_airflow import NEED_AIRFLOW
from tests.docs.pages import blocks, text_of
from tests.plans import PROJECT, ROOT

pytestmark = pytest.mark.usefixtures("untraced")

PAGE = text_of(ROOT / "docs" / "remote-clusters.md")
ALONE = PAGE.partition("## A cluster of your own")[2].partition("\n## ")[0]


def test_table_names_every_section_of_a_stack_without_airflow() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", ALONE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == set(SECTIONS) - set(NEED_AIRFLOW) - {"airflow"}


def test_stack_file_of_the_page_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.gpu.yaml"
    file.write_text(next(iter(blocks(ALONE, "yaml"))), encoding="utf-8")
    settings, errors, warnings = check(read_config(file).values, set(), PROJECT, "gpu")
    assert settings is not None, errors
    assert not settings.has_airflow
    assert warnings == []


def test_pod_of_the_page_gets_to_the_nodes_with_gpus() -> None:
    key, _, rest = GPU_TAINT.partition("=")
    value, _, effect = rest.partition(":")
    (block,) = (block for block in blocks(PAGE, "python") if "KubernetesPodOperator" in block)
    assert f'key="{key}", operator="Equal", value="{value}", effect="{effect}"' in block
    assert f'node_selector={{"{GPU_LABEL}": "true"}}' in block
    assert 'limits={"nvidia.com/gpu": "1"}' in block
    compile(block, "remote-clusters.md", "exec")


@pytest.mark.parametrize("page", ["remote-clusters", "cluster", "names", "network"])
def test_pages_name_the_namespace_of_the_plugin(page: str) -> None:
    assert f"`{gpu_plugin.NAMESPACE}`" in text_of(ROOT / "docs" / f"{page}.md")


def test_page_on_sizing_has_the_requests_of_the_plugin() -> None:
    cpu, memory, disk = gpu_plugin.REQUESTS.values()
    assert f"plugin requests {cpu} and {memory}, and {disk} of disk" in text_of(ROOT / "docs" / "sizing.md")
