"""A registry that exists already: read, and neither changed nor deleted."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input, InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import Provider, containerregistry

from .resource_id import ResourceId


@dataclass(frozen=True, kw_only=True)
class RegistryPlace:
    """A registry: its id, the parts of the id, and the name that pods pull from."""

    registry_id: Output[str]
    subscription_id: Input[str]
    resource_group_name: Input[str]
    registry_name: Output[str]
    login_server: Output[str]


def read_registry(name: str, existing_id: str, parent: Resource) -> RegistryPlace:
    """Read the registry in its own subscription. A registry that does not exist makes the preview fail.

    The login server is read, because it may have a hash behind the registry's name. Source: Azure Container Registry,
    "Domain name label scope".
    """
    place = ResourceId.of(existing_id)
    provider = Provider(
        f"{name}-subscription-{place.subscription_id}",
        subscription_id=place.subscription_id,
        opts=ResourceOptions(parent=parent),
    )
    found = containerregistry.get_registry_output(
        resource_group_name=place.resource_group_name,
        registry_name=place.name,
        opts=InvokeOutputOptions(provider=provider),
    )
    return RegistryPlace(
        registry_id=Output.from_input(existing_id),
        subscription_id=place.subscription_id,
        resource_group_name=place.resource_group_name,
        registry_name=Output.from_input(place.name),
        login_server=found.login_server,
    )
