"""The part of the stack file that rotates secrets: a number per secret, which the stack file counts up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from .base import Section

Rotation = Annotated[int, Field(ge=1, le=1000)]


class RotationSettings(Section):
    """The secrets that the program generates. A higher number makes a new value; a number never goes down."""

    admin_password: Rotation = Field(1, description="The first user's password.")
    api_secret_key: Rotation = Field(
        1, description="The key of sessions and log requests; on the 2.9 line, the web server's secret key."
    )
    database_password: Rotation = Field(1, description="The password of the database's login.")
    fernet_key: Rotation = Field(
        1,
        description="The key that encrypts connections and variables in the database. Earlier keys stay valid until "
        "`secrets.droppedFernetKeys` drops them.",
    )
    jwt_secret: Rotation = Field(1, description="The key that signs tokens of people and tasks, on Airflow 3.")

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each secret, by its key in the stack file."""
        return {field.alias or name: getattr(self, name) for name, field in type(self).model_fields.items()}


def keepers(number: int) -> Mapping[str, str] | None:
    """Return the keepers of a random value: another number makes another value.

    None for the first number, with which the resource has no keepers.
    """
    return {"rotation": str(number)} if number > 1 else None
