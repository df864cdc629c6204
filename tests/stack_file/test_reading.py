"""A dry run reads a stack file as the Pulumi CLI does."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from components.stack_file.checker import check
from components.stack_file.reader import PLACEHOLDER, StackFileError, read_config
from dryrun.__main__ import main
from tests.plans import PROJECT, ROOT, STACK_FILES
from tests.stack_file.readings import REFUSED, SCALARS, STRUCTURES, file_with


def read(folder: Path, content: str | bytes) -> dict[str, str]:
    file = folder / "Pulumi.try.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_config(file).values


@pytest.mark.parametrize(("value", "text"), (SCALARS | STRUCTURES).items())
def test_value_is_what_the_cli_passes(value: str, text: str, tmp_path: Path) -> None:
    assert read(tmp_path, file_with(value)) == {"try:value": text}


@pytest.mark.parametrize("content", REFUSED)
def test_file_that_the_cli_refuses_is_one_clear_error(content: str, tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match=r"^Pulumi\.try\.yaml(, line \d+)?: ") as raised:
        read(tmp_path, content)
    assert "\n" not in str(raised.value)


def test_error_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="line 4: not valid YAML: the key a stands twice"):
        read(tmp_path, "config:\n  try:value:\n    a: 1\n    a: 2\n")


def test_time_with_an_offset_has_the_name_of_this_machine_s_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = file_with("2027-07-31T10:00:00+02:00")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert read(tmp_path, moment) == {"try:value": "2027-07-31 10:00:00 +0200 +0200"}
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        assert read(tmp_path, moment) == {"try:value": "2027-07-31 10:00:00 +0200 CEST"}
    finally:
        monkeypatch.undo()
        time.tzset()


def test_key_without_a_namespace_belongs_to_the_project(tmp_path: Path) -> None:
    assert read(tmp_path, "config:\n  tags: {a: b}\n  a:config:b: 1\n") == {"airflow-aks:tags": '{"a":"b"}', "a:b": "1"}


def test_key_with_and_without_its_namespace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="airflow-aks:tags: the key stands twice"):
        read(tmp_path, "config:\n  tags: {}\n  airflow-aks:tags: {}\n")


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n", "config:\n", "config: ~\n"])
def test_file_without_config_has_no_keys(content: str, tmp_path: Path) -> None:
    assert read(tmp_path, content) == {}


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"%TAG !e! tag:example.com,2027:\n---\n"])
def test_file_may_begin_with_a_mark(prefix: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, prefix + b"config:\n  a:b: 1\n") == {"a:b": "1"}


def test_documents_after_the_first_are_not_read(tmp_path: Path) -> None:
    assert read(tmp_path, "config:\n  a:b: 1\n---\nconfig:\n  a:b: 2\n") == {"a:b": "1"}


def test_encrypted_value_is_a_mapping_with_the_one_key_secure(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.try.yaml"
    file.write_text(
        "config:\n  a:b: {secure: v1}\n  a:c: [{secure: v1}]\n  a:d: {secure: 5}\n  a:e: {secure: v1, f: 1}\n"
    )
    config = read_config(file)
    assert config.secret_keys == ["a:b", "a:c"]
    assert config.values["a:b"] == PLACEHOLDER
    assert config.values["a:d"] == '{"secure":5}'


def test_aliases_that_repeat_too_much_are_refused(tmp_path: Path) -> None:
    names = "abcdefgh"
    lines = [f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in itertools.pairwise(names)]
    with pytest.raises(StackFileError, match="aliases repeat too much"):
        read(tmp_path, "\n".join(["a: &a [x]", *lines, "config:\n  a:b: *h\n"]))


def test_merges_that_repeat_too_much_are_refused(tmp_path: Path) -> None:
    names = "abcdefgh"
    pairs = itertools.pairwise(names)
    lines = [f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 10)}]}}" for before, name in pairs]
    with pytest.raises(StackFileError, match="aliases repeat too much"):
        read(tmp_path, "\n".join(["a: &a {x: 1}", *lines, "config:\n  a:b: *h\n"]))


def test_merge_of_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="the anchor a contains itself"):
        read(tmp_path, "config:\n  a:b: &a\n    <<: *a\n")


def test_deep_nesting_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="nested too deeply"):
        read(tmp_path, f"config:\n  a:b: {'[' * 5000}{']' * 5000}\n")


EMPTY = ("", " ", "~", '""', '"  "', "\n    # outbound: natGateway")


@pytest.mark.parametrize("value", EMPTY)
def test_section_without_a_value_counts_as_absent(value: str, tmp_path: Path) -> None:
    given = read(tmp_path, f"config:\n  azure-native:location: westeurope\n  airflow-aks:network: {value}\n")
    found, problems, _ = check(given, set(), PROJECT, "try")
    assert found is None
    assert {problem.path for problem in problems} == {"airflow-aks:dags.git.repository"}


def dry_run(folder: Path, more: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    file = folder / "Pulumi.try.yaml"
    file.write_text((STACK_FILES / "dev.yaml").read_text(encoding="utf-8") + more)
    code = main(["dev", "--project", str(ROOT), "--config", str(file)])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_value_that_up_would_refuse_is_refused_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, error = dry_run(tmp_path, "  airflow-aks:tags: {until: 2027-01-31, cost: 0042}\n", capsys)
    assert code == 1
    assert "airflow-aks:tags" in error


def test_repository_that_no_parser_takes_ends_in_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Pulumi.try.yaml"
    address = "ssh://git@ssh.dev.azure.com:v3/contoso/data/dags"
    content = (STACK_FILES / "dev.yaml").read_text(encoding="utf-8")
    file.write_text(content.replace("https://github.com/apache/airflow.git", address))
    assert main(["dev", "--project", str(ROOT), "--config", str(file)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: 1 problem in the stack file of dev:\n  airflow-aks:dags.git.repository: ")
    assert "git@ssh.dev.azure.com:v3/contoso/data/dags\n" in error


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ("[airflow/prod, azure]", "airflow/prod, azure"),
        ("\n  - airflow/prod: {merge: false}\n", "airflow/prod"),
        ("{imports: [base], values: {pulumiConfig: {a: 1}}}", "base, its own values"),
    ],
)
def test_imported_environments_are_a_warning_that_names_what_may_be_missing(
    environment: str, names: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Pulumi.try.yaml"
    file.write_text(f"environment: {environment}\nconfig:\n  airflow-aks:tags: {{a: b}}\n")
    (warning,) = read_config(file).warnings
    assert f"({names})" in warning
    missing = warning.partition("any of ")[2]
    assert "azure-native:location, " in missing
    assert "airflow-aks:dagsGitToken" in missing
    assert "airflow-aks:tags" not in missing


def test_plan_shows_the_warning_about_environments_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output, _ = dry_run(tmp_path, "environment: [airflow/prod]\n", capsys)
    assert code == 0
    assert " ".join(output.split()).count("environments (airflow/prod) are not resolved here") == 1


def test_refusal_shows_the_warning_about_environments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, error = dry_run(tmp_path, "  airflow-aks:clutser: {}\nenvironment: [airflow/prod]\n", capsys)
    assert code == 1
    assert error.count("environments (airflow/prod) are not resolved here") == 1
    assert "airflow-aks:clutser: unknown key" in error


@pytest.mark.parametrize("environment", ["", "[]", "~", "{}"])
def test_stack_file_without_environments_has_no_such_warning(environment: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.try.yaml"
    file.write_text(f"environment: {environment}\nconfig: {{}}\n")
    assert read_config(file).warnings == ()
