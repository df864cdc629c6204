"""The sign-in of Airflow's users with their Entra accounts, for the FAB auth manager of Airflow 3 and Airflow 2.9.

Airflow runs this file when its web application starts; names in capitals become options of Flask-AppBuilder. What
differs between stacks comes from environment variables, which components/airflow/sign_in.py sets:

AIRFLOW_SIGN_IN_TENANT_ID, AIRFLOW_SIGN_IN_CLIENT_ID: the ids of the Entra tenant and of the app registration.
AIRFLOW_SIGN_IN_ROLES: JSON, from the value of an app role or the object id of a group to a list of Airflow's roles.
AIRFLOW_SIGN_IN_CLIENT_SECRET: the app registration's client secret. Without it, Airflow proves itself to Entra with the
token of its service account, which a federated credential of the app registration must trust.

As a script in a pod of Airflow 3's API server, the file prints a token for emergencies: docs/sign-in.md.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from authlib.common.urls import add_params_to_qs
from flask import flash
from flask_appbuilder.const import AUTH_OAUTH

log = logging.getLogger("airflow.sign_in")
tenant_id = os.environ["AIRFLOW_SIGN_IN_TENANT_ID"]
client_id = os.environ["AIRFLOW_SIGN_IN_CLIENT_ID"]
client_secret = os.environ.get("AIRFLOW_SIGN_IN_CLIENT_SECRET")
# The webhook of workload identities sets this variable to the sign-in host of the cluster's Azure cloud.
authority = os.environ.get("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com").rstrip("/")
emergency_user = "break-glass"


def add_client_assertion(
    client: Any, method: str, uri: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    """Prove to Entra that Airflow asks, by the token of the pod's service account in place of a client secret.

    Authlib calls this function for each request for tokens. Kubernetes renews the file about every hour.
    """
    assertion = {
        "client_id": client.client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": Path(os.environ["AZURE_FEDERATED_TOKEN_FILE"]).read_text(encoding="utf-8").strip(),
    }
    body = add_params_to_qs(body or "", list(assertion.items()))
    return uri, {**headers, "Content-Length": str(len(body))}, body


class EntraSecurityManager(FabAirflowSecurityManagerOverride):
    """Gives an Entra account the roles that its app roles and groups stand for, and lets nobody else in."""

    def get_oauth_user_info(self, provider: str, resp: Mapping[str, Any]) -> dict[str, Any]:
        """Return the user of an id token.

        Authlib has verified the token's signature, issuer, expiry and nonce, and put its claims into `userinfo`.
        """
        claims = resp.get("userinfo") or {}
        for claim, expected in (("aud", client_id), ("tid", tenant_id)):
            if claims.get(claim) != expected:
                raise ValueError(f"the claim {claim} of the id token is {claims.get(claim)}, and must be {expected}")
        if not claims.get("oid"):
            raise ValueError("the id token lacks the claim oid")
        if "groups" in claims.get("_claim_names", {}) or claims.get("hasgroups"):
            log.warning(
                "Group overage: %s is in more groups than an id token holds, and Entra left all of them out. Roles "
                "that groups stand for are missing: use app roles, or only groups assigned to the application.",
                claims["oid"],
            )
        return {
            # Unlike a name or a mail address, it never changes, and no other account ever gets it.
            "username": claims["oid"],
            "first_name": claims.get("given_name") or claims.get("name") or claims["oid"],
            "last_name": claims.get("family_name", ""),
            "email": self.find_free_address(claims),
            "role_keys": [*claims.get("roles", []), *claims.get("groups", [])],
        }

    def auth_user_oauth(self, userinfo: dict[str, Any], **options: Any) -> Any:
        """Sign a user in with the roles of the id token. Who has none stays outside, and loses earlier roles."""
        username = userinfo["username"]
        roles = list(self.get_roles_from_keys(userinfo["role_keys"]))
        user = self.find_user(username=username)
        if not roles:
            log.warning("%s signed in to Entra, but has no role in Airflow.", username)
            flash("Your account has no role in Airflow. Ask the team that runs Airflow for one.", "danger")
            if user is not None:
                user.roles = []
                self.update_user(user)
            return None
        if user is None:
            self.create_account(username, userinfo, roles)
        return super().auth_user_oauth(userinfo, **options)

    def auth_user_db(self, username: str, password: str, **options: Any) -> None:
        """Refuse every password, also those of users from before. Otherwise, `POST /auth/token` would accept them."""
        log.warning("Refused a password for the user %r: users sign in with Entra.", username)

    def create_account(self, username: str, names: Mapping[str, Any], roles: list[Any]) -> Any:
        """Create a user. Nobody knows the password, so that it opens nothing if passwords are accepted again."""
        return self.add_user(
            username=username,
            first_name=names["first_name"],
            last_name=names["last_name"],
            email=names["email"],
            role=roles,
            password=secrets.token_urlsafe(32),
        )

    def find_free_address(self, claims: Mapping[str, Any]) -> str:
        """Return the account's mail address, or a stand-in if there is none or another user of Airflow has it."""
        stand_in = f"{claims['oid']}@{tenant_id}"
        address = next((claims[key] for key in ("email", "upn", "preferred_username") if claims.get(key)), stand_in)
        owner = self.find_user(email=address)
        return address if owner is None or owner.username == claims["oid"] else stand_in


SECURITY_MANAGER_CLASS = EntraSecurityManager
AUTH_TYPE = AUTH_OAUTH
# Off, because it offers a form to register. The class above creates the accounts of those who have a role.
AUTH_USER_REGISTRATION = False
# Otherwise, a user would keep the roles of the first sign-in.
AUTH_ROLES_SYNC_AT_LOGIN = True
AUTH_ROLES_MAPPING = json.loads(os.environ["AIRFLOW_SIGN_IN_ROLES"])
OAUTH_PROVIDERS = [
    {
        # The redirect URI ends with this name.
        "name": "azure",
        "icon": "fa-windows",
        "token_key": "access_token",
        "remote_app": {
            "client_id": client_id,
            "client_secret": client_secret,
            # Tells the tenant's issuer, endpoints and signing keys.
            "server_metadata_url": f"{authority}/{tenant_id}/v2.0/.well-known/openid-configuration",
            "client_kwargs": {
                # With openid, Authlib verifies the id token. With profile, the token says who signs in.
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_post" if client_secret else add_client_assertion,
            },
        },
    }
]


def print_emergency_token() -> None:
    """Print a token of a user with the role Admin, for when Entra lets nobody in. The token is valid for an hour."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    names = {"first_name": "Emergency", "last_name": "", "email": emergency_user}
    with get_application_builder() as appbuilder:
        manager = appbuilder.sm
        user = manager.find_user(username=emergency_user)
        if user is None:
            user = manager.create_account(emergency_user, names, [manager.find_role("Admin")])
        sys.stdout.write(f"{get_auth_manager().generate_jwt(user, expiration_time_in_seconds=3600)}\n")


if __name__ == "__main__":
    print_emergency_token()
