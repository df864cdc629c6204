"""Wrong settings of a private network: services that would stay public beside `network.private`."""

from __future__ import annotations

from typing import Any

# The dev stack file has a public database and a Basic registry.
CLOSED: dict[str, Any] = {"network.private": True, "database.access": None, "registry.sku": None}
# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
PRIVATE: list[tuple[dict[str, Any], str, str]] = [
    ({**CLOSED, "network.private": "yes"}, "network.private", "must be true or false, without quotes"),
    ({**CLOSED, "network.privat": True}, "network.privat", "did you mean private?"),
    ({**CLOSED, "logs.publicAccess": "no"}, "logs.publicAccess", "must be true or false, without quotes"),
    (
        {**CLOSED, "registry.publicAccess": True},
        "registry.publicAccess",
        "is true, and airflow-aks:network.private is true, which makes it false: remove one",
    ),
    ({**CLOSED, "keyVault.publicAccess": True}, "keyVault.publicAccess", "airflow-aks:network.private is true"),
    ({**CLOSED, "logs.publicAccess": True}, "logs.publicAccess", "airflow-aks:network.private is true"),
    (
        {**CLOSED, "database.access": "public"},
        "database.access",
        "is public, and airflow-aks:network.private is true, which makes it private: remove one",
    ),
    ({**CLOSED, "cluster.privateApiServer": False}, "cluster.privateApiServer", "which makes it true: remove one"),
    ({**CLOSED, "registry.sku": "Basic"}, "network.private", "true needs airflow-aks:registry.sku: Premium (is Basic)"),
    (
        {**CLOSED, "registry.sku": "Standard"},
        "network.private",
        "true needs airflow-aks:registry.sku: Premium (is Standard)",
    ),
    (
        {**CLOSED, "cluster.authorizedIpRanges": ["203.0.113.0/24"]},
        "cluster.authorizedIpRanges",
        "is for a public API server, and airflow-aks:network.private is true",
    ),
    (
        {**CLOSED, "database.allowedIpRanges": ["203.0.113.0/24"]},
        "database.allowedIpRanges",
        "airflow-aks:database.access: public, and airflow-aks:network.private is true",
    ),
]
