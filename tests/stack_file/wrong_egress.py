"""Wrong settings of restricted egress."""

from __future__ import annotations

from typing import Any

RESTRICTED: dict[str, Any] = {"network.egress": "restricted"}
HOSTS = "network.allowedHosts"
# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
EGRESS: list[tuple[dict[str, Any], str, str]] = [
    ({"network.egress": "closed"}, "network.egress", "must be one of open, restricted (is 'closed')"),
    ({HOSTS: ["api.example.com"]}, HOSTS, "is for airflow-aks:network.egress: restricted (is open"),
    ({**RESTRICTED, HOSTS: "api.example.com"}, HOSTS, "must be a list"),
    ({**RESTRICTED, HOSTS: ["https://api.example.com"]}, f"{HOSTS}[0]", "without https:// and port"),
    ({**RESTRICTED, HOSTS: ["api.example.com:443"]}, f"{HOSTS}[0]", "belongs in allowedEgress"),
    ({**RESTRICTED, HOSTS: ["203.0.113.7"]}, f"{HOSTS}[0]", "an address belongs in allowedEgress"),
    ({**RESTRICTED, HOSTS: ["*"]}, f"{HOSTS}[0]", "*.example.com"),
    ({**RESTRICTED, HOSTS: ["*.com"]}, f"{HOSTS}[0]", "*.example.com"),
    ({**RESTRICTED, HOSTS: ["localhost"]}, f"{HOSTS}[0]", "must be the name of a host"),
    ({**RESTRICTED, HOSTS: ["a.example.com", "A.example.com"]}, HOSTS, "is listed twice"),
    (
        {**RESTRICTED, HOSTS: ["api.example.com", "minio.storage.svc"]},
        f"{HOSTS}[1]",
        "minio.storage.svc is a service of the cluster: allow it with airflow-aks:network.allowedEgress",
    ),
    (
        {**RESTRICTED, "network.allowedEgress": [{"cidr": "0.0.0.0/0", "port": 443}]},
        "network.allowedEgress[0].cidr",
        "is every address, and airflow-aks:network.egress is restricted",
    ),
]
