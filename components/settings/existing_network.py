"""`network.existing`: subnets of virtual networks that exist already."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from .base import GUID, Section

# Source: Azure, "Naming rules and restrictions for Azure resources", Microsoft.Network.
SubnetId = Annotated[
    str,
    StringConstraints(
        pattern=rf"(?i)^/subscriptions/{GUID}/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+"
        r"/subnets/[^/]+$"
    ),
]


class ExistingSubnets(Section):
    """Subnets in which the stack stands, in networks of others: read, and neither changed nor deleted.

    They may be in other resource groups and subscriptions. Only those that the stack needs may be given.
    """

    node_subnet_id: SubnetId = Field(description="Subnet of the nodes. Fixed at creation.")
    database_subnet_id: SubnetId | None = Field(
        None,
        description="Subnet that is delegated to Microsoft.DBforPostgreSQL/flexibleServers and has no other use. "
        "For `database.access: private`; fixed at creation.",
    )
    private_endpoint_subnet_id: SubnetId | None = Field(
        None, description="Subnet of the private endpoints. For services without a public address."
    )
    gateway_subnet_id: SubnetId | None = Field(
        None,
        description="Subnet in the network of the nodes, whose first free address the gateway takes. For "
        "`access.visibility: internal`.",
    )
    grant_access: bool = Field(
        True,
        description="True: the cluster's identity gets its roles on the subnets. False: the output `requiredGrants` "
        "lists them for somebody else to assign.",
    )

    @property
    def ids(self) -> dict[str, str]:
        """The ids that are given, by their keys in the stack file."""
        found = {
            "nodeSubnetId": self.node_subnet_id,
            "databaseSubnetId": self.database_subnet_id,
            "privateEndpointSubnetId": self.private_endpoint_subnet_id,
            "gatewaySubnetId": self.gateway_subnet_id,
        }
        return {key: subnet_id for key, subnet_id in found.items() if subnet_id is not None}

    @property
    def ids_for_cluster(self) -> dict[str, str]:
        """The ids of the subnets on which the cluster's identity needs a role, by their keys in the stack file."""
        return {key: subnet_id for key, subnet_id in self.ids.items() if key in ("nodeSubnetId", "gatewaySubnetId")}
