"""Who is signed in, to which subscription, and with which tools."""

from __future__ import annotations

import pytest
from azure.core.credentials import AccessToken

from components.preflight.arm_client import ArmClient
from components.preflight.checks import tools
from components.preflight.findings import Status
from components.preflight.sign_in import (
    Account,
    PreflightError,
    default_credential,
    read_account,
    read_subscription,
    run_command,
    select_subscription,
)
from tests.plans import ROOT

from .azure_answers import SUBSCRIPTION, TENANT
from .fake_azure import BROKEN, DOWN, LIMITED, Credential, FakeAzure, NoCredential, Response, Transport, refusal
from .situations import Tools, only_problem, problems, result_of, situation

OTHER = "99999999-9999-9999-9999-999999999999"
ADA = Account(name="ada@contoso.com", tenant_id=TENANT)


def test_account_is_read_from_the_token() -> None:
    assert read_account(Credential(), Tools()) == ADA


@pytest.mark.parametrize("text", ["opaque", "a.b", "a.b.c", "a.WzFd.c", "a.eyJ4.c"])
def test_token_that_says_nothing_is_no_problem(text: str) -> None:
    class Opaque:
        def get_token(self, *scopes: str) -> AccessToken:
            return AccessToken(text, 4102444800)

    assert read_account(Opaque(), Tools()) == Account(name="", tenant_id="")


def test_nobody_signed_in_is_said_in_one_line() -> None:
    with pytest.raises(PreflightError, match="not signed in to Azure: run `az login`") as raised:
        read_account(NoCredential(), Tools())
    assert "\n" not in str(raised.value)


def test_missing_azure_cli_is_said_in_one_line() -> None:
    with pytest.raises(PreflightError, match="the Azure CLI is not installed, and nothing else signs in") as raised:
        read_account(NoCredential(), Tools(az=None))
    assert "\n" not in str(raised.value)


def test_real_credential_says_in_one_line_that_nobody_is_signed_in(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # Otherwise the SDK also asks the network for a managed identity, which takes seconds.
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PreflightError, match="not signed in to Azure"):
        read_account(default_credential(), Tools())
    assert capfd.readouterr() == ("", "")


def test_subscription_is_selected_in_the_order_of_pulumis_provider() -> None:
    config, variables = {"azure-native:subscriptionId": "1"}, {"ARM_SUBSCRIPTION_ID": "2"}
    assert select_subscription(config, variables, Tools()) == ("1", "azure-native:subscriptionId")
    assert select_subscription({}, variables, Tools()) == ("2", "ARM_SUBSCRIPTION_ID")
    assert select_subscription({}, {}, Tools()) == (SUBSCRIPTION, "az account show")
    with pytest.raises(PreflightError, match="no subscription is selected: run `az account set"):
        select_subscription({}, {}, Tools(az=None))


@pytest.mark.parametrize("code", [401, 403, 404])
def test_subscription_that_the_account_does_not_see_is_said_with_the_tenant(azure: FakeAzure, code: int) -> None:
    azure.refuse["subscription"] = refusal(code, "SubscriptionNotFound")
    with pytest.raises(PreflightError) as raised:
        read_subscription(ArmClient(Credential(), SUBSCRIPTION, Transport(azure)), ADA, "az account show")
    assert f"ada@contoso.com in tenant {TENANT} does not see the subscription {SUBSCRIPTION}" in str(raised.value)


@pytest.mark.parametrize("error", [DOWN, LIMITED, BROKEN], ids=["no network", "limited", "broken"])
def test_azure_that_does_not_answer_is_said_in_one_line(azure: FakeAzure, error: Response | Exception) -> None:
    azure.refuse["subscription"] = error
    with pytest.raises(PreflightError, match="cannot be read") as raised:
        read_subscription(ArmClient(Credential(), SUBSCRIPTION, Transport(azure)), ADA, "az account show")
    assert "\n" not in str(raised.value)


def test_sign_in_and_subscription_pass(azure: FakeAzure) -> None:
    for name in ("sign-in", "subscription"):
        assert result_of(name, situation(azure)).status is Status.OK


def test_sign_in_in_another_tenant_is_refused(azure: FakeAzure) -> None:
    result = result_of("sign-in", situation(azure, account=Account(name="bob", tenant_id=OTHER)))
    text = only_problem(result, Status.FAILURE)
    assert f"the sign-in is in tenant {OTHER}, and the subscription in {TENANT}" in text
    assert f"az login --tenant {TENANT}" in text


