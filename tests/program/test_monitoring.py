"""Logs, metrics and alerts in whole plans: what is there, and that nothing is without the section."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from components.azure.monitoring import AUDIT_CATEGORIES, STREAMS
from dryrun.picture.architecture import describe_architecture
from dryrun.plan import Plan
from tests.case_values import WORKSPACE
from tests.cases import ACCESS, SELECTORS, STACKS
from tests.plans import component_of, plan_of

MONITORED: dict[str, Any] = {"monitoring": {"alertEmails": ["ops@example.com", "data@example.com"]}}
CLUSTER = "azure-native:containerservice:ManagedCluster"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
RULE = "azure-native:monitor:ScheduledQueryRule"
SETTING = "azure-native:monitor:DiagnosticSetting"
WORKSPACE_TYPE = "azure-native:operationalinsights:Workspace"
each_stack = pytest.mark.parametrize("stack", STACKS)


def monitoring_types(plan: Plan) -> set[str]:
    """The types that only monitoring has."""
    ours = ("azure-native:monitor:", "azure-native:operationalinsights:")
    return {resource.type for resource in plan.resources if resource.type.startswith(ours)}


def add_on(plan: Plan) -> Any:
    return plan.one(CLUSTER).inputs.get("addonProfiles", {}).get("omsagent")


@each_stack
def test_nothing_is_planned_without_the_section(stack: str) -> None:
    plan = plan_of(stack)
    assert monitoring_types(plan) == set()
    assert add_on(plan) is None
    assert plan.all(CONFIG_MAP) == []
    assert plan.outputs["logAnalyticsWorkspaceId"] is None
    policies = {
        policy.inputs["metadata"]["name"] for policy in plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    }
    assert "statsd-scrape" not in policies


@each_stack
def test_section_makes_workspace_rule_and_alerts(stack: str) -> None:
    plan = plan_of(stack, MONITORED)
    workspace = plan.one(WORKSPACE_TYPE)
    assert workspace.inputs["retentionInDays"] == 30
    assert workspace.inputs["features"]["disableLocalAuth"] is True
    assert plan.outputs["logAnalyticsWorkspaceId"].endswith(workspace.inputs["workspaceName"])
    assert len(plan.all(RULE)) == 6
    assert len(plan.all("azure-native:monitor:MetricAlert")) == 2


@each_stack
def test_section_alone_changes_nothing_else(stack: str) -> None:
    before, after = plan_of(stack), plan_of(stack, {"monitoring": {}})
    made = {resource.urn for resource in after.resources} - {resource.urn for resource in before.resources}
    names = {urn.rpartition("::")[2] for urn in made}
    assert {name for name in names if not name.startswith(("log-workspace", "monitoring"))} == {
        "airflow-namespace-statsd-scrape"
    }
    old = {resource.urn: resource.inputs for resource in before.resources}
    differing = [r.name for r in after.resources if r.urn in old and old[r.urn] != r.inputs]
    assert differing == ["cluster-cluster"]


def test_workspace_stays_when_the_stack_file_no_longer_asks_for_it() -> None:
    """AKS refuses updates of a cluster whose add-on names a workspace that is gone (Azure/AKS issue 1636)."""
    assert plan_of("prod", MONITORED).one(WORKSPACE_TYPE).retain_on_delete


def test_workspace_that_exists_is_used_and_not_made() -> None:
    plan = plan_of("prod", SELECTORS["monitoring-in-a-workspace"])
    assert plan.all(WORKSPACE_TYPE) == []
    assert add_on(plan)["config"]["logAnalyticsWorkspaceResourceID"] == WORKSPACE
    assert {setting.inputs["workspaceId"] for setting in plan.all(SETTING)} == {WORKSPACE}
    assert plan.outputs["logAnalyticsWorkspaceId"] == WORKSPACE


def test_off_disables_the_add_on_and_makes_nothing() -> None:
    plan = plan_of("prod", SELECTORS["monitoring-off"])
    assert add_on(plan) == {"enabled": False}
    assert monitoring_types(plan) == set()


def test_add_on_is_left_to_policies_without_the_section_and_ours_with_it() -> None:
    assert "addonProfiles.omsagent" in plan_of("prod").one(CLUSTER).ignore_changes
    for changes in (MONITORED, SELECTORS["monitoring-off"]):
        assert "addonProfiles.omsagent" not in plan_of("prod", changes).one(CLUSTER).ignore_changes


def test_both_add_ons_stand_beside_each_other() -> None:
    plan = plan_of("prod", {**MONITORED, "secrets.delivery": "csi"})
    assert set(plan.one(CLUSTER).inputs["addonProfiles"]) == {"azureKeyvaultSecretsProvider", "omsagent"}


def test_agent_signs_in_with_its_identity() -> None:
    assert add_on(plan_of("prod", MONITORED))["config"]["useAADAuth"] == "true"


def test_rule_is_attached_under_the_name_that_the_add_on_looks_for() -> None:
    plan = plan_of("prod", MONITORED)
    association = plan.one("azure-native:monitor:DataCollectionRuleAssociation").inputs
    assert association["associationName"] == "ContainerInsightsExtension"
    assert association["resourceUri"] == plan.outputs["clusterId"]
    rule = plan.one("azure-native:monitor:DataCollectionRule").inputs
    (flow,), (source,) = rule["dataFlows"], rule["dataSources"]["extensions"]
    assert flow["streams"] == source["streams"] == list(STREAMS)
    collected = source["extensionSettings"]["dataCollectionSettings"]
    assert collected["namespaceFilteringMode"] == "Include"
    assert collected["namespaces"] == ["airflow", "external-secrets"]


def test_every_service_is_audited_once() -> None:
    plan = plan_of("prod", {**MONITORED, "airflow.executor": "CeleryExecutor"})
    settings = {setting.name: setting.inputs for setting in plan.all(SETTING)}
    assert set(settings) == {f"monitoring-collection-{service}-logs" for service in AUDIT_CATEGORIES}
    assert len({setting["resourceUri"] for setting in settings.values()}) == len(settings)
    categories = [log["category"] for log in settings["monitoring-collection-cluster-logs"]["logs"]]
    assert categories == ["kube-audit-admin", "guard"]


def test_redis_is_audited_on_its_database() -> None:
    plan = plan_of("prod", {**MONITORED, "airflow.executor": "CeleryExecutor"})
    setting = next(s for s in plan.all(SETTING) if s.name == "monitoring-collection-broker-logs")
    assert "/databases/default" in setting.inputs["resourceUri"]


def test_broker_is_not_audited_where_there_is_none() -> None:
    assert "monitoring-collection-broker-logs" not in {s.name for s in plan_of("prod", MONITORED).all(SETTING)}


def test_no_setting_of_logs_has_the_retention_that_azure_retired() -> None:
    for setting in plan_of("prod", MONITORED).all(SETTING):
        assert all(set(log) == {"category", "enabled"} for log in setting.inputs["logs"])


def test_alerts_call_every_address() -> None:
    group = plan_of("prod", MONITORED).one("azure-native:monitor:ActionGroup").inputs
    receivers = [(receiver["emailAddress"], receiver["useCommonAlertSchema"]) for receiver in group["emailReceivers"]]
    assert receivers == [("ops@example.com", True), ("data@example.com", True)]
    assert len(group["groupShortName"]) <= 12


def test_no_address_is_no_alert() -> None:
    plan = plan_of("prod", {"monitoring": {}})
    kinds = monitoring_types(plan)
    assert SETTING in kinds
    assert not kinds & {RULE, "azure-native:monitor:MetricAlert", "azure-native:monitor:ActionGroup"}


def test_queries_see_this_cluster_only_and_need_no_table_yet() -> None:
    plan = plan_of("prod", MONITORED)
    for rule in plan.all(RULE):
        assert rule.inputs["scopes"] == [plan.outputs["clusterId"]]
        assert rule.inputs["skipQueryValidation"] is True
        assert rule.inputs["kind"] == "LogAlert"


def test_alerts_come_after_airflow() -> None:
    plan = plan_of("prod", MONITORED)
    release = next(resource for resource in plan.releases if resource.inputs["chart"] == "airflow")
    assert all(release.urn in rule.dependencies for rule in plan.all(RULE))


def test_agent_reads_the_exporter_and_no_environment() -> None:
    plan = plan_of("prod", MONITORED)
    settings = plan.one(CONFIG_MAP).inputs
    assert settings["metadata"]["name"] == "container-azm-ms-agentconfig"
    assert settings["metadata"]["namespace"] == "kube-system"
    scraping = settings["data"]["prometheus-data-collection-settings"]
    assert 'kubernetes_services = ["http://airflow-statsd.airflow:9102/metrics"]' in scraping
    assert "monitor_kubernetes_pods = false" in scraping
    logs = tomllib.loads(settings["data"]["log-data-collection-settings"])["log_collection_settings"]
    assert logs["env_var"]["enabled"] is False
    assert "kube-system" in logs["stdout"]["exclude_namespaces"]


def test_agent_settings_are_toml() -> None:
    for key, text in plan_of("prod", {**MONITORED, "access": ACCESS}).one(CONFIG_MAP).inputs["data"].items():
        if key.endswith("-settings"):
            assert tomllib.loads(text)


def test_agent_reads_the_proxies_where_there_is_a_way_in() -> None:
    plan = plan_of("prod", {**MONITORED, "access": ACCESS})
    scraping = plan.one(CONFIG_MAP).inputs["data"]["prometheus-data-collection-settings"]
    assert 'monitor_kubernetes_pods_namespaces = ["airflow-gateway"]' in scraping
    assert "envoy_server_days_until_first_cert_expiring" in scraping
    assert len(plan.all(RULE)) == 7


@pytest.mark.parametrize(
    ("changes", "name", "port"),
    [({}, "statsd-scrape", 9102), ({"access": ACCESS}, "proxies-scrape", 19001)],
    ids=["StatsD", "proxies"],
)
def test_policy_lets_the_agent_reach_the_metrics(changes: dict[str, Any], name: str, port: int) -> None:
    plan = plan_of("prod", {**MONITORED, **changes})
    policies = plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    (spec,) = [policy.inputs["spec"] for policy in policies if policy.inputs["metadata"]["name"] == name]
    (rule,) = spec["ingress"]
    assert rule["ports"] == [{"port": port, "protocol": "TCP"}]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "kube-system"}


def test_everything_stands_under_its_components() -> None:
    plan = plan_of("prod", MONITORED)
    for kind in monitoring_types(plan):
        for resource in plan.all(kind):
            parent = component_of(plan, resource)
            assert parent is not None
            assert parent.name in ("log-workspace", "monitoring-collection", "monitoring-alerts")


@each_stack
def test_all_of_it_beside_everything_else_is_accepted(stack: str) -> None:
    changes = {**MONITORED, "access": ACCESS, "airflow.executor": "CeleryExecutor", "secrets.delivery": "csi"}
    assert plan_of(stack, changes).all(RULE)


def test_picture_shows_the_workspace_and_who_gets_alerts() -> None:
    box = describe_architecture(plan_of("prod", MONITORED)).boxes["other:monitoring"]
    assert box.title == "Log Analytics"
    assert box.lines[0].startswith("log-airflow-prod-")
    assert box.lines[1:] == ("Container insights, 4 audit logs", "8 alerts to 2 addresses")
    assert "other:monitoring" not in describe_architecture(plan_of("prod")).boxes
