"""Wrong names: past the limits of their types, twice the same, and patterns that make no name."""

from __future__ import annotations

from typing import Any

# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
NAMES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"naming.names": {"vault": "kv-contoso-airflow-production"}},
        "naming.names.vault",
        "must be 3 to 24 lower-case letters, digits and single hyphens, the first a letter, the last no hyphen (is "
        "'kv-contoso-airflow-production', 29 characters)",
    ),
    ({"naming.names": {"vault": "kv--airflow"}}, "naming.names.vault", "single hyphens"),
    ({"naming.names": {"vault": "KV-airflow"}}, "naming.names.vault", "lower-case letters"),
    ({"naming.names": {"registry": "cr-airflow"}}, "naming.names.registry", "must be 5 to 50 lower-case letters and"),
    ({"naming.names": {"registry": "cr"}}, "naming.names.registry", "2 characters"),
    ({"naming.names": {"storageAccount": "st" * 13}}, "naming.names.storageAccount", "3 to 24 lower-case letters and"),
    ({"naming.names": {"fileStorageAccount": "st_x"}}, "naming.names.fileStorageAccount", "letters and digits"),
    ({"naming.names": {"cluster": "aks-"}}, "naming.names.cluster", "the last a letter or digit (is 'aks-'"),
    ({"naming.names": {"cluster": "a" * 64}}, "naming.names.cluster", "must be 1 to 63 letters"),
    ({"naming.names": {"cluster": 7}}, "naming.names.cluster", "must be text"),
    ({"naming.names": {"cluster": ""}}, "naming.names.cluster", "must be 1 to 63 letters"),
    ({"naming.names": {"resourceGroup": "rg."}}, "naming.names.resourceGroup", "the last no period"),
    ({"naming.names": {"nodeResourceGroup": "r" * 81}}, "naming.names.nodeResourceGroup", "must be 1 to 80"),
    ({"naming.names": {"network": "v"}}, "naming.names.network", "must be 2 to 64"),
    ({"naming.names": {"dnsPrefix": "a" * 55}}, "naming.names.dnsPrefix", "must be 1 to 54"),
    ({"naming.names": {"databaseServer": "p" * 60}}, "naming.names.databaseServer", "must be 3 to 59"),
    (
        {"naming.names": {"databaseZone": "airflow.example.com"}},
        "naming.names.databaseZone",
        "and then .private.postgres.database.azure.com (is 'airflow.example.com'",
    ),
    ({"naming.names": {"broker": "-redis"}}, "naming.names.broker", "must be 1 to 60"),
    ({"naming.names": {"airflowIdentity": "i" * 98}}, "naming.names.airflowIdentity", "must be 3 to 97"),
    ({"naming.names": {"kubeletIdentity": "id"}}, "naming.names.kubeletIdentity", "must be 3 to 128"),
    ({"naming.names": {"gatewayAddress": "pip-"}}, "naming.names.gatewayAddress", "the last no hyphen or period"),
    ({"naming.names": {"logWorkspace": "l" * 55}}, "naming.names.logWorkspace", "must be 4 to 54"),
    ({"naming.names": {"keyVault": "kv-airflow"}}, "naming.names.keyVault", "unknown key"),
    ({"naming.names": {"clutser": "aks"}}, "naming.names.clutser", "did you mean cluster?"),
    ({"naming.names": ["aks"]}, "naming.names", "must be a mapping of settings"),
    (
        {"naming.names": {"nodeResourceGroup": "RG-Airflow-Dev"}},
        "naming.names.nodeResourceGroup",
        "is RG-Airflow-Dev, which is the name of the resource group too: each needs a name of its own",
    ),
    (
        {"naming.names": {"storageAccount": "stdata", "fileStorageAccount": "stdata"}},
        "naming.names.fileStorageAccount",
        "which is the name of the storage account too",
    ),
    (
        {"naming.names": {"kubeletIdentity": "id-nodes", "airflowIdentity": "id-nodes"}},
        "naming.names.airflowIdentity",
        "which is the name of the identity of the nodes too",
    ),
    (
        {"naming.pattern": "{type}-{workload}-{stage}-{region}"},
        "naming.pattern",
        "has the unknown placeholder {stage}; known: {type}, {workload}, {environment}, {region}, {suffix}",
    ),
    ({"naming.pattern": "{type}-{enviroment}"}, "naming.pattern", "did you mean {environment}?"),
    ({"naming.pattern": "{type}-{}"}, "naming.pattern", "has the unknown placeholder {}"),
    ({"naming.pattern": "{type!r}"}, "naming.pattern", "has the unknown placeholder {type!r}"),
    ({"naming.pattern": "{{type}}"}, "naming.pattern", "must be lower-case letters, digits, hyphens and placeholders"),
    ({"naming.pattern": "{type}_{workload}"}, "naming.pattern", "must be lower-case letters, digits, hyphens"),
    ({"naming.pattern": "{TYPE}-x"}, "naming.pattern", "has the unknown placeholder {TYPE}"),
    ({"naming.pattern": "{workload}-{suffix}"}, "naming.pattern", "must have {type}"),
    ({"naming.pattern": ""}, "naming.pattern", "must have {type}"),
    ({"naming.pattern": 5}, "naming.pattern", "must be text"),
    (
        {"naming.pattern": "{type}-contoso-analytics-{workload}", "naming.names": {"storageAccount": "stcontoso"}},
        "naming.pattern",
        "gives the Key Vault the name kv-contoso-analytics-airflow (28 characters), which must be 3 to 24 lower-case "
        "letters, digits and single hyphens, the first a letter, the last no hyphen: change the pattern, or set "
        "airflow-aks:naming.names.vault",
    ),
    (
        {
            "naming.pattern": "{type}-{workload}-analytics-{suffix}",
            "naming.names": {"vault": "kv-contoso"},
            "naming.prefix": "data-flow",
        },
        "naming.pattern",
        "gives the storage account the name stdataflowanalytics<suffix> (25 characters)",
    ),
    (
        {"naming.pattern": "7{type}-{suffix}"},
        "naming.pattern",
        "gives the Key Vault the name 7kv-<suffix> (10 characters), which must be 3 to 24",
    ),
    (
        {
            "naming.pattern": f"{{type}}-{'x' * 30}",
            "naming.names": {"vault": "kv-contoso", "storageAccount": "stcontoso"},
        },
        "naming.pattern",
        f"gives the private endpoints names such as pep-{'x' * 30}-log-storage-private-blob-endpoint (68 characters), "
        "which must be 2 to 64",
    ),
]
