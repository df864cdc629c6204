"""A stack transformation that gives the resources without a setting of their own names that tell stacks apart."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi import Output, ResourceTransformationArgs, ResourceTransformationResult

from components.settings.model import Settings
from components.settings.name_types import OTHER_NAME_TYPES
from components.settings.names import Names

# The property with the physical name, by type.
_PROPERTIES: Final = {
    "azure-native:monitor:ActionGroup": "action_group_name",
    "azure-native:monitor:DataCollectionRule": "data_collection_rule_name",
    "azure-native:monitor:MetricAlert": "rule_name",
    "azure-native:monitor:ScheduledQueryRule": "rule_name",
    "azure-native:network:NatGateway": "nat_gateway_name",
    "azure-native:network:NetworkSecurityGroup": "network_security_group_name",
    "azure-native:network:PrivateEndpoint": "private_endpoint_name",
    "azure-native:network:PublicIPAddress": "public_ip_address_name",
}


def name_by_pattern(settings: Settings, azure_names: Output[Names]) -> None:
    """Put the pattern before each physical name that is the same as the logical name; nothing without a pattern.

    In a resource group that exists, other stacks may have resources of the same logical names.
    """
    if settings.naming.pattern is None and settings.resource_group.existing_name is None:
        return

    def rename(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        key = _PROPERTIES.get(args.type_)
        if key is None or args.props.get(key) != args.name:
            return None
        abbreviation = OTHER_NAME_TYPES[args.type_.partition(":")[2]].abbreviation
        name = azure_names.apply(lambda names: names.by_pattern(abbreviation, args.name))
        return ResourceTransformationResult(props={**args.props, key: name}, opts=args.opts)

    pulumi.runtime.register_stack_transformation(rename)
