"""The cache of Microsoft's images from which nodes start that have no way to the Internet."""

from __future__ import annotations

from typing import Final

from pulumi import Input, Resource, ResourceOptions
from pulumi_azure_native import containerregistry

# AKS looks for exactly these. Source: AKS, "Create a network isolated AKS cluster", bring your own registry.
CACHE_RULE: Final = "aks-managed-mcr"
CACHE_SOURCE: Final = "mcr.microsoft.com/*"
CACHE_TARGET: Final = "aks-managed-repository/*"


def create_bootstrap_cache(
    name: str, resource_group_name: Input[str], registry_name: Input[str], parent: Resource
) -> containerregistry.CacheRule:
    """Let a registry fetch from Microsoft's registry what nodes ask it for.

    The registry fetches the images itself, also if it has no public address, so that nodes only reach the registry.
    """
    return containerregistry.CacheRule(
        f"{name}-bootstrap-cache",
        resource_group_name=resource_group_name,
        registry_name=registry_name,
        cache_rule_name=CACHE_RULE,
        source_repository=CACHE_SOURCE,
        target_repository=CACHE_TARGET,
        opts=ResourceOptions(parent=parent),
    )
