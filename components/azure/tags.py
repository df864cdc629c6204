"""Tags on every Azure resource that can have them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi import ResourceTransformationArgs, ResourceTransformationResult


def tag_everything(tags: Mapping[str, str]) -> None:
    """Add tags, through one stack transformation, to every Azure resource of the stack whose type has tags."""

    def add_tags(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        # The SDK puts every property of a type into the inputs, and unset properties as None.
        if not args.type_.startswith("azure-native:") or "tags" not in args.props:
            return None
        return ResourceTransformationResult(props={**args.props, "tags": dict(tags)}, opts=args.opts)

    pulumi.runtime.register_stack_transformation(add_tags)
