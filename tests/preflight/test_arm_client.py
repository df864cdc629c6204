"""The client of Azure Resource Manager, over the SDK's own transport."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.preflight import operations
from components.preflight.arm_client import ArmClient, ArmError
from components.preflight.operations import Operation

from .azure_answers import LOCATION, SUBSCRIPTION
from .fake_azure import BROKEN, DOWN, LIMITED, PROXY, ROUTES, Credential, FakeAzure, NoCredential, Transport, refusal

EVERY = {name: value for name, value in vars(operations).items() if isinstance(value, Operation)}


def client(azure: FakeAzure) -> tuple[ArmClient, Transport]:
    transport = Transport(azure)
    return ArmClient(Credential(), SUBSCRIPTION, transport), transport


def test_every_operation_is_one_that_the_fake_knows_in_its_version() -> None:
    assert len(EVERY) == len(ROUTES)
    assert sorted(operation.api_version for operation in EVERY.values()) == sorted(
        route[2] for route in ROUTES.values()
    )


def test_version_that_azure_does_not_know_is_refused(azure: FakeAzure) -> None:
    arm, _ = client(azure)
    with pytest.raises(ArmError, match="HTTP 400 InvalidApiVersionParameter"):
        arm.get(operations.GET_SUBSCRIPTION._replace(api_version="2001-01-01"))


def test_names_in_a_path_are_quoted(azure: FakeAzure) -> None:
    arm, _ = client(azure)
    with pytest.raises(ArmError, match="HTTP 404"):
        arm.get(operations.GET_GROUP, group="a/b?c")
    assert "/resourceGroups/a%2Fb%3Fc?api-version=" in str(azure.requests[0].url)


def test_pause_is_as_long_as_azure_asks_for(azure: FakeAzure) -> None:
    azure.once["subscription"] = [LIMITED]
    arm, transport = client(azure)
    assert arm.get(operations.GET_SUBSCRIPTION)["displayName"] == "Data platform"
    assert transport.pauses == [7]


def test_pause_is_never_longer_than_a_user_waits(azure: FakeAzure) -> None:
    azure.once["subscription"] = [(429, {"Retry-After": "3600"}, {})]
    arm, transport = client(azure)
    arm.get(operations.GET_SUBSCRIPTION)
    assert transport.pauses == [20]


def test_request_is_repeated_three_times_at_most(azure: FakeAzure) -> None:
    azure.refuse["subscription"] = LIMITED
    arm, transport = client(azure)
    with pytest.raises(ArmError, match="HTTP 429 TooManyRequests: slow down") as raised:
        arm.get(operations.GET_SUBSCRIPTION)
    assert raised.value.status == 429
    assert (len(azure.requests), transport.pauses) == (4, [7, 7, 7])


def test_question_with_a_body_is_repeated_too(azure: FakeAzure) -> None:
    azure.once["vault name"] = [LIMITED]
    arm, _ = client(azure)
    assert arm.post(operations.CHECK_VAULT_NAME, {"name": "kv"}) == {"nameAvailable": True}


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (DOWN, None, "no connection to https://management.azure.com"),
        (BROKEN, 500, "HTTP 500 InternalServerError: because"),
        (PROXY, 200, "did not answer with JSON, as a proxy does"),
        (refusal(403, "AuthorizationFailed", "The client\n does not"), 403, "AuthorizationFailed: The client does not"),
        ((502, {}, "<html>bad gateway</html>"), 502, "HTTP 502 : no reason given"),
        ((400, {}, {"error": "odd"}), 400, "HTTP 400 : no reason given"),
        ((200, {}, [1]), 200, "did not answer with JSON"),
    ],
)
def test_error_is_one_line_with_the_status(azure: FakeAzure, error: object, status: int | None, said: str) -> None:
    azure.refuse["subscription"] = error  # type: ignore[assignment]
    arm, _ = client(azure)
    with pytest.raises(ArmError) as raised:
        arm.get(operations.GET_SUBSCRIPTION)
    assert said in str(raised.value)
    assert raised.value.status == status
    assert "\n" not in str(raised.value)


def test_long_message_is_cut(azure: FakeAzure) -> None:
    azure.refuse["subscription"] = refusal(400, "Odd", "x" * 5000)
    arm, _ = client(azure)
    with pytest.raises(ArmError) as raised:
        arm.get(operations.GET_SUBSCRIPTION)
    assert len(str(raised.value)) < 400


def test_sign_in_that_ends_is_said(azure: FakeAzure) -> None:
    arm = ArmClient(NoCredential(), SUBSCRIPTION, Transport(azure))
    with pytest.raises(ArmError, match="run `az login`") as raised:
        arm.get(operations.GET_SUBSCRIPTION)
    assert raised.value.status == 401


def test_list_is_read_to_its_end(azure: FakeAzure) -> None:
    azure.answers["deleted vaults"] = [{"name": str(number)} for number in range(8)]
    arm, _ = client(azure)
    assert [entry["name"] for entry in arm.pages(operations.LIST_DELETED_VAULTS)] == [str(n) for n in range(8)]
    assert len(azure.requests) == 3


def test_token_does_not_go_to_the_server_of_another_page(azure: FakeAzure) -> None:
    azure.answers["deleted vaults"] = {"value": [], "nextLink": "https://evil.example.com/page"}
    arm, _ = client(azure)
    with pytest.raises(ArmError, match="is on another server"):
        list(arm.pages(operations.LIST_DELETED_VAULTS))
    assert len(azure.requests) == 1


def test_each_address_is_read_once_by_any_number_of_threads(azure: FakeAzure) -> None:
    arm, _ = client(azure)
    with ThreadPoolExecutor(8) as threads:
        read = [threads.submit(lambda: list(arm.pages(operations.LIST_LOCATIONS))) for _ in range(16)]
        assert len({json.dumps(one.result()) for one in read}) == 1
    assert len(azure.requests) == 2


def test_error_is_not_kept(azure: FakeAzure) -> None:
    azure.once["versions"] = [refusal(403, "AuthorizationFailed")]
    arm, _ = client(azure)
    with pytest.raises(ArmError):
        arm.get(operations.LIST_KUBERNETES_VERSIONS, location=LOCATION)
    assert arm.get(operations.LIST_KUBERNETES_VERSIONS, location=LOCATION)["values"]
