"""The chart values that the program owns, each with what to use instead, and the chart's top-level keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.airflow.values.containers import RESOURCE_PLACES
from components.kubernetes.metadata_keys import IDENTITY_LABEL, ROTATION_ANNOTATION

from .config import fixed, use
from .plaintext_secrets import ADVICE


def _all(message: str, *paths: str, below: str = "") -> dict[str, str]:
    return {f"{below}{path}": message for group in paths for path in group.split()}


_RESTRICTED: Final = fixed("pods run under the restricted Pod Security standard")
_KEPT_SECRET: Final = fixed(f"it names the Secrets that it makes; {ADVICE}")
_OWN_JOB: Final = fixed("it makes this Job itself, because Helm would wait for the Job's pods for ever")
_PINNED: Final = fixed("charts/pins.yaml names the images, and pods pull them from the stack's registry")
_INI: Final = fixed("pgbouncer.ini is made by it and reaches the pods as a Secret")
_OUR_LIST: Final = fixed("a list of its own stands there, and lists replace each other")
_NO_REDIS: Final = fixed("Celery's broker is a managed one")
_NAMING: Final = fixed("identities, probes and network policies go by it")

# Path to message; whatever stands below a path is owned with it.
_NO_DISK: Final = fixed("logs leave the pod or stand on a shared volume, so no pod has a disk of its own")
OWNED_VALUES: Final[Mapping[str, str]] = {
    # Versions and images
    "airflowVersion": use("airflow.release"),
    **_all(use("airflow.image"), "defaultAirflowRepository defaultAirflowTag defaultAirflowDigest"),
    **_all(use("airflow.image"), "airflow.repository airflow.tag airflow.digest", below="images."),
    **_all(
        use("airflow.image"), "pod_template.repository pod_template.tag useDefaultImageForMigration", below="images."
    ),
    **_all(_PINNED, "gitSync.repository gitSync.tag pgbouncer.repository pgbouncer.tag", below="images."),
    **_all(_PINNED, "pgbouncerExporter.repository pgbouncerExporter.tag statsd.repository statsd.tag", below="images."),
    "registry": fixed("nodes pull from the stack's registry with their own identity"),
    "ingress": fixed("network policies keep others out; the UI is reached by the connectCommand output"),
    # What has a setting
    "executor": use("airflow.executor"),
    "config": use("airflow.config"),
    **_all(use("airflow.environment"), "env extraEnv"),
    "apiServer.replicas": use("airflow.apiServers"),
    "dagProcessor.replicas": use("airflow.dagProcessors"),
    "scheduler.replicas": use("airflow.schedulers"),
    **_all(use("airflow.triggerers"), "replicas enabled", below="triggerer."),
    **{
        place: use(f"airflow.resources.{component}")
        for component, places in RESOURCE_PLACES.items()
        for place in places
    },
    "workers.kubernetes.resources": f"{use('airflow.resources.workers')}, or taskPods beside Celery's workers",
    "data": use("database"),
    "pgbouncer.enabled": use("database.pooler"),
    **_all(use("dags.delivery"), "persistence mountPath gitSync.enabled", below="dags."),
    **_all(use("dags.git"), "repo branch ref rev subPath period wait", below="dags.gitSync."),
    **_all(use("dags.git.auth"), "credentialsSecret sshKey sshKeySecret knownHosts", below="dags.gitSync."),
    **_all(use("logs"), "logs.persistence elasticsearch opensearch"),
    "createUserJob": f"{_OWN_JOB}; use airflow-aks:airflow.admin",
    # Secrets
    **_all(_KEPT_SECRET, "fernetKey fernetKeySecretName fernetKeySecretAnnotations"),
    **_all(_KEPT_SECRET, "apiSecretKey apiSecretKeySecretName apiSecretAnnotations"),
    **_all(_KEPT_SECRET, "jwtSecret jwtSecretName jwtSecretAnnotations"),
    **_all(_KEPT_SECRET, "webserverSecretKey webserverSecretKeySecretName webserverSecretAnnotations"),
    **_all(_KEPT_SECRET, "enableBuiltInSecretEnvVars extraSecrets secret kerberos.keytabBase64Content"),
    **_all(
        _INI, "auth_file auth_type ciphers command configSecretName mountConfigSecret ssl sslmode", below="pgbouncer."
    ),
    **_all(_INI, "extraIni extraIniMetadata extraIniResultBackend verbose", below="pgbouncer."),
    **_all(_INI, "logConnections logDisconnections maxClientConn", below="pgbouncer."),
    **_all(_INI, "metadataPoolSize resultBackendPoolSize", below="pgbouncer."),
    **_all(_INI, "sslmode statsSecretKey statsSecretName", below="pgbouncer.metricsExporterSidecar."),
    # Parts that are always there, and parts that never are
    **_all(fixed("Airflow 3 needs it"), "apiServer.enabled dagProcessor.enabled scheduler.enabled"),
    "migrateDatabaseJob": _OWN_JOB,
    "triggerer.persistence": _NO_DISK,
    "triggerer.keda": fixed("KEDA scales Celery's workers only"),
    "priorityClasses": fixed("Airflow's own parts stand before tasks"),
    "webserver": fixed("it is a part of Airflow 2; use apiServer"),
    "otelCollector": fixed("its image is not in the stack's registry; name a collector of yours in airflow.config"),
    "postgresql": use("database"),
    **_all(_NO_REDIS, "redis"),
    "flower": fixed("its image is not in the stack's registry"),
    # Celery's workers
    **_all(use("airflow.workers"), "replicas keda hpa", below="workers.celery."),
    **_all(fixed("there is one set of workers"), "enableDefault sets", below="workers.celery."),
    "workers.celery.persistence": _NO_DISK,
    "workers.celery.env": fixed("KEDA's connection stands there; use airflow-aks:airflow.environment"),
    # Rights, names and networks
    "rbac": fixed("its roles are what the parts need"),
    "allowPodLaunching": fixed("the executor starts pods"),
    "multiNamespaceMode": fixed("Airflow has rights in its own namespace only"),
    **_all(fixed("the namespace has policies of its own"), "networkPolicies apiServer.networkPolicy"),
    "podTemplate": fixed("task pods come from its own template; use workers.kubernetes"),
    **_all(_NAMING, "fullnameOverride nameOverride useStandardNaming ports airflowHome"),
    **_all(_RESTRICTED, "uid gid dags.gitSync.uid pgbouncer.uid statsd.uid"),
    # Lists
    **_all(_OUR_LIST, "volumes volumeMounts apiServer.extraVolumes apiServer.extraVolumeMounts"),
    **_all(_OUR_LIST, "cleanup.env databaseCleanup.env dagProcessor.waitForMigrations.env"),
    **_all(_OUR_LIST, "dagProcessor.logGroomerSidecar.env scheduler.logGroomerSidecar.env"),
    **_all(_OUR_LIST, "workers.celery.logGroomerSidecar.env"),
    **_all(_OUR_LIST, "triggerer.logGroomerSidecar.env dags.gitSync.env dags.gitSync.extraVolumeMounts"),
    "scheduler.safeToEvict": fixed("it follows the executor"),
}

# Keys that are owned wherever they stand.
OWNED_KEYS: Final[Mapping[str, str]] = {
    **_all(_RESTRICTED, "securityContext securityContexts"),
    "serviceAccount": fixed("the identities in Azure trust these accounts by name"),
    **_all(use("cluster.pools"), "nodeSelector tolerations"),
    IDENTITY_LABEL: fixed("pods that have an identity carry it"),
    ROTATION_ANNOTATION: fixed("it restarts pods when a secret is rotated"),
}

_CHART_KEYS: Final = """
    affinity airflowConfigAnnotations airflowHome airflowLocalSettings airflowPodAnnotations airflowVersion
    allowJobLaunching allowPodLaunching apiSecretAnnotations apiSecretKey apiSecretKeySecretName apiServer cleanup
    config containerLifecycleHooks createUserJob dagProcessor dags data databaseCleanup defaultAirflowDigest
    defaultAirflowRepository defaultAirflowTag elasticsearch enableBuiltInSecretEnvVars enableServiceLinks env
    executor extraConfigMaps extraEnv extraEnvFrom extraSecrets fernetKey fernetKeySecretAnnotations
    fernetKeySecretName flower fullnameOverride gid imagePullSecrets images ingress jwtSecret jwtSecretAnnotations
    jwtSecretName kerberos labels limits logs migrateDatabaseJob multiNamespaceMode nameOverride networkPolicies
    nodeSelector opensearch otelCollector pgbouncer podTemplate ports postgresql priorityClasses quotas rbac redis
    registry revisionHistoryLimit scheduler schedulerName secret securityContext securityContexts statsd tolerations
    topologySpreadConstraints triggerer uid useStandardNaming volumeMounts volumes webserver
    webserverSecretAnnotations webserverSecretKey webserverSecretKeySecretName workers
"""
# The chart's schema lets an unknown key pass at the top, though nowhere else.
CHART_KEYS: Final = tuple(_CHART_KEYS.split())
