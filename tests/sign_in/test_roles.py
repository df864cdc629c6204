"""Who gets in, and with which rights."""

from __future__ import annotations

from typing import Any

from .conftest import GROUP, Door

Person = dict[str, Any]


def test_app_role_gives_the_rights_of_its_role(door: Door, person: Person) -> None:
    browser = door.browser()
    assert door.status(browser, "connections") == (401 if door.kind.new else 403)
    door.sign_in(browser, {**person, "roles": ["Airflow.Admin"]})
    assert door.status(browser, "connections") == 200


def test_another_app_role_gives_fewer_rights(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, "roles": ["Airflow.Viewer"]})
    assert door.status(browser, "dags") == 200
    assert door.status(browser, "connections") == 403


def test_group_counts_like_an_app_role_however_its_id_was_typed(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, "groups": ["another", GROUP.lower()]})
    assert door.status(browser, "dags") == 200
    assert door.status(browser, "connections") == 403


def test_account_without_a_role_gets_nothing_and_reads_why(door: Door, person: Person) -> None:
    browser = door.browser()
    page = door.sign_in(browser, {**person, "roles": ["Another.Role"]})
    assert "Your account has no role in Airflow" in page.text
    assert "_token" not in browser.cookies
    assert door.status(browser, "dags") in (401, 403)
    assert f"{person['oid']} signed in to Entra, but has no role in Airflow" in door.server.log
    admin = door.browser()
    door.sign_in(admin, {"oid": "looks-for-users", "roles": ["Airflow.Admin"]})
    assert person["oid"] not in _users(door, admin)


def test_roles_are_renewed_at_the_next_sign_in(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, "roles": ["Airflow.Admin"]})
    door.sign_in(door.browser(), {**person, "roles": ["Airflow.Viewer"]})
    assert door.status(browser, "dags") == 200
    assert door.status(browser, "connections") == 403


def test_role_that_was_taken_away_is_gone_at_the_next_sign_in(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, "roles": ["Airflow.Admin"]})
    page = door.sign_in(door.browser(), person)
    assert "Your account has no role in Airflow" in page.text
    # The session from before is of no use either.
    assert door.status(browser, "dags") == 403


def test_group_overage_is_said_in_the_log(door: Door, person: Person) -> None:
    browser = door.browser()
    overage = {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://example.com"}}}
    door.sign_in(browser, {**person, **overage, "roles": ["Airflow.Viewer"]})
    assert door.status(browser, "dags") == 200
    assert f"Group overage: {person['oid']} is in more groups than an id token holds" in door.server.log


def test_user_is_known_by_the_object_id_and_may_have_no_mail_address(door: Door, person: Person) -> None:
    browser = door.browser()
    door.sign_in(browser, {**person, "preferred_username": None, "name": None, "roles": ["Airflow.Admin"]})
    assert door.status(browser, "connections") == 200
    assert person["oid"] in _users(door, browser)


def test_mail_address_of_another_user_keeps_nobody_out(door: Door, person: Person) -> None:
    roles = {"roles": ["Airflow.Admin"]}
    door.sign_in(door.browser(), {**person, "oid": f"first-{person['oid']}", **roles})
    browser = door.browser()
    door.sign_in(browser, {**person, **roles})
    assert door.status(browser, "connections") == 200


def test_nobody_can_register(door: Door) -> None:
    assert door.browser().get(f"{door.kind.pages}/register/form").status_code == 404


def _users(door: Door, browser: Any) -> str:
    """The list of users, as the API of the auth manager shows it to an Admin."""
    path = f"{door.kind.prefix}/auth/fab/v1/users" if door.kind.new else "/auth/fab/v1/users"
    response = browser.get(f"{path}?limit=100")
    assert response.status_code == 200, response.text
    return str(response.text)
