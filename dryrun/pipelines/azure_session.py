"""Keeps the Azure CLI signed in while Pulumi runs in GitHub Actions.

The sign-in of `azure/login` ends with its access token, after an hour, and cannot get a token for another service of
Azure once GitHub's identity token has expired, after a few minutes. Azure Pipelines has `keepAzSessionActive` for that.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote

from .rest import Rest, RestError

_AUDIENCE: Final = "api://AzureADTokenExchange"
_SECONDS: Final = 240.0
_NEEDED: Final = (
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "PIPELINE_CLIENT_ID",
    "PIPELINE_TENANT_ID",
    "PIPELINE_SUBSCRIPTION_ID",
)


@contextmanager
def keep_signed_in(environment: Mapping[str, str], seconds: float = _SECONDS) -> Iterator[None]:
    """Sign in again and again until the block ends. Without the variables of a workflow that signs in, do nothing."""
    if not all(environment.get(name) for name in _NEEDED):
        yield
        return
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(seconds):
            try:
                _sign_in(environment)
            except (RestError, OSError, subprocess.CalledProcessError) as error:
                # The sign-in that there is may last until the end.
                reason = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else error
                sys.stderr.write(f"warning: the Azure CLI was not signed in again: {reason}\n")

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _sign_in(environment: Mapping[str, str]) -> None:
    url, request_token, client, tenant, subscription = (environment[name] for name in _NEEDED)
    host, _, path = url.partition("://")[2].partition("/")
    rest = Rest(f"{url.partition('://')[0]}://{host}", request_token)
    token = rest.call("GET", f"/{path}&audience={quote(_AUDIENCE, safe='')}")["value"]
    login = ["login", "--service-principal", "--username", client, "--tenant", tenant, "--federated-token", token]
    for command in (login, ["account", "set", "--subscription", subscription]):
        subprocess.run(  # noqa: S603
            ["az", *command, "--output", "none"],  # noqa: S607 - as installed on the runner
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
