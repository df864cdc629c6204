"""No command on a page destroys anything when it is copied as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, blocks, text_of

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
PLACEHOLDER = re.compile(r"<[a-z][^>]*>")
DATE = re.compile(r"\b20\d\d-\d\d-\d\d")
# What deletes without a question, or for good.
DESTRUCTIVE = re.compile(r"--yes\b|--force\b|\bdelete\b|\bpurge\b|--skip-archive|drop-archived|downgrade")


def unsafe(block: str) -> list[str]:
    """Commands that destroy something as they stand, or hold a date that is not computed."""
    lines = block.replace("\\\n", " ").splitlines()
    bare = [line for line in lines if DESTRUCTIVE.search(line) and not PLACEHOLDER.search(line)]
    return [line for line in [*bare, *(line for line in lines if DATE.search(line))] if not allowed(line)]


def allowed(line: str) -> bool:
    """The steps that replace the system pool of dev by hand, by its name and only where another one exists."""
    return line.startswith("az aks nodepool delete") and "-dev" in line


@each_page
def test_nothing_destructive_is_copied_and_pasted(page: Path) -> None:
    assert [line for block in blocks(text_of(page), "bash") for line in unsafe(block)] == []


@pytest.mark.parametrize(
    "block",
    [
        "airflow db clean --clean-before-timestamp 2027-01-01 --dry-run",
        'kubectl exec x -- \\\n  airflow db clean --clean-before-timestamp "$before" --yes',
        "az keyvault purge --name kv-airflow",
        "kubectl -n airflow delete job airflow-migration",
    ],
)
def test_a_destructive_command_is_noticed(block: str) -> None:
    assert unsafe(block)
