"""Airflow behind its sign-in, as processes: one for each line, and one with a federated credential and a path."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.airflow import names
from components.airflow.sign_in import sign_in_values
from components.settings.access_sections import SignInSettings
from tests.airflow_environment import environment
from tests.airflow_environment.web_server import Home, WebServer, migrated_home, serving

from .browser import HOST, Browser
from .entra import CLIENT, SECRET, TENANT, Entra

HOURS = 2
# A user from the time before the sign-in, who has the role Admin.
OLD_ADMIN = "old-admin"
OLD_PASSWORD = "a-password-from-before"
GROUP = "ABCDEF00-0000-0000-0000-000000000001"
ROLES = {"Admin": ["Airflow.Admin"], "User": [GROUP], "Viewer": ["Airflow.Viewer"]}


@dataclass(frozen=True)
class Kind:
    """A way to run Airflow: its line, how it proves itself to Entra, and the path below which it answers."""

    line: str
    federated: bool = False
    prefix: str = ""

    @property
    def new(self) -> bool:
        """Whether it is Airflow 3."""
        return self.line != "2.9"

    @property
    def pages(self) -> str:
        """Where the pages of the sign-in are."""
        return f"{self.prefix}/auth" if self.new else self.prefix

    @property
    def api(self) -> str:
        """Where the API is."""
        return f"{self.prefix}/api/v2" if self.new else f"{self.prefix}/api/v1"


KINDS = {
    "secret": Kind("3.3"),
    "federated below a path": Kind("3.3", federated=True, prefix="/airflow"),
    "2.9": Kind("2.9"),
}


@dataclass(frozen=True)
class Door:
    """A running Airflow and the Entra that it trusts."""

    kind: Kind
    server: WebServer
    entra: Entra

    def browser(self) -> Browser:
        """A browser without cookies."""
        return Browser(self.server.port)

    def send_to_entra(self, browser: Browser) -> str:
        """Choose the sign-in with Entra; where Airflow sends the browser."""
        response = browser.get(f"{self.kind.pages}/login/azure")
        assert response.status_code == 302, response.text
        return str(response.headers["location"])

    def sign_in(self, browser: Browser, person: dict[str, Any], **options: Any) -> httpx.Response:
        """Sign a person in with Entra; the page that Airflow shows then."""
        back = self.entra.send_back(self.send_to_entra(browser), person, **options)
        return browser.follow(browser.get(back))

    def status(self, browser: Browser, resource: str, **options: Any) -> int:
        """The status with which the API answers for a resource."""
        return browser.get(f"{self.kind.api}/{resource}", **options).status_code


@pytest.fixture
def person() -> dict[str, Any]:
    """The claims of somebody whom Airflow has never seen."""
    name = uuid.uuid4().hex
    return {"oid": str(uuid.uuid4()), "preferred_username": f"{name}@example.com"}


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder without the disk's waits, where there is one: Airflow creates its roles in a thousand commits."""
    shared = "/dev/shm"
    with tempfile.TemporaryDirectory(prefix="sign-in-", dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def entra(memory: Path) -> Iterator[Entra]:
    entra = Entra(memory / "entra")
    yield entra
    entra.close()


@pytest.fixture(scope="session")
def open_door(memory: Path, entra: Entra) -> Iterator[Callable[[Kind], Door]]:
    """Starts an Airflow when a test first needs it."""
    doors: dict[Kind, Door] = {}
    homes: dict[str, Home] = {}
    with ExitStack() as running:

        def find_or_start(kind: Kind) -> Door:
            if kind not in doors:
                if kind.line not in homes:
                    homes[kind.line] = _home_with_a_user(kind.line, memory / f"home-{kind.line}")
                home = homes[kind.line].copy(memory / f"run-{len(doors)}")
                server = running.enter_context(serving(home, _container(kind, home, entra), kind.prefix))
                doors[kind] = Door(kind, server, entra)
            return doors[kind]

        yield find_or_start


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def door(request: pytest.FixtureRequest, open_door: Callable[[Kind], Door]) -> Door:
    """Each Airflow."""
    return open_door(request.param)


@pytest.fixture(params=[kind for kind in KINDS.values() if kind.new], ids=[name for name in KINDS if KINDS[name].new])
def new_door(request: pytest.FixtureRequest, open_door: Callable[[Kind], Door]) -> Door:
    """Each Airflow of the newest line."""
    return open_door(request.param)


@pytest.fixture
def federated_door(open_door: Callable[[Kind], Door]) -> Door:
    """The Airflow without a client secret."""
    return open_door(KINDS["federated below a path"])


def _home_with_a_user(line: str, folder: Path) -> Home:
    home = migrated_home(line, folder)
    user = ["--username", OLD_ADMIN, "--email", "old@example.com", "--firstname", "Old", "--lastname", "Admin"]
    user += ["--role", "Admin", "--password", OLD_PASSWORD]
    environment.run(line, "-m", "airflow", "users", "create", *user, environment=home.variables)
    return home


def _container(kind: Kind, home: Home, entra: Entra) -> dict[str, str]:
    """The variables of the container, with the file beside: the program's, the gateway's and the webhook's."""
    sign_in = {"tenantId": TENANT, "clientId": CLIENT, "roles": ROLES, "sessionHours": HOURS}
    settings = SignInSettings.model_validate({**sign_in, "federated": kind.federated}, strict=False)
    values = home.family.chart_values(sign_in_values(settings, home.family))
    section = values[home.family.ui]
    content = section["apiServerConfig" if kind.new else "webserverConfig"]
    (home.folder / "webserver_config.py").write_text(content, encoding="utf-8")
    token = home.folder / "token"
    token.write_text(entra.service_account_token(), encoding="utf-8")
    url = f"https://{HOST}{kind.prefix}"
    secret = {"name": names.SIGN_IN_SECRET, "key": names.SIGN_IN_SECRET_KEY}
    given = {}
    for entry in section["env"]:
        if "value" not in entry:
            assert entry["valueFrom"] == {"secretKeyRef": secret}
        given[entry["name"]] = entry.get("value", SECRET)
    return {
        **given,
        **{
            f"AIRFLOW__{section.upper()}__{key.upper()}": value
            for section, options in values["config"].items()
            for key, value in options.items()
        },
        "AIRFLOW__API__BASE_URL" if kind.new else "AIRFLOW__WEBSERVER__BASE_URL": url,
        "AIRFLOW__FAB__ENABLE_PROXY_FIX" if kind.new else "AIRFLOW__WEBSERVER__ENABLE_PROXY_FIX": "True",
        # Rights are looked up for each request, so that no test waits for a cache.
        "AIRFLOW__FAB__CACHE_TTL": "0",
        "FORWARDED_ALLOW_IPS": "*",
        "AZURE_AUTHORITY_HOST": f"{entra.url}/",
        "AZURE_FEDERATED_TOKEN_FILE": str(token),
        "REQUESTS_CA_BUNDLE": str(entra.certificate),
    }
