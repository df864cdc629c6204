"""Brings back what others changed in the cluster: two stack transformations, over all objects and all Helm releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import pulumi
from pulumi import ResourceTransformationArgs, ResourceTransformationResult

from .labels_and_annotations import FORCE_ANNOTATION

_JOB: Final = "kubernetes:batch/v1:Job"
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def take_fields_back() -> None:
    """Let every Kubernetes object of the stack override other managers of the fields that the program sets.

    Without this, server-side apply ends with a conflict if somebody else has changed such a field. The objects inside
    Helm releases are Helm's, which overrides other managers by itself. Jobs are left out: they run once, and a
    change of their pods replaces them.
    """

    def force(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        # Helm releases have no metadata. A resource with a URN is one that a rendered chart has made already: the SDK
        # only makes an object for it, without properties.
        named = args.type_.startswith("kubernetes:") and args.type_ != _JOB and "metadata" in args.props
        if not named or args.opts.urn is not None:
            return None
        metadata = cast("Mapping[str, Any]", args.props["metadata"])
        annotations = {**metadata.get("annotations", {}), **FORCE_ANNOTATION}
        return ResourceTransformationResult(
            props={**args.props, "metadata": {**metadata, "annotations": annotations}}, opts=args.opts
        )

    pulumi.runtime.register_stack_transformation(force)


def reapply_releases(count: int) -> None:
    """Write the count into the description of every Helm release of the stack; 0 writes nothing.

    The provider compares a release with Helm's record of it and not with its objects, so it does not see what others
    changed there. Another count is a difference, for which it upgrades the release, and Helm brings its objects back.
    The description stands in Helm's record only, so no pod restarts because of it.
    """

    def describe(args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        if args.type_ != _RELEASE:
            return None
        return ResourceTransformationResult(
            props={**args.props, "description": f"airflow-aks:reapplyReleases is {count}"}, opts=args.opts
        )

    if count:
        pulumi.runtime.register_stack_transformation(describe)
