"""The part of the stack file that restores the database to a point in time, on a server of its own."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from .base import Section

# Source: Azure, "Naming rules and restrictions for resources", Microsoft.DBforPostgreSQL.
ServerId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.DBforPostgreSQL"
        r"/flexibleServers/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"
    ),
]
ServerNumber = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)$")]
ServerState = Literal["protected", "unprotected", "removed"]
# The number of the server that the stack was made with.
FIRST_SERVER: Final = 0
_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?")


def _point_in_time(text: str) -> str:
    example = "for example 2027-01-31T02:00:00Z"
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"must be a date, a time and a zone, {example}")
    if form[2] is None:
        raise ValueError(f"has no zone: end it with Z for UTC or with an offset, {example}")
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"is no date and time that exists ({error}), {example}") from error
    return text


class RestoreSettings(Section):
    """A server that Azure makes from the backups of another one, and whether Airflow uses it."""

    source_server_id: ServerId = Field(
        description="Id of the server whose backups are restored: one in the stack's region, with the same kind of "
        "access. Fixed once the server exists: count `number` up for another restore."
    )
    point_in_time: Annotated[str, AfterValidator(_point_in_time)] = Field(
        description='Date and time with its zone, within the backups, for example "2027-01-31T02:00:00Z". Fixed like '
        "`sourceServerId`."
    )
    number: Annotated[int, Field(ge=1, le=99)] = Field(
        1, description="The number of the restore; count it up by one for each further restore of this stack."
    )
    in_use: bool = Field(
        False,
        description="False: the restored server stands beside the one that Airflow uses; true: Airflow uses it.",
    )
    earlier_servers: dict[ServerNumber, ServerState] = Field(
        {},
        description="What becomes of the stack's earlier servers, by number; 0 is the one that the stack was made "
        "with. protected, the default: as `protectData` says; unprotected: Pulumi may delete it; removed: Pulumi "
        "deletes it, if an update has set `unprotected` before.",
    )

    @property
    def point_in_utc(self) -> str:
        """The point in time in UTC, as Azure takes it: `2027-01-31T02:00:00Z`."""
        point = datetime.datetime.fromisoformat(self.point_in_time).astimezone(datetime.UTC)
        return point.isoformat().replace("+00:00", "Z")

    def state_of(self, number: int) -> ServerState:
        """Return what becomes of a server; the newest one is always protected."""
        return self.earlier_servers.get(str(number), "protected")

    @property
    def servers(self) -> tuple[int, ...]:
        """The numbers of the servers that the stack has, in the order of their creation."""
        return tuple(number for number in range(self.number + 1) if self.state_of(number) != "removed")

    @property
    def used_server(self) -> int:
        """The number of the server that Airflow uses: the newest one, or the last protected one before it.

        A rule makes sure that there is one.
        """
        if self.in_use:
            return self.number
        kept = [number for number in self.servers if number < self.number and self.state_of(number) == "protected"]
        return kept[-1] if kept else self.number


def server_name(base: str, number: int) -> str:
    """Return the physical name of a server from that of the first one: `psql-airflow-prod-a1b2c3-r1`."""
    return base if number == FIRST_SERVER else f"{base}-r{number}"
