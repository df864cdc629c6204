"""Cookies, redirects and sessions; and that there is no second way in but the one for emergencies."""

from __future__ import annotations

import re
import shlex
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from tests.plans import ROOT

from .browser import HOST
from .conftest import HOURS, OLD_ADMIN, OLD_PASSWORD, Door

Person = dict[str, Any]
ADMIN = {"roles": ["Airflow.Admin"]}
LOGIN = {"username": OLD_ADMIN, "password": OLD_PASSWORD}


def test_every_cookie_is_secure_and_hidden_from_scripts(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN})
    names = {cookie.key for cookie in browser.received}
    assert names == ({"session", "_token"} if door.kind.new else {"session"})
    for cookie in browser.received:
        assert cookie["secure"], cookie.OutputString()
        assert cookie["httponly"], cookie.OutputString()
        # A `Strict` cookie would not come along when Entra redirects the browser to Airflow.
        assert cookie["samesite"] == "Lax", cookie.OutputString()
        assert cookie["path"] in (door.kind.prefix or "/", f"{door.kind.prefix}/"), cookie.OutputString()


def test_redirect_uri_is_https_behind_the_gateway(door: Door) -> None:
    asked = parse_qs(urlsplit(door.send_to_entra(door.browser())).query)
    assert asked["redirect_uri"] == [f"https://{HOST}{door.kind.pages}/oauth-authorized/azure"]


def test_redirects_after_the_sign_in_stay_at_the_public_address(door: Door, person: Person) -> None:
    browser = door.browser()
    response = browser.get(door.entra.send_back(door.send_to_entra(browser), {**person, **ADMIN}))
    seen = []
    while response.is_redirect:
        seen.append(response.headers["location"])
        response = browser.get(seen[-1])
    assert response.status_code == 200
    # The browser above refuses an address that is not https, or not Airflow's.
    assert all(urlsplit(location).path.startswith(door.kind.prefix) for location in seen)


def test_redirect_path_of_airflow_2_signs_nobody_in(new_door: Door, person: Person) -> None:
    """Airflow 3 answers 200 with its UI there, so that a forgotten redirect URI looks like a loop."""
    door, browser = new_door, new_door.browser()
    back = door.entra.send_back(door.send_to_entra(browser), {**person, **ADMIN})
    response = browser.get(back.replace("/auth/oauth-authorized/", "/oauth-authorized/"))
    assert response.status_code == 200
    assert "_token" not in browser.cookies


def test_session_lasts_as_long_as_the_settings_say(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN})
    end = parsedate_to_datetime(browser.cookies["session"]["expires"]).timestamp()
    assert (HOURS - 0.1) * 3600 < end - time.time() <= HOURS * 3600 + 5


def test_token_of_the_ui_lasts_no_longer_than_the_session(new_door: Door, person: Person) -> None:
    browser = new_door.browser()
    new_door.sign_in(browser, {**person, **ADMIN})
    claims = jwt.decode(browser.cookies["_token"].value, options={"verify_signature": False})
    assert (HOURS - 0.1) * 3600 < claims["exp"] - claims["iat"] <= HOURS * 3600


def test_sign_out_ends_the_session(new_door: Door, person: Person) -> None:
    browser = new_door.browser()
    new_door.sign_in(browser, {**person, **ADMIN})
    browser.get(f"{new_door.kind.pages}/logout")
    assert new_door.status(browser, "dags") == 401


@pytest.mark.parametrize("path", ["token", "token/cli"])
def test_post_auth_token_opens_no_door(door: Door, path: str) -> None:
    browser = door.browser()
    response = browser.request("POST", f"{door.kind.prefix}/auth/{path}", json=LOGIN)
    # Airflow 2 has no such address.
    assert response.status_code == (401 if door.kind.new else 404)
    assert "access_token" not in response.text
    assert door.status(browser, "dags") in (401, 403)


def test_password_opens_no_other_door(door: Door) -> None:
    browser = door.browser()
    for path in (f"{door.kind.pages}/api/v1/security/login", f"{door.kind.prefix}/api/v1/security/login"):
        answer = browser.request("POST", path, json={**LOGIN, "provider": "db", "refresh": True})
        assert "access_token" not in answer.text
    assert browser.request("POST", f"{door.kind.pages}/login/", data=LOGIN).status_code in (400, 405)
    assert door.status(browser, "dags", auth=(OLD_ADMIN, OLD_PASSWORD)) in (401, 403)


def test_nobody_is_signed_in_without_a_sign_in(door: Door) -> None:
    assert door.status(door.browser(), "dags") in (401, 403)


def test_one_documented_command_lets_an_admin_in_when_entra_does_not(federated_door: Door) -> None:
    door, browser = federated_door, federated_door.browser()
    make, delete = _emergency_commands()
    assert make == ["python", "webserver_config.py"]
    token = door.server.run(str(door.server.home.folder / make[1])).splitlines()[-1]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 3600
    headers = {"Authorization": f"Bearer {token}"}
    assert door.status(browser, "connections", headers=headers) == 200
    # As the browser's console sets it.
    assert door.status(browser, "connections", headers={"Cookie": f"_token={token}"}) == 200
    door.server.run("-m", *delete)
    assert door.status(browser, "connections", headers=headers) in (401, 403)


def _emergency_commands() -> list[list[str]]:
    """What the page says to run in the container: a block's command after `--`, and a command in the text."""
    section = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8").partition("## When Entra lets nobody in")[2]
    make = re.search(r"exec deployment/airflow-api-server --container api-server -- (.+)", section)
    delete = re.search(r"`(airflow users delete [^`]+)`", section)
    assert make is not None
    assert delete is not None
    return [shlex.split(make[1]), shlex.split(delete[1])]
