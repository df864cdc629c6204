"""Rules for a registry that exists already, and for the settings that only such a registry has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .own_or_existing import refuse_misplaced_settings

_EXISTING: Final = key_path("registry", "existingId")
_PREFIX: Final = key_path("registry", "prefix")
_NAME: Final = key_path("naming", "names", "registry")
# The settings of a registry of the stack's own, and those of a registry that exists.
OF_ITS_OWN: Final = ("sku", "admin_user", "public_access", "retention_days")
_OF_AN_EXISTING: Final = ("grant_access", "pull_role")


def settings_suit_the_registry(context: Context) -> Iterator[Problem]:
    """A registry that exists is as its owner made it; the nodes' role is a question for such a registry only."""
    yield from refuse_misplaced_settings(
        context,
        "registry",
        context.settings.registry,
        of_own=OF_ITS_OWN,
        of_existing=_OF_AN_EXISTING,
        service="registry",
    )


def existing_registry_has_its_name(context: Context) -> Iterator[Problem]:
    """A registry that exists is not named by the stack."""
    if context.settings.registry.existing_id is not None and context.settings.naming.names.registry is not None:
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


EXISTING_REGISTRY_ERRORS: tuple[Rule, ...] = (
    settings_suit_the_registry,
    existing_registry_has_its_name,
    images_have_a_folder_of_their_own,
)
