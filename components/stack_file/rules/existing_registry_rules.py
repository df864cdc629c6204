"""Rules for a registry that exists already, and for the settings that only such a registry has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic.alias_generators import to_camel

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_EXISTING: Final = key_path("registry", "existingId")
_PREFIX: Final = key_path("registry", "prefix")
_NAME: Final = key_path("naming", "names", "registry")
# The settings of a registry of the stack's own, and those of a registry that exists.
OF_ITS_OWN: Final = ("sku", "admin_user", "public_access", "retention_days")
_OF_AN_EXISTING: Final = ("grant_access", "pull_role")


def existing_registry_keeps_its_settings(context: Context) -> Iterator[Problem]:
    """What a registry that exists is like, and what its name is, is not the stack's to set."""
    registry, names = context.settings.registry, context.settings.naming.names
    if registry.existing_id is None:
        return
    for field in OF_ITS_OWN:
        if field in registry.model_fields_set:
            yield Problem(
                path=key_path("registry", to_camel(field)),
                message=f"is for a registry of the stack's own, and {_EXISTING} is set; remove one",
            )
    if names.registry is not None:
        yield Problem(
            path=_NAME, message=f"is the name of a registry of the stack's own, and {_EXISTING} is set; remove one"
        )


def images_have_a_folder_of_their_own(context: Context) -> Iterator[Problem]:
    """In a registry of others, the stack's images have a folder, because an import may overwrite a tag."""
    registry = context.settings.registry
    if registry.existing_id is not None and not registry.prefix and not context.is_wrong(_PREFIX):
        yield Problem(
            path=_PREFIX,
            message=f"is required, and {_EXISTING} is set: without a folder of their own, the images would stand among "
            "those of others, and an import could overwrite a tag of theirs; set for example platform/airflow",
        )


def own_registry_is_the_stacks(context: Context) -> Iterator[Problem]:
    """How nodes get the right to pull is a question for a registry that exists only."""
    registry = context.settings.registry
    if registry.existing_id is not None or context.is_wrong(_EXISTING):
        return
    for field in _OF_AN_EXISTING:
        if field in registry.model_fields_set:
            yield Problem(
                path=key_path("registry", to_camel(field)),
                message=f"is for a registry that exists: remove it, or set {_EXISTING}",
            )


EXISTING_REGISTRY_ERRORS: tuple[Rule, ...] = (
    existing_registry_keeps_its_settings,
    images_have_a_folder_of_their_own,
    own_registry_is_the_stacks,
)
