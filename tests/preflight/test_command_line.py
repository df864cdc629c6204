"""The whole command against the fake Azure: exit codes, table, JSON, and what must not be in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.preflight import run_checks
from components.preflight.__main__ import main
from components.preflight.findings import CheckResult
from components.preflight.run_checks import CHECKS
from tests.plans import ROOT, STACK_FILES

from .azure_answers import READER, SUBSCRIPTION, usage
from .fake_azure import DOWN, FORBIDDEN, TOKEN, Credential, FakeAzure, NoCredential, Transport, refusal
from .situations import Tools, deploy, names_of

SECRET = "correct-horse-battery-staple"


def run(azure: FakeAzure, *arguments: object, credential: Any = None, **more: Any) -> int:
    stack, *options = map(str, arguments or ("dev",))
    ours = ["--config", str(STACK_FILES / f"{stack}.yaml")] if "--config" not in options else []
    return main(
        [stack, *ours, *options, "--project", str(ROOT)],
        sign_in=lambda: credential or Credential(),
        transport=Transport(azure),
        run=Tools(),
        environment=more.pop("environment", {}),
    )


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_stack_that_can_be_deployed_exits_with_0(
    azure: FakeAzure, stack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(azure, stack) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"airflow-aks {stack}, preflight: nothing was changed\n")
    assert f"({SUBSCRIPTION}), canadacentral" in out
    assert all(name in " ".join(out.split()) for name in CHECKS if " " not in name)
    assert out.endswith("nothing found that makes `pulumi up` fail\n")
    assert err == ""


def test_nothing_is_written_to_azure(azure: FakeAzure) -> None:
    assert run(azure) == 0
    posts = {str(request.url).partition("?")[0].rpartition("/")[2] for request in azure.requests if request.body}
    assert posts == {"checkNameAvailability", "checkPolicyRestrictions"}
    assert {request.method for request in azure.requests} == {"GET", "POST"}


def test_stack_that_would_fail_exits_with_1_and_says_what_to_do(
    azure: FakeAzure, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    azure.answers["vault name"] = {"nameAvailable": False, "message": "already in use"}
    azure.answers["usages"] = [usage("cores", "Total Regional vCPUs", 4)]
    assert run(azure) == 1
    out = capsys.readouterr().out
    assert "FAILS" in out
    assert f"airflow-aks:naming.suffix: {names_of().vault}" in out
    assert "set airflow-aks:naming.suffix to" in out
    assert "Total Regional vCPUs: 4 of 4 are free" in out
    assert f"`pulumi up` would fail: 2 of {len(CHECKS)} checks" in out


def test_what_is_unknown_does_not_exit_with_1_and_is_said(azure: FakeAzure, capsys: pytest.CaptureFixture[str]) -> None:
    azure.refuse["policies"] = FORBIDDEN
    assert run(azure) == 0
    assert capsys.readouterr().out.endswith("nothing found that makes `pulumi up` fail (1 unknown)\n")


def test_json_has_every_finding_and_nothing_else_is_printed(
    azure: FakeAzure, capsys: pytest.CaptureFixture[str]
) -> None:
    azure.answers["label"] = {"available": False}
    azure.answers["permissions"] = [READER]
    assert run(azure, "dev", "--json") == 1
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert err == ""
    assert {key: content[key] for key in ("project", "stack", "location", "subscription", "wouldFail")} == {
        "project": "airflow-aks",
        "stack": "dev",
        "location": "canadacentral",
        "subscription": SUBSCRIPTION,
        "wouldFail": True,
    }
    assert [check["name"] for check in content["checks"]] == list(CHECKS)
    by_name = {check["name"]: check for check in content["checks"]}
    assert by_name["rights"]["status"] == "failure"
    assert set(by_name["rights"]["findings"][0]) == {"status", "message", "remedy", "setting"}
    assert len(by_name["unique names"]["findings"]) == 4


def test_stack_that_was_deployed_before_passes(azure: FakeAzure, capsys: pytest.CaptureFixture[str]) -> None:
    names = names_of()
    own = {
        "Microsoft.KeyVault/vaults": names.vault,
        "Microsoft.ContainerRegistry/registries": names.registry,
        "Microsoft.Storage/storageAccounts": names.storage_account,
        "Microsoft.DBforPostgreSQL/flexibleServers": names.database_server,
        "Microsoft.ContainerService/managedClusters": names.cluster,
    }
    deploy(azure, "dev", *own.items())
    azure.by_path[f"/resourceGroups/{names.node_resource_group}"] = {"location": "canadacentral"}
    for kind in ("vault", "registry", "storage", "database"):
        azure.answers[f"{kind} name"] = {"nameAvailable": False, "reason": "AlreadyExists"}
    assert run(azure, "dev", "--json") == 0
    assert "was deployed before" in capsys.readouterr().out


def test_without_sign_in_it_says_one_line_and_exits_with_1(
    azure: FakeAzure, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(azure, credential=NoCredential()) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), azure.requests) == ("", 1, [])
    assert err.startswith("error: not signed in to Azure: run `az login`")


@pytest.mark.parametrize(
    ("error", "said"),
    [(DOWN, "cannot be read: no connection"), (refusal(404, "SubscriptionNotFound"), "does not see the subscription")],
    ids=["no network", "another tenant"],
)
def test_without_a_subscription_it_says_one_line_and_exits_with_1(
    azure: FakeAzure, capsys: pytest.CaptureFixture[str], error: Any, said: str
) -> None:
    azure.refuse["subscription"] = error
    assert run(azure) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


def test_wrong_stack_file_gives_its_usual_error_before_anybody_signs_in(
    azure: FakeAzure, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text((STACK_FILES / "dev.yaml").read_text().replace("tier: Free", "tier: Gold"))
    assert run(azure, "dev", "--config", file, credential=NoCredential()) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: 1 problem in the stack file of dev:\n")
    assert "airflow-aks:cluster.tier: must be one of Free, Standard, Premium" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope", "--project", str(ROOT)], "unknown stack 'nope': there is no Pulumi.nope.yaml"),
        (["dev", "--project", str(ROOT / "docs")], "no Pulumi.yaml with a name"),
    ],
)
def test_stack_file_that_is_not_there_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, sign_in=NoCredential) == 1
    assert said in capsys.readouterr().err


def with_secret(folder: Path) -> Path:
    content = yaml.safe_load((STACK_FILES / "dev.yaml").read_text())
    content["config"]["airflow-aks:dags"]["git"]["auth"] = "token"
    content["config"]["airflow-aks:dagsGitToken"] = {"secure": SECRET}
    content["environment"] = ["shared"]
    file = folder / "secret.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["table", "json"])
def test_no_secret_is_printed_or_sent(
    azure: FakeAzure, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    azure.answers["vault name"] = {"nameAvailable": False, "message": "taken"}
    assert run(azure, "dev", "--config", with_secret(tmp_path), *options) == 1
    out, err = capsys.readouterr()
    assert err.startswith("warning: environment: the environments (shared) are not resolved here")
    sent = "".join(f"{request.url}{request.body!r}" for request in azure.requests)
    for text in (out, err, sent):
        assert SECRET not in text
        assert TOKEN not in text
        assert "very-secret-signature" not in text


def test_defect_of_one_check_does_not_hide_the_others(
    azure: FakeAzure, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> Any:
        raise KeyError("value")

    monkeypatch.setattr(run_checks, "CHECKS", {**CHECKS, "region": broken})
    assert run(azure, "dev", "--json") == 0
    by_name = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert by_name["region"]["findings"][0]["message"] == "cannot read Azure's answer: KeyError 'value'"
    assert by_name["database"]["status"] == "ok"


def test_text_of_azure_moves_no_cursor(azure: FakeAzure, capsys: pytest.CaptureFixture[str]) -> None:
    azure.answers["vault name"] = {"nameAvailable": False, "message": "\x1b[2J[red]taken[/red]"}
    assert run(azure) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_progress_counts_every_check(azure: FakeAzure, capsys: pytest.CaptureFixture[str]) -> None:
    from .situations import situation

    names: list[str] = []
    results = run_checks.run_checks(situation(azure), names.append)
    assert sorted(names) == sorted(CHECKS)
    assert [result.name for result in results] == list(CHECKS)
    assert all(isinstance(result, CheckResult) for result in results)


def test_module_runs_by_its_name_without_other_words_on_the_error_output(tmp_path: Path) -> None:
    file = with_secret(tmp_path)
    file.write_text(file.read_text().replace("environment:\n- shared\n", ""))
    done = subprocess.run(
        [sys.executable, "-m", "components.preflight", "dev", "--config", str(file)],
        cwd=ROOT,
        env={**os.environ, "AZURE_TOKEN_CREDENTIALS": "AzureCliCredential", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: the Azure CLI is not installed, and nothing else signs in to Azure: install it "
        "(https://learn.microsoft.com/cli/azure/install-azure-cli) and run `az login`, or set AZURE_TENANT_ID, "
        "AZURE_CLIENT_ID and a credential\n"
    )
