"""The entries of `network.allowedEgress` and `network.allowedIngress`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .base import Cidr, EachOnce, Section

# The pods that an entry may name. The pods of `workers` and `taskPods` have the same label, so either word selects
# both.
TrafficComponent = Literal[
    "apiServer",
    "dagProcessor",
    "pgbouncer",
    "scheduler",
    "statsd",
    "taskPods",
    "triggerer",
    "workers",
]
Port = Annotated[int, Field(ge=1, le=65535)]
# Labels of letters, digits, hyphens and underscores. The last label begins with a letter, so that no IP address
# matches.
HostName = Annotated[
    str,
    StringConstraints(
        max_length=253,
        pattern=r"^([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$",
    ),
]
# Two labels or more, with `*` in them except in the last two, so that no pattern covers a whole top-level domain. The
# last label begins with a letter, as above. Source: AKS, "Overview of FQDN filtering", limitations.
HostPattern = Annotated[
    str,
    StringConstraints(
        max_length=253,
        pattern=r"^([A-Za-z0-9_*]([A-Za-z0-9_*-]{0,61}[A-Za-z0-9*])?\.)*"
        r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
    ),
]
# Source: Kubernetes, "Object Names and IDs", RFC 1123 label names.
NamespaceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


class AllowedEgress(Section):
    """A connection that pods may open: to a host or to an address range."""

    host: HostName | None = Field(
        None,
        description="Name of a host. Outside the cluster, it opens the port to every address; "
        "`<service>.<namespace>.svc` opens it to the pods of that namespace.",
    )
    cidr: Cidr | None = Field(None, description="Address range outside the cluster, instead of `host`.")
    port: Port = Field(description="TCP port; inside the cluster, the port of the pods behind the service.")
    components: Annotated[tuple[TrafficComponent, ...], EachOnce] = Field(
        (), alias="for", description="Components that open it; [] = all of Airflow's."
    )


class AllowedIngress(Section):
    """A connection that pods accept: from a namespace or from an address range."""

    namespace: NamespaceName | None = Field(None, description="Namespace of the pods that connect.")
    cidr: Cidr | None = Field(None, description="Address range outside the cluster, instead of `namespace`.")
    port: Port = Field(description="TCP port of the component's pods, for example 8080 of the API server.")
    components: Annotated[tuple[TrafficComponent, ...], Field(min_length=1), EachOnce] = Field(
        alias="to", description="Components that accept it."
    )
