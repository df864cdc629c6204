"""Names that are unique in Azure, the DNS label, and the stack's own resources."""

from __future__ import annotations

import json

import pytest

from components.preflight.checks.names import unique_names
from components.preflight.findings import Status
from components.settings.names import stack_names
from tests.airflow.test_traffic import settings_of

from .azure_answers import LOCATION, SCOPE, SUBSCRIPTION, Json
from .fake_azure import FORBIDDEN, FakeAzure
from .situations import deploy, names_of, only_problem, problems, result_of, situation

NAMES = names_of()
LABEL = {"access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}}}
TYPES = {
    "vault": "Microsoft.KeyVault/vaults",
    "registry": "Microsoft.ContainerRegistry/registries",
    "storage": "Microsoft.Storage/storageAccounts",
    "database": "Microsoft.DBforPostgreSQL/flexibleServers",
}
KEYS = {
    "vault": "vault",
    "registry": "registry",
    "storage": "storageAccount",
    "database": "databaseServer",
}
CHOSEN = {
    "vault": "kv-contoso",
    "registry": "crcontoso",
    "storageAccount": "stcontoso",
    "databaseServer": "psql-contoso",
}
VAULT, REGISTRY = TYPES["vault"], TYPES["registry"]
NAME_OF = {
    "vault": NAMES.vault,
    "registry": NAMES.registry,
    "storage": NAMES.storage_account,
    "database": NAMES.database_server,
}


def test_free_names_pass(azure: FakeAzure) -> None:
    result = result_of("unique names", situation(azure))
    assert result.status is Status.OK
    assert {finding.message for finding in result.findings} == {f"{name} is free" for name in NAME_OF.values()}


def test_each_name_is_asked_with_its_type(azure: FakeAzure) -> None:
    result_of("unique names", situation(azure))
    for kind, resource_type in TYPES.items():
        (request,) = azure.asked(f"{kind} name")
        assert json.loads(str(request.body if isinstance(request.body, str) else request.body.decode())) == {
            "name": NAME_OF[kind],
            "type": resource_type,
        }


@pytest.mark.parametrize("kind", TYPES)
def test_name_of_somebody_else_is_refused(azure: FakeAzure, kind: str) -> None:
    azure.answers[f"{kind} name"] = {
        "nameAvailable": False,
        "reason": "AlreadyExists",
        "message": f"The name {NAME_OF[kind]} is already in use.",
    }
    text = only_problem(result_of("unique names", situation(azure)), Status.FAILURE)
    assert text.startswith(f"failure airflow-aks:naming.suffix: {NAME_OF[kind]} ({TYPES[kind]}) is taken: The name")


@pytest.mark.parametrize("kind", TYPES)
def test_name_of_the_stack_itself_is_no_problem(azure: FakeAzure, kind: str) -> None:
    azure.answers[f"{kind} name"] = {"nameAvailable": False, "reason": "AlreadyExists"}
    deploy(azure, "dev", (TYPES[kind], NAME_OF[kind].upper()))
    result = result_of("unique names", situation(azure))
    assert result.status is Status.OK, problems(result)
    assert f"{NAME_OF[kind]} is the stack's own" in {finding.message for finding in result.findings}


def test_name_in_a_group_without_the_stacks_tags_is_not_its_own(azure: FakeAzure) -> None:
    azure.answers["vault name"] = {"nameAvailable": False, "reason": "AlreadyExists"}
    deploy(azure, "dev", (TYPES["vault"], NAMES.vault))
    azure.by_path[f"/resourceGroups/{NAMES.resource_group}"]["tags"] = {"project": "airflow-aks", "stack": "prod"}
    assert result_of("unique names", situation(azure)).status is Status.FAILURE


@pytest.mark.parametrize("name", ["unique names", "DNS label"])
def test_name_that_may_be_the_stacks_own_is_uncertain(azure: FakeAzure, name: str) -> None:
    azure.refuse["group"] = FORBIDDEN
    azure.answers["label"] = {"available": False}
    azure.answers["vault name"] = {"nameAvailable": False, "reason": "AlreadyExists"}
    text = only_problem(result_of(name, situation(azure, "dev", LABEL)), Status.UNKNOWN)
    assert "is taken" in text
    assert "maybe by the stack itself" in text


def test_suffix_of_the_stack_file_is_in_the_names(azure: FakeAzure) -> None:
    names = {unique.name for unique in unique_names(situation(azure, "dev", {"naming.suffix": "a1b2"}))}
    assert names == {"kv-airflow-dev-a1b2", "crairflowdeva1b2", "stairflowdeva1b2", "psql-airflow-dev-a1b2"}


def test_suffix_that_the_stack_has_already_stays(azure: FakeAzure) -> None:
    azure.answers["registry name"] = {"nameAvailable": False, "reason": "AlreadyExists"}
    deploy(azure, "dev", (TYPES["vault"], "kv-airflow-dev-f00d42"), (TYPES["registry"], "crairflowdevf00d42"))
    there = situation(azure)
    assert there.names.database_server == "psql-airflow-dev-f00d42"
    assert result_of("unique names", there).status is Status.OK
    assert situation(azure, "dev", {"naming.suffix": "a1b2"}).names.database_server == "psql-airflow-dev-a1b2"


@pytest.mark.parametrize("kind", TYPES)
def test_chosen_names_are_asked(azure: FakeAzure, kind: str) -> None:
    result_of("unique names", situation(azure, "dev", {"naming.names": CHOSEN}))
    (request,) = azure.asked(f"{kind} name")
    assert json.loads(request.body)["name"] == CHOSEN[KEYS[kind]]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("naming", ["names", "pattern"])
def test_a_taken_name_is_remedied_by_the_setting_that_made_it(azure: FakeAzure, kind: str, naming: str) -> None:
    azure.answers[f"{kind} name"] = {"nameAvailable": False, "reason": "AlreadyExists"}
    own = f"airflow-aks:naming.names.{KEYS[kind]}"
    changes, setting, remedy = {
        "names": ({"naming.names": CHOSEN}, own, f"set {own} to another name"),
        "pattern": (
            {"naming.pattern": "{type}-{workload}-{environment}-{region}"},
            "airflow-aks:naming.pattern",
            f"add {{suffix}} to the pattern, or set {own}",
        ),
    }[naming]
    text = only_problem(result_of("unique names", situation(azure, "dev", changes)), Status.FAILURE)
    assert text.startswith(f"failure {setting}: ")
    assert text.endswith(f"-> {remedy}")


def test_a_deleted_vault_of_a_chosen_name_needs_another_name(azure: FakeAzure) -> None:
    azure.answers["deleted vaults"] = [deleted(CHOSEN["vault"], protected=True)]
    text = only_problem(result_of("deleted vault", situation(azure, "dev", {"naming.names": CHOSEN})), Status.FAILURE)
    assert text.endswith("-> set airflow-aks:naming.names.vault to another name")


@pytest.mark.parametrize(
    ("naming", "there", "expected"),
    [
        ({"names": {"vault": CHOSEN["vault"]}}, (REGISTRY, "crairflowdevf00d42"), "psql-airflow-dev-f00d42"),
        ({"pattern": "{type}-{suffix}-{environment}"}, (VAULT, "kv-f00d42-dev"), "psql-f00d42-dev"),
        ({"pattern": "{type}-{environment}"}, (VAULT, "kv-dev"), "psql-dev"),
        ({"suffix": "a1b2"}, (VAULT, "kv-airflow-dev-f00d42"), "psql-airflow-dev-a1b2"),
    ],
)
def test_suffix_is_found_in_the_names_that_have_it(
    azure: FakeAzure, naming: dict[str, object], there: tuple[str, str], expected: str
) -> None:
    group = stack_names(settings_of({"naming": naming}, "dev"), SUBSCRIPTION).resource_group
    deploy(azure, "dev", there)
    azure.by_path[f"/resourceGroups/{group}"] = azure.by_path[f"/resourceGroups/{NAMES.resource_group}"]
    assert situation(azure, "dev", {"naming": naming}).names.database_server == expected


@pytest.mark.parametrize(
    ("naming", "remedy"),
    [
        ({}, "set airflow-aks:naming.prefix to a word of your own, or delete the group"),
        ({"names": {"resourceGroup": "rg-airflow-dev"}}, "set airflow-aks:naming.names.resourceGroup to another name"),
        ({"pattern": "{type}-airflow-{environment}"}, "change airflow-aks:naming.pattern, or set airflow-aks:naming."),
    ],
)
def test_a_taken_resource_group_is_remedied_by_the_setting_that_made_it(
    azure: FakeAzure, naming: dict[str, object], remedy: str
) -> None:
    deploy(azure, "dev")
    azure.by_path[f"/resourceGroups/{NAMES.resource_group}"]["tags"] = {}
    text = only_problem(result_of("resource groups", situation(azure, "dev", {"naming": naming})), Status.FAILURE)
    assert remedy in text


def test_account_of_premium_shares_is_asked_too(azure: FakeAzure) -> None:
    changes = {"logs.delivery": "azureFiles", "logs.redundancy": "Premium_LRS"}
    result_of("unique names", situation(azure, "dev", changes))
    assert len(azure.asked("storage name")) == 2


def deleted(name: str, *, protected: bool) -> Json:
    return {
        "id": f"{SCOPE}/providers/Microsoft.KeyVault/locations/{LOCATION}/deletedVaults/{name}",
        "name": name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": f"{SCOPE}/resourceGroups/old/providers/Microsoft.KeyVault/vaults/{name}",
            "location": "eastus",
            "tags": {},
            "deletionDate": "2026-11-20T00:00:59Z",
            "scheduledPurgeDate": "2026-12-20T00:00:59Z",
            "purgeProtectionEnabled": protected,
        },
    }


