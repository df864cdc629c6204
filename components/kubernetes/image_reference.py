"""Image references in the form that charts expect."""

from __future__ import annotations


def split_reference(reference: str) -> dict[str, str]:
    """Split `registry/name:tag@sha256:...` into `repository` and `tag`: the digest stays with the tag.

    Raises:
        ValueError: the reference has no tag; a registry's port is none.

    """
    named, at, digest = reference.partition("@")
    repository, colon, tag = named.rpartition(":")
    if not colon or "/" in tag:
        raise ValueError(f"image {reference} has no tag")
    return {"repository": repository, "tag": f"{tag}{at}{digest}"}
