"""Wrong settings of what operates a stack: chaos and teams."""

from __future__ import annotations

from typing import Any

SCHEDULER = {"target": "scheduler"}
GROUP = "00000000-0000-0000-0000-0000000000b1"
CLUSTER = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/gpu/providers/"
    "Microsoft.ContainerService/managedClusters/gpu"
)
ADMINS = {"cluster.adminGroupIds": ["00000000-0000-0000-0000-00000000000a"]}
DEV = {"name": "dev", "groupId": GROUP, "namespace": "dev"}


def team(**changes: Any) -> dict[str, Any]:
    """A stack file with one good team, and another with these changes."""
    return {**ADMINS, "teams": [DEV, {"name": "ops", "groupId": GROUP, "namespace": "ops", **changes}]}


# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
OPERATIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"chaos": {}}, "chaos.target", "is required"),
    ({"chaos": {"target": "worker"}}, "chaos.target", "must be one of scheduler, apiServer, dagProcessor, triggerer"),
    ({"chaos": {**SCHEDULER, "intervalMinutes": 0}}, "chaos.intervalMinutes", "must be at least 1 (is 0)"),
    ({"chaos": {**SCHEDULER, "intervalMinutes": 0.5}}, "chaos.intervalMinutes", "must be a whole number"),
    ({"chaos": {**SCHEDULER, "interval": 5}}, "chaos.interval", "unknown key; did you mean intervalMinutes?"),
    ({"chaos": {**SCHEDULER, "dryRun": "no"}}, "chaos.dryRun", "must be true or false"),
    (
        {"chaos": {**SCHEDULER, "timezone": "america/toronto"}},
        "chaos.timezone",
        "must be the name of a time zone, for example America/Toronto (is 'america/toronto')",
    ),
    ({"chaos": {**SCHEDULER, "timezone": "+02:00"}}, "chaos.timezone", "must be the name of a time zone"),
    ({"chaos": {**SCHEDULER, "excludedWeekdays": ["Sat"]}}, "chaos.excludedWeekdays[0]", "must be one of Monday"),
    (
        {"chaos": {**SCHEDULER, "excludedWeekdays": ["Sunday", "Sunday"]}},
        "chaos.excludedWeekdays",
        "Sunday is listed twice",
    ),
    (
        {
            "chaos": {
                **SCHEDULER,
                "excludedWeekdays": [
                    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
                ],
            }
        },
        "chaos.excludedWeekdays",
        "excludes every day",
    ),
    (
        {"chaos": {**SCHEDULER, "excludedHours": ["22:00-24:00"]}},
        "chaos.excludedHours[0]",
        "must be a period of the day",
    ),
    ({"chaos": {**SCHEDULER, "excludedHours": ["9-17"]}}, "chaos.excludedHours[0]", 'for example "22:00-06:30"'),
    (
        {"chaos": {**SCHEDULER, "excludedHours": ["08:00-08:00"]}},
        "chaos.excludedHours",
        "08:00-08:00 begins and ends at once",
    ),
    (
        {"chaos": {"target": "pgbouncer"}, "database.pooler": "none"},
        "chaos.target",
        "is pgbouncer, which has no pods: airflow-aks:database.pooler is none",
    ),
    (
        {"chaos": {"target": "triggerer"}, "airflow.triggerers": 0},
        "chaos.target",
        "airflow-aks:airflow.triggerers is 0",
    ),
    (
        {"chaos": {"target": "dagProcessor"}, "airflow.release": "2.9", "airflow.dagProcessors": 0},
        "chaos.target",
        "airflow-aks:airflow.dagProcessors is 0",
    ),
    ({"teams": [DEV]}, "teams", "need Entra sign-in to the cluster, and airflow-aks:cluster.adminGroupIds is empty"),
    ({"cluster.azureRbac": True}, "cluster.azureRbac", "Azure RBAC for Kubernetes needs Entra sign-in"),
    (team(name="dev"), "teams[1].name", "dev is the name of airflow-aks:teams[0] already"),
    (team(namespace="dev"), "teams[1].namespace", "dev is the namespace of airflow-aks:teams[0] already"),
    (team(namespace="airflow"), "teams[1].namespace", "is airflow, which is Airflow's own"),
    (
        team(namespace="external-secrets-gateway"),
        "teams[1].namespace",
        "which is the operator's of the gateway's certificate",
    ),
    (
        team(namespace="external-secrets"),
        "teams[1].namespace",
        "the secret operator's: choose another, for example ops",
    ),
    (team(namespace="airflow-gateway"), "teams[1].namespace", "which is the gateway's"),
    (team(namespace="default"), "teams[1].namespace", "which belongs to Kubernetes"),
    (team(namespace="kube-public"), "teams[1].namespace", "which belongs to Kubernetes"),
    (team(namespace="aks-command"), "teams[1].namespace", "which belongs to AKS"),
    (team(namespace="Ops"), "teams[1].namespace", "must be the name of a Kubernetes namespace"),
    (team(role="owner"), "teams[1].role", "must be one of viewer, developer, admin (is 'owner')"),
    (team(groupId="ops"), "teams[1].groupId", "must be the object id of an Entra group"),
    (team(name="Data Ops"), "teams[1].name", "must be 1 to 30 lower-case letters, digits and hyphens"),
    (team(quota={"cpu": 8}), "teams[1].quota.cpu", 'must be text: write it in quotes, "8"'),
    (team(quota={"memory": "32 GB"}), "teams[1].quota.memory", "must be a quantity of memory, for example 32Gi"),
    (team(quota={"pods": 0}), "teams[1].quota.pods", "must be at least 1"),
    (team(group=GROUP), "teams[1].group", "unknown key; did you mean groupId?"),
    ({**ADMINS, "teams": DEV}, "teams", "must be a list"),
    (
        {**team(runsTasks=True), "airflow.executor": "LocalExecutor"},
        "teams[1].runsTasks",
        "airflow-aks:airflow.executor is LocalExecutor: tasks in a team's namespace need KubernetesExecutor",
    ),
    ({**team(runsTasks=True), "airflow.executor": "CeleryExecutor"}, "teams[1].runsTasks", "need KubernetesExecutor"),
    ({**team(runsTasks=True), "airflow.release": "2.9"}, "teams[1].runsTasks", "need Airflow 3"),
    ({**team(runsTasks=True), "logs.delivery": "blobfuse"}, "teams[1].runsTasks", "is blobfuse: tasks in a team's"),
    ({**team(runsTasks=True), "dags.delivery": "azureFiles"}, "teams[1].runsTasks", "need git or image"),
    ({**team(runsTasks=True), "network.egress": "restricted"}, "teams[1].runsTasks", "network.egress is restricted"),
    (
        {**team(runsTasks=True), "airflow.keyVaultSecrets": {"AIRFLOW_CONN_X": "x"}},
        "teams[1].runsTasks",
        "need connections in Airflow",
    ),
    (
        {
            **team(runsTasks=True),
            "remoteClusters": [{"connectionId": "gpu", "clusterId": CLUSTER, "namespace": "jobs"}],
        },
        "teams[1].runsTasks",
        "airflow-aks:remoteClusters is set",
    ),
]
