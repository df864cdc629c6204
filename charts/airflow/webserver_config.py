"""The sign-in of Airflow's users with their Entra accounts, for the FAB auth manager of Airflow 3 and Airflow 2.9.

Airflow runs this file when its web application starts; names in capitals become options of Flask-AppBuilder. What
differs between stacks comes from environment variables, which components/airflow/sign_in.py sets:

SIGN_IN_TENANT_ID, SIGN_IN_CLIENT_ID: the ids of the Entra tenant and of the app registration.
SIGN_IN_ROLES: JSON, from the value of an app role or the object id of a group to a list of Airflow's roles.
SIGN_IN_CLIENT_SECRET: the app registration's client secret. Without it, Airflow proves itself to Entra with the token
of its service account, which the app registration must trust as a federated credential.

Run as a script in a pod of the API server, the file prints a token for emergencies: see docs/sign-in.md.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from pathlib import Path

from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from authlib.common.urls import add_params_to_qs
from flask import flash
from flask_appbuilder.const import AUTH_OAUTH

log = logging.getLogger("airflow.sign_in")
tenant_id = os.environ["SIGN_IN_TENANT_ID"]
client_id = os.environ["SIGN_IN_CLIENT_ID"]
client_secret = os.environ.get("SIGN_IN_CLIENT_SECRET")
# The webhook of the workload identity sets this variable to the host of the cluster's Azure cloud.
authority = os.environ.get("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com").rstrip("/")
emergency_user = "break-glass"


def add_client_assertion(client, method, uri, headers, body):  # noqa: ARG001 - authlib dictates the arguments
    """Prove to Entra that Airflow asks, with the token of the pod's service account in place of a client secret.

    Kubernetes renews the token every hour, so it is read for each sign-in.
    """
    token = Path(os.environ["AZURE_FEDERATED_TOKEN_FILE"]).read_text(encoding="utf-8")
    assertion = {
        "client_id": client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token.strip(),
    }
    body = add_params_to_qs(body or "", list(assertion.items()))
    headers["Content-Length"] = str(len(body))
    return uri, headers, body


class EntraSecurityManager(FabAirflowSecurityManagerOverride):
    """Gives an Entra account the roles that its app roles and groups stand for, and lets nobody else in."""

    def get_oauth_user_info(self, provider, resp):  # noqa: ARG002 - there is one provider
        """Return the user of an id token. Authlib has verified its signature, issuer, expiry and nonce."""
        claims = resp.get("userinfo") or {}
        for claim, expected in (("aud", client_id), ("tid", tenant_id)):
            if claims.get(claim) != expected:
                raise ValueError(f"the claim {claim} of the id token is {claims.get(claim)}, not {expected}")
        if not claims.get("oid"):
            raise ValueError("the id token has no claim oid: does the app registration allow the scope profile?")
        if "groups" in claims.get("_claim_names", {}) or claims.get("hasgroups"):
            log.warning(
                "Entra left the groups of %s out of the id token, because they are too many: roles of Airflow that "
                "come from groups are missing. Use app roles, or emit only groups assigned to the application.",
                claims["oid"],
            )
        return {
            # Never changes, and is never given to another account, unlike a name or a mail address.
            "username": claims["oid"],
            "first_name": claims.get("given_name") or claims.get("name") or claims["oid"],
            "last_name": claims.get("family_name", ""),
            "email": self._free_address(claims),
            "role_keys": [*claims.get("roles", []), *claims.get("groups", [])],
        }

    def auth_user_oauth(self, userinfo, **options):
        """Sign a user in with the roles of this token; a user without a role loses the old ones and stays outside."""
        roles = list(self.get_roles_from_keys(userinfo["role_keys"]))
        user = self.find_user(username=userinfo["username"])
        if not roles:
            log.warning("%s signed in to Entra, but has no role in Airflow.", userinfo["username"])
            flash("Your account has no role in Airflow. Ask the team that runs Airflow for one.", "danger")
            if user is not None:
                user.roles = []
                self.update_user(user)
            return None
        if user is None:
            self.create_account(userinfo["username"], userinfo, roles)
        return super().auth_user_oauth(userinfo, **options)

    def auth_user_db(self, username, password, **options):  # noqa: ARG002 - no password is looked at
        """Refuse every password, also of users from before: this closes `POST /auth/token` and its kin."""
        log.warning("Refused the password of %r: users sign in with Entra.", username)

    def create_account(self, username, userinfo, roles):
        """Create a user whose password nobody knows, so that none works if passwords ever count again."""
        names = {key: userinfo[key] for key in ("first_name", "last_name", "email")}
        return self.add_user(username=username, **names, role=roles, password=secrets.token_urlsafe(32))

    def _free_address(self, claims):
        """Return the account's mail address; Airflow has each address once, so another user's is left out."""
        stand_in = f"{claims['oid']}@{tenant_id}"
        address = next((claims[key] for key in ("email", "upn", "preferred_username") if claims.get(key)), stand_in)
        owner = self.find_user(email=address)
        return address if owner is None or owner.username == claims["oid"] else stand_in


SECURITY_MANAGER_CLASS = EntraSecurityManager
AUTH_TYPE = AUTH_OAUTH
# Accounts are created above, only with a role. This option would also offer a form to register.
AUTH_USER_REGISTRATION = False
# Without it, the roles of the first sign-in stay for ever.
AUTH_ROLES_SYNC_AT_LOGIN = True
AUTH_ROLES_MAPPING = json.loads(os.environ["SIGN_IN_ROLES"])
OAUTH_PROVIDERS = [
    {
        # The last part of the redirect URI.
        "name": "azure",
        "icon": "fa-windows",
        "token_key": "access_token",
        "remote_app": {
            "client_id": client_id,
            "client_secret": client_secret,
            # Entra says there who issues tokens, where, and with which keys.
            "server_metadata_url": f"{authority}/{tenant_id}/v2.0/.well-known/openid-configuration",
            "client_kwargs": {
                # With `openid`, authlib verifies the id token. With `profile`, the token says who signs in.
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_post" if client_secret else add_client_assertion,
            },
        },
    }
]


def print_emergency_token():
    """Print a token of an Admin that is valid for an hour, for a time when Entra lets nobody in."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    names = {"first_name": "Emergency", "last_name": "", "email": emergency_user}
    with get_application_builder() as appbuilder:
        users = appbuilder.sm
        user = users.find_user(username=emergency_user)
        if user is None:
            user = users.create_account(emergency_user, names, [users.find_role("Admin")])
        print(get_auth_manager().generate_jwt(user, expiration_time_in_seconds=3600))


if __name__ == "__main__":
    print_emergency_token()
