"""The page on monitoring lists every alert, with its severity, and every cost that a setting has."""

from __future__ import annotations

import re
from typing import Any

from components.airflow.alert_table import database_alerts, log_alerts
from components.azure.node_room import INSIGHTS_CPU, INSIGHTS_MEMORY
from tests.airflow.test_alert_table import settings_of
from tests.cases import ACCESS
from tests.docs.pages import text_of
from tests.plans import ROOT

PAGE = text_of(ROOT / "docs" / "monitoring.md")


def alerts() -> list[Any]:
    settings = settings_of({"access": ACCESS})
    return [*log_alerts(settings, ["airflow"]), *database_alerts(settings)]


def rows() -> dict[str, list[str]]:
    """The rows of the table of alerts by the alert's name."""
    section = PAGE.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {name.strip("`"): rest for name, *rest in cells}


def test_every_alert_has_a_line_and_every_line_an_alert() -> None:
    assert list(rows()) == [alert.name for alert in alerts()]


def test_every_line_says_severity_meaning_and_what_to_do() -> None:
    for alert in alerts():
        severity, meaning, first = rows()[alert.name]
        assert int(severity) == alert.severity
        assert len(meaning) > 30
        assert len(first) > 30


def test_page_counts_the_alerts_by_how_often_they_ask() -> None:
    (text,) = re.findall(r"\| Alerts that query \| (.*) \|", PAGE)
    words = {2: "two", 3: "three", 1: "one"}
    often = [alert.every_minutes for alert in log_alerts(settings_of({"access": ACCESS}), ["airflow"])]
    for minutes in sorted(set(often)):
        assert re.search(rf"{words[often.count(minutes)]} (run )?every {minutes}\b", text), minutes


def test_page_names_what_the_agent_takes_of_a_node() -> None:
    assert PAGE.count(f"{INSIGHTS_CPU}m and {INSIGHTS_MEMORY} MiB") == 2
