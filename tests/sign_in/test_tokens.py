"""Which id tokens Airflow believes, and how it proves itself to Entra."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .conftest import Door
from .entra import CLIENT, SigningKey

Person = dict[str, Any]
ADMIN = {"roles": ["Airflow.Admin"]}
HOUR = 3600


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"exp": int(time.time()) - HOUR, "iat": int(time.time()) - 2 * HOUR}, id="expired token"),
        pytest.param({"aud": "33333333-3333-3333-3333-333333333333"}, id="wrong audience"),
        pytest.param({"aud": "33333333-3333-3333-3333-333333333333", "azp": CLIENT}, id="wrong audience with azp"),
        pytest.param({"iss": "https://login.example.com/v2.0"}, id="wrong issuer"),
        pytest.param({"tid": "44444444-4444-4444-4444-444444444444"}, id="another tenant"),
        pytest.param({"nonce": "of-another-sign-in"}, id="replayed token"),
        pytest.param({"nonce": None}, id="token without a nonce"),
        pytest.param({"oid": None}, id="token without an object id"),
    ],
)
def test_wrong_token_signs_nobody_in(door: Door, person: Person, wrong: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN, **wrong})
    _is_outside(door, browser)


def test_wrong_signature_signs_nobody_in(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN}, key=SigningKey(key_id=door.entra.key.key_id))
    _is_outside(door, browser)


def test_key_that_entra_does_not_publish_signs_nobody_in(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN}, key=SigningKey())
    _is_outside(door, browser)


def test_new_key_of_entra_is_found(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN})
    door.entra.key = SigningKey()
    door.sign_in(again := door.browser(), {**person, **ADMIN})
    assert door.status(again, "connections") == 200


def test_answer_to_another_browser_signs_nobody_in(door: Door, person: Person) -> None:
    browser, victim = door.browser(), door.browser()
    back = door.entra.send_back(door.send_to_entra(browser), {**person, **ADMIN})
    victim.follow(victim.get(back))
    _is_outside(door, victim)


def test_airflow_proves_itself_as_the_settings_say(door: Door, person: Person) -> None:
    door.sign_in(door.browser(), {**person, **ADMIN})
    assert door.entra.proofs[-1] == ("assertion" if door.kind.federated else "secret")


def test_token_of_the_service_account_is_read_again_when_kubernetes_renews_it(
    federated_door: Door, person: Person
) -> None:
    door = federated_door
    file = door.server.home.folder / "token"
    file.write_text("expired", encoding="utf-8")
    browser = door.browser()
    door.sign_in(browser, {**person, **ADMIN})
    _is_outside(door, browser)
    file.write_text(door.entra.service_account_token(), encoding="utf-8")
    door.sign_in(browser, {**person, **ADMIN})
    assert door.status(browser, "connections") == 200


def _is_outside(door: Door, browser: Any) -> None:
    assert "_token" not in browser.cookies
    assert door.status(browser, "dags") in (401, 403)
