"""Alerts and dashboard: the metrics that they read are those that the real Airflow emits, of either release line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from components.airflow.alert_table import (
    CERTIFICATE_DAYS,
    SCRAPED_METRICS,
    UPLOAD_FAILURES,
    database_alerts,
    log_alerts,
    scraped_metrics,
)
from components.airflow.monitoring import watched_namespaces
from components.azure.alert_resources import LogAlert
from components.settings.model import Settings
from components.stack_file.checker import check
from tests.airflow.emitted_metrics import emitted, exported
from tests.cases import ACCESS
from tests.packaged_charts import package_of, pinned_chart, read_files
from tests.plans import PROJECT, ROOT, changed, shipped

LINES = ("2.9", "3.3")
DASHBOARD = json.loads((ROOT / "charts" / "airflow" / "dashboard.json").read_text(encoding="utf-8"))
MONITORED: dict[str, Any] = {"monitoring": {"alertEmails": ["ops@example.com"]}}
each_line = pytest.mark.parametrize("line", LINES)


def settings_of(changes: dict[str, Any] | None = None) -> Settings:
    config = changed(shipped("prod"), {**MONITORED, **(changes or {})})
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None, errors
    return settings


def alerts_of(changes: dict[str, Any] | None = None) -> dict[str, LogAlert]:
    settings = settings_of(changes)
    return {alert.name: alert for alert in log_alerts(settings, watched_namespaces(settings))}


def dashboard_queries() -> list[str]:
    return [target["azureLogAnalytics"]["query"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def metrics_in(query: str) -> Iterator[str]:
    """The metrics that a query asks for; one with any ending ends in `*`."""
    yield from re.findall(r'Name == "(\w+)"', query)
    yield from (f"{beginning}*" for beginning in re.findall(r'Name startswith "(\w+)"', query))


@each_line
@pytest.mark.parametrize("metric", SCRAPED_METRICS)
def test_every_scraped_metric_is_emitted_by_airflow(line: str, metric: str) -> None:
    assert exported(line, metric)


def test_metric_of_one_line_only_is_noticed() -> None:
    """Airflow 2.9.3 has no heartbeat of the DAG processor, whatever its documentation of later versions says."""
    assert exported("3.3", "airflow_dag_processor_heartbeat")
    assert not exported("2.9", "airflow_dag_processor_heartbeat")
    assert not exported("3.3", "airflow_zombies_killed")


@each_line
def test_recorded_names_are_those_of_the_pinned_version(line: str) -> None:
    pins = yaml.safe_load((ROOT / "tests" / "pins" / "pins.yaml").read_text(encoding="utf-8"))
    recorded = json.loads((ROOT / "tests" / "airflow" / "metrics" / f"{line}.json").read_text(encoding="utf-8"))
    assert recorded["version"] == pins["airflow"][line]["images"]["airflow"]["tag"]
    assert len(emitted(line)) > 80


@each_line
def test_chart_shows_the_metrics_under_the_names_that_the_alerts_read(line: str) -> None:
    """The chart's StatsD exporter renames some metrics: none of ours, but for labels of the same name."""
    (text,) = read_files(package_of(pinned_chart(line)), "files/statsd-mappings.yml")
    for mapping in yaml.safe_load(text)["mappings"]:
        pattern = mapping["match"]
        if mapping.get("match_type") != "regex":
            pattern = re.escape(pattern).replace(r"\*", "[^.]+")
        for name in emitted(line):
            shown = f"airflow_{name.replace('.', '_').replace('{}', 'x')}"
            ours = any(re.fullmatch(metric.replace("*", ".+"), shown) for metric in SCRAPED_METRICS)
            if ours and re.fullmatch(pattern, f"airflow.{name}".replace("{}", "x")):
                assert mapping["name"] == shown


@pytest.mark.parametrize("changes", [{}, {"access": ACCESS}], ids=["without", "with a way in"])
def test_queries_of_alerts_read_scraped_metrics_only(changes: dict[str, Any]) -> None:
    read = {metric for alert in alerts_of(changes).values() for metric in metrics_in(alert.query)}
    assert read
    assert read <= set(scraped_metrics(settings_of(changes)))


