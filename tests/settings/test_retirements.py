"""What charts/retirements.yaml may hold: every day has a page that says so. This test reads the shipped file too."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from pulumi import RunError

from components.azure.kubernetes_versions import minor
from components.settings.azure_sections import DatabaseSettings
from components.settings.cluster_sections import ClusterSettings
from components.settings.retirements import Retirements, load_retirements
from tests.plans import RETIREMENTS_FILE, ROOT

SHIPPED = ROOT / "charts" / "retirements.yaml"
FILE = """\
sources:
  aks: {title: Versions, address: "https://example.com/versions", read: 2026-08-21}
kubernetes:
  "1.35": {date: 2027-03-31, longTermDate: 2028-03-31, source: aks}
nodeImages:
  Ubuntu 22.04: {date: 2027-06-30, source: aks, moveTo: Ubuntu 24.04}
"""
ENTRY = '"1.35": {date: 2027-03-31, longTermDate: 2028-03-31, source: aks}'
# What stands in the file, what a mistake makes of it, and words of the answer.
BAD = [
    (", source: aks, moveTo", ", moveTo", 'nodeImages."Ubuntu 22.04".source: is required'),
    (", source: aks, moveTo", ", source: nobody, moveTo", "nodeImage Ubuntu 22.04: its source 'nobody' is not under"),
    (", read: 2026-08-21", "", "sources.aks.read: is required"),
    ("title: Versions, ", "", "sources.aks.title: is required"),
    ("title: Versions", 'title: ""', "sources.aks.title: "),
    ('"https://example.com/versions"', "versions", "sources.aks.address: must be the address of a page"),
    ("read: 2026-08-21", "read: August", "sources.aks.read: must be a day, for example 2027-03-31"),
    ("date: 2027-06-30", "date: 2027-06", "date: must be a day, for example 2027-03-31"),
    ("date: 2027-06-30", "date: 2027-06-31", "charts/retirements.yaml cannot be read: "),
    ("date: 2027-06-30", "date: soon", "date: must be a day, for example 2027-03-31"),
    ("date: 2027-06-30, ", "", 'nodeImages."Ubuntu 22.04".date: is required'),
    (", longTermDate: 2028-03-31", "", 'kubernetes."1.35".longTermDate: is required'),
    ("nodeImages:", "nodeImage:", "nodeImage: unknown key"),
    ("sources:", "sources:\n  old: {title: A, address: 'https://a.example', read: 2026-01-01}", "no entry names it"),
]


def loaded(tmp_path: Path, text: str) -> Retirements:
    file = tmp_path / "retirements.yaml"
    file.write_text(text, encoding="utf-8")
    return load_retirements(file)


@pytest.mark.parametrize(
    ("given", "wrong", "words"), BAD, ids=[f"{wrong[:24]} {words[:24]}" for _, wrong, words in BAD]
)
def test_an_entry_without_a_day_or_a_source_is_refused(tmp_path: Path, given: str, wrong: str, words: str) -> None:
    assert given in FILE
    with pytest.raises(RunError) as caught:
        loaded(tmp_path, FILE.replace(given, wrong))
    assert words in str(caught.value)


def test_a_retirement_has_the_name_of_its_kind_and_its_key(tmp_path: Path) -> None:
    names = [name for name, _ in loaded(tmp_path, FILE).named()]
    assert names == ["kubernetes 1.35", "nodeImage Ubuntu 22.04"]


@pytest.mark.parametrize("file", [SHIPPED, RETIREMENTS_FILE], ids=["shipped", "of the tests"])
def test_every_day_of_the_file_has_a_page_that_says_so(file: Path) -> None:
    content = load_retirements(file)
    found = [*content.named()]
    assert len(found) > len(content.kubernetes) > 0
    for _, retirement in found:
        assert content.sources[retirement.source].address.startswith("https://")


def test_no_page_was_read_in_the_future() -> None:
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert all(source.read <= today for source in load_retirements(SHIPPED).sources.values())


def test_kubernetes_versions_are_in_order_and_lose_their_support_in_order() -> None:
    known = load_retirements(SHIPPED).kubernetes
    assert [*known] == sorted(known, key=minor)
    for days in ([entry.date for entry in known.values()], [entry.long_term_date for entry in known.values()]):
        assert days == sorted(days)
    assert all(entry.long_term_date > entry.date for entry in known.values())


def test_what_a_stack_has_by_default_has_a_day() -> None:
    known = load_retirements(SHIPPED)
    assert ClusterSettings().kubernetes_version in known.kubernetes
    assert DatabaseSettings().version in known.postgresql