def test_tenant_that_is_set_must_be_the_subscriptions(azure: FakeAzure) -> None:
    there = situation(azure, "dev", {"azure-native:tenantId": OTHER}, environment={"ARM_TENANT_ID": OTHER})
    setting, variable = problems(result_of("sign-in", there))
    assert "azure-native:tenantId is" in setting
    assert "ARM_TENANT_ID is" in variable


@pytest.mark.parametrize("imports", [None, OTHER])
def test_image_imports_that_sign_in_as_somebody_else_are_a_warning(azure: FakeAzure, imports: str | None) -> None:
    variables = {"ARM_CLIENT_ID": "1", **({"AZURE_CLIENT_ID": imports} if imports else {})}
    text = only_problem(result_of("sign-in", situation(azure, environment=variables)), Status.WARNING)
    assert f"AZURE_CLIENT_ID {imports or 'not set'}: image imports" in text
    same = {"ARM_CLIENT_ID": "1", "AZURE_CLIENT_ID": "1"}
    assert result_of("sign-in", situation(azure, environment=same)).status is Status.OK


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("Warned", Status.WARNING),
        ("PastDue", Status.WARNING),
        ("Disabled", Status.FAILURE),
        ("Deleted", Status.FAILURE),
    ],
)
def test_subscription_that_takes_no_writes_is_refused(azure: FakeAzure, state: str, status: Status) -> None:
    text = only_problem(result_of("subscription", situation(azure, subscription={"state": state})), status)
    assert f"Data platform ({SUBSCRIPTION}) is {state}" in text


def test_two_subscriptions_that_are_named_are_a_warning(azure: FakeAzure) -> None:
    there = situation(
        azure,
        subscription={"origin": "azure-native:subscriptionId"},
        environment={"ARM_SUBSCRIPTION_ID": OTHER},
    )
    assert f"ARM_SUBSCRIPTION_ID names {OTHER}" in only_problem(result_of("subscription", there), Status.WARNING)


def test_tools_pass(azure: FakeAzure) -> None:
    result = result_of("tools", situation(azure))
    assert result.status is Status.OK
    assert result.findings[0].message == "Pulumi CLI 3.272.0"


@pytest.mark.parametrize(
    ("outputs", "status", "said"),
    [
        ({"pulumi": None}, Status.FAILURE, "Pulumi CLI is missing -> install version 3.258 or newer"),
        ({"pulumi": "v3.257.1\n"}, Status.FAILURE, "Pulumi CLI is 3.257.1 -> install version 3.258"),
        ({"pulumi": "v2.999.0\n"}, Status.FAILURE, "Pulumi CLI is 2.999.0"),
        ({"pulumi": "dev"}, Status.WARNING, "no version that can be read"),
        ({"git": None}, Status.WARNING, "git is missing"),
        ({"az": None}, Status.FAILURE, "the Azure CLI is missing"),
        ({"kubectl": None}, Status.WARNING, "kubectl is missing"),
    ],
    ids=str,
)
def test_tool_that_is_missing_or_old_is_named(
    azure: FakeAzure, outputs: dict[str, str | None], status: Status, said: str
) -> None:
    assert said in only_problem(result_of("tools", situation(azure, tools=Tools(**outputs))), status)


GROUP = "33333333-3333-3333-3333-333333333333"


def test_tools_that_the_stack_does_not_need_may_be_missing(azure: FakeAzure) -> None:
    access = {"access": {"host": "airflow.example.com", "tls": {"email": "ops@example.com"}}}
    none = Tools(az=None, kubectl=None, kubelogin=None)
    there = situation(azure, "dev", access, environment={"AZURE_CLIENT_ID": "1"}, tools=none)
    assert result_of("tools", there).status is Status.OK


def test_kubelogin_is_needed_without_local_accounts(azure: FakeAzure) -> None:
    changes = {"cluster.adminGroupIds": [GROUP], "cluster.localAccounts": False}
    result = result_of("tools", situation(azure, "dev", changes, tools=Tools(kubelogin=None)))
    assert only_problem(result, Status.FAILURE).startswith("failure airflow-aks:cluster.localAccounts: kubelogin")


def test_python_that_is_too_old_is_refused(azure: FakeAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "LEAST_PYTHON", (4, 0))
    assert "Python is 3." in only_problem(result_of("tools", situation(azure)), Status.FAILURE)


def test_oldest_pulumi_is_that_of_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Pulumi CLI {'.'.join(map(str, tools.LEAST_PULUMI))} or newer" in text


def test_command_gives_its_output_or_nothing() -> None:
    assert (run_command(["git", "--version"]) or "").startswith("git version")
    assert run_command(["git", "no-such-command"]) is None
    assert run_command(["no-such-command-anywhere"]) is None