def test_nothing_is_scraped_that_nobody_reads() -> None:
    queries = [*dashboard_queries(), *(alert.query for alert in alerts_of({"access": ACCESS}).values())]
    assert {metric for query in queries for metric in metrics_in(query)} == {*SCRAPED_METRICS, CERTIFICATE_DAYS}


def test_every_alert_that_a_platform_team_expects_is_there() -> None:
    assert list(alerts_of({"access": ACCESS})) == [
        "scheduler-heartbeat",
        "dag-processor-behind",
        "import-errors",
        "queue-growing",
        "pods-crash",
        "log-upload-fails",
        "certificate-ends",
    ]
    assert [alert.name for alert in database_alerts(settings_of())] == ["database-storage", "database-connections"]


def test_alert_on_certificates_needs_a_way_in() -> None:
    assert "certificate-ends" not in alerts_of()
    assert CERTIFICATE_DAYS not in scraped_metrics(settings_of())


@pytest.mark.parametrize("delivery", ["blobfuse", "azureFiles"])
def test_alert_on_uploads_needs_uploads(delivery: str) -> None:
    assert "log-upload-fails" not in alerts_of({"logs.delivery": delivery})


def test_alert_on_uploads_asks_for_every_text() -> None:
    query = alerts_of()["log-upload-fails"].query
    assert all(f'line contains "{text}"' in query for text in UPLOAD_FAILURES)


@pytest.mark.parametrize("name", ["scheduler-heartbeat", "dag-processor-behind"])
def test_missing_metrics_are_an_alert_too(name: str) -> None:
    assert "samples == 0 or growth == 0" in alerts_of()[name].query


def test_pods_of_every_namespace_of_the_program_are_watched() -> None:
    query = alerts_of({"access": ACCESS})["pods-crash"].query
    assert 'Namespace in ("airflow", "external-secrets", "airflow-gateway", "cert-manager")' in query
    assert "external-secrets" not in alerts_of({"secrets.delivery": "csi"})["pods-crash"].query


def test_pods_that_deliver_a_certificate_of_the_vault_are_watched() -> None:
    tls = {"issuer": "keyVault", "certificate": "airflow"}
    query = alerts_of({"access": {**ACCESS, "tls": tls}})["pods-crash"].query
    assert '"airflow-gateway", "external-secrets-gateway")' in query
    assert "cert-manager" not in query


def test_no_query_sets_a_time_of_its_own_beyond_its_window() -> None:
    for alert in alerts_of({"access": ACCESS}).values():
        assert alert.minutes >= alert.every_minutes
        for minutes in re.findall(r"ago\((\d+)m\)", alert.query):
            assert int(minutes) < alert.minutes


@pytest.mark.parametrize(
    ("sku", "tier", "threshold"),
    [("Standard_D4ds_v5", "GeneralPurpose", 1374), ("Standard_E16ds_v5", "MemoryOptimized", 4000)],
)
def test_threshold_of_connections_follows_the_size(sku: str, tier: str, threshold: int) -> None:
    changes = {"database.sku": sku, "database.tier": tier}
    assert [alert.threshold for alert in database_alerts(settings_of(changes))] == [80, threshold]


def test_dashboard_names_no_workspace_and_no_cluster() -> None:
    names = [variable["name"] for variable in DASHBOARD["templating"]["list"]]
    assert names == ["datasource", "workspace", "cluster"]
    assert "/subscriptions/" not in json.dumps(DASHBOARD)
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            assert target["azureLogAnalytics"]["resources"] == ["${workspace}"]
            assert "${cluster}" in target["azureLogAnalytics"]["query"]
            assert "$__timeFilter(TimeGenerated)" in target["azureLogAnalytics"]["query"]


def test_panels_of_the_dashboard_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells
    identifiers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(identifiers) == len(set(identifiers))