def test_deleted_vaults_of_others_are_no_problem(azure: FakeAzure) -> None:
    azure.answers["deleted vaults"] = [deleted(f"kv-{number}", protected=False) for number in range(7)]
    assert result_of("deleted vault", situation(azure)).status is Status.OK
    assert len(azure.asked("deleted vaults")) == 3


def test_deleted_vault_of_the_same_name_is_to_be_purged(azure: FakeAzure) -> None:
    azure.answers["deleted vaults"] = [*[deleted(f"kv-{n}", protected=False) for n in range(4)]]
    azure.answers["deleted vaults"].append(deleted(NAMES.vault, protected=False))
    text = only_problem(result_of("deleted vault", situation(azure)), Status.FAILURE)
    assert f"the deleted vault {NAMES.vault} in eastus keeps its name until 2026-12-20" in text
    assert f"az keyvault purge --name {NAMES.vault} --location eastus" in text


def test_deleted_vault_with_purge_protection_needs_another_suffix(azure: FakeAzure) -> None:
    azure.answers["deleted vaults"] = [deleted(NAMES.vault, protected=True)]
    text = only_problem(result_of("deleted vault", situation(azure)), Status.FAILURE)
    assert "purge --name" not in text
    assert "set airflow-aks:naming.suffix" in text
