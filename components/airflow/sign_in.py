"""The sign-in with Entra accounts: what Airflow's web application needs for charts/airflow/webserver_config.py."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from components.settings.access_sections import AirflowRole, SignInSettings
from components.settings.container_texts import literal

from . import names
from .line_family import LineFamily
from .release_lines import WEBSERVER_CONFIG

# The file reads these variables of the web application.
TENANT_ID: Final = "AIRFLOW_SIGN_IN_TENANT_ID"
CLIENT_ID: Final = "AIRFLOW_SIGN_IN_CLIENT_ID"
ROLES: Final = "AIRFLOW_SIGN_IN_ROLES"
CLIENT_SECRET: Final = "AIRFLOW_SIGN_IN_CLIENT_SECRET"  # noqa: S105 - the name of a variable
_OBJECT_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Chart values, under the newest chart's names, that the sign-in sets.
OWN_VALUES: Final = ("apiServer.env", "apiServer.apiServerConfig", "apiServer.apiServerConfigConfigMapName")


def sign_in_values(sign_in: SignInSettings, line: LineFamily) -> dict[str, Any]:
    """Return the chart values of the sign-in, under the newest chart's names."""
    content = WEBSERVER_CONFIG.read_text(encoding="utf-8")
    if "{{" in content:
        raise ValueError(f"{WEBSERVER_CONFIG.name} has double braces, which Helm would take for a template")
    return {
        "apiServer": {"apiServerConfig": content, "env": variables(sign_in)},
        "config": options(sign_in, line),
    }


def variables(sign_in: SignInSettings) -> list[dict[str, Any]]:
    """Return the variables of the container with the UI; the client secret is a reference."""
    plain = {
        TENANT_ID: sign_in.tenant_id.lower(),
        CLIENT_ID: sign_in.client_id.lower(),
        ROLES: json.dumps(role_mapping(sign_in.roles), sort_keys=True),
    }
    found: list[dict[str, Any]] = [{"name": name, "value": literal(value)} for name, value in plain.items()]
    if not sign_in.federated:
        reference = {"name": names.SIGN_IN_SECRET, "key": names.SIGN_IN_SECRET_KEY}
        found.append({"name": CLIENT_SECRET, "valueFrom": {"secretKeyRef": reference}})
    return found


def role_mapping(roles: Mapping[AirflowRole, tuple[str, ...]]) -> dict[str, list[str]]:
    """Return the roles of each member, in the form that Flask-AppBuilder reads.

    A member is the value of an app role or the object id of a group. Entra writes
    object ids of groups in lower case. The values of app roles keep their case.
    """
    mapping: dict[str, list[str]] = {}
    for role, members in roles.items():
        for member in members:
            key = member.lower() if _OBJECT_ID.fullmatch(member) else member
            mapping.setdefault(key, []).append(role)
    return mapping


def options(sign_in: SignInSettings, line: LineFamily) -> dict[str, dict[str, str]]:
    """Return the options of airflow.cfg for cookies and for the length of a session.

    Cookies are `Lax`, because a browser sends no `Strict` cookie when Entra redirects it back to Airflow.
    """
    minutes = sign_in.session_hours * 60
    cookies = {"cookie_samesite": "Lax", "cookie_secure": "True", "session_lifetime_minutes": str(minutes)}
    if not line.tasks_use_api:
        return {"webserver": cookies}
    return {
        # Minutes since the last request, and since the sign-in.
        "fab": {**cookies, "session_max_lifetime_minutes": str(minutes)},
        # Seconds. Airflow 3's UI holds such a token, and needs the session only for the next one.
        "api_auth": {"jwt_expiration_time": str(minutes * 60)},
    }
