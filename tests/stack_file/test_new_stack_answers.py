"""`make init`: wrong answers, odd ones, none at all, and a file that is there already."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.plans import ROOT

from .test_new_stack import DEV, FLAGS, Capture, init, made, typed


@pytest.mark.parametrize(
    ("number", "wrong", "message"),
    [
        (0, "West Europe", "REGION (azure-native:location): "),
        (0, "westeurop", "westeurop is no region that the program knows; did you mean westeurope?"),
        (0, "mars", "mars is no region that the program knows; `az account list-locations --output table` shows all"),
        (1, "large", "SIZE: must be development or production (is 'large')"),
        (2, "Celery", "EXECUTOR (airflow-aks:airflow.executor): must be one of 'KubernetesExecutor', 'CeleryExecutor'"),
        (3, "ftp://example.com/x", "DAGS (airflow-aks:dags.git.repository): "),
        (
            3,
            "nothing",
            "for example https://github.com/org/dags.git or git@github.com:org/dags.git; or image, volume or",
        ),
        (4, "My_Airflow", "ACCESS (airflow-aks:access.dnsLabel): must be 3 to 63 lower-case letters"),
        (4, "a b", "ACCESS (airflow-aks:access.dnsLabel): must be 3 to 63 lower-case letters"),
    ],
)
def test_wrong_answer_gets_the_checkers_message_and_the_question_again(
    number: int, wrong: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    answers = list(DEV.values())
    typed(monkeypatch, *answers[:number], wrong, *answers[number:])
    assert init(tmp_path) == 0
    said = capsys.readouterr().out
    assert message in said
    assert said.count(f"  {FLAGS[number]} [") == 2
    assert made(tmp_path).values["azure-native:location"] == "canadacentral"


def test_wrong_flag_is_an_error_and_nothing_is_written(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, **{**DEV, "executor": "Celery"}) == 1
    assert capsys.readouterr().err.startswith("error: EXECUTOR (airflow-aks:airflow.executor): must be one of")
    assert list(tmp_path.iterdir()) == []


def test_every_wrong_flag_is_named_at_once(tmp_path: Path, capsys: Capture) -> None:
    wrong = {"region": "westeurop", "size": "big", "executor": "Celery", "dags": "nothing", "access": "it's"}
    assert init(tmp_path, **wrong) == 1
    named = [line.removeprefix("error: ").split(" ")[0].rstrip(":") for line in capsys.readouterr().err.splitlines()]
    assert sorted(named) == ["ACCESS", "DAGS", "EXECUTOR", "REGION", "SIZE"]
    assert list(tmp_path.iterdir()) == []


def test_unknown_region_is_an_error_too_if_a_secret_is_still_to_be_set(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, **{**DEV, "region": "westeurop", "dags": "git@github.com:acme/dags.git"}) == 1
    assert capsys.readouterr().err == (
        "error: REGION (azure-native:location): westeurop is no region that the program knows; did you mean "
        "westeurope? (a newer region can replace another one in the file)\n"
    )


def test_answers_from_a_pipe_and_the_messages_stand_on_lines_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    typed(monkeypatch, "mars", "westeurope")
    assert init(tmp_path, **{name: value for name, value in DEV.items() if name != "region"}) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  region [canadacentral]: mars"
    assert lines[2].startswith("REGION (azure-native:location): mars is no region")
    assert lines[4:6] == ["  region [canadacentral]: westeurope", "Pulumi.staging.yaml is written."]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"STACK": "bad name"}, "(is 'bad name')"),
        ({"STACK": ""}, "(is '')"),
        ({"STACK": "-h"}, "DAGS (airflow-aks:dags.git.repository): "),
        ({"STACK": "a", "ACCESS": "it's"}, 'for example it-s (is "it\'s")'),
        ({"STACK": "a", "ACCESS": 'say "x"; exit 0'}, "ACCESS (airflow-aks:access.dnsLabel): "),
    ],
)
def test_make_passes_odd_answers_on_as_they_are(variables: dict[str, str], message: str) -> None:
    """`DAGS` is always wrong, so that nothing is written into this folder."""
    given = {**{name.upper(): value for name, value in DEV.items()}, "DAGS": "nothing", **variables}
    # Up to date for this question, whatever the dates of the files are.
    command = ["make", "--old-file=.venv/.runtime", "init", *(f"{name}={value}" for name, value in given.items())]
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize("stack", ["a/b", "", "x" * 101, "two words"])
def test_wrong_stack_name_is_an_error(stack: str, tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, stack, **DEV) == 1
    assert "a stack's name has letters, digits" in capsys.readouterr().err


def test_name_that_is_too_long_for_azure_is_the_checkers_error(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, "x" * 60, **DEV) == 1
    assert capsys.readouterr().err.startswith("error: airflow-aks:naming.prefix")
    assert list(tmp_path.iterdir()) == []


def test_existing_file_stays_as_it_is(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "Pulumi.staging.yaml").write_text("mine")
    assert init(tmp_path, **DEV) == 1
    assert "Pulumi.staging.yaml exists already" in capsys.readouterr().err
    assert (tmp_path / "Pulumi.staging.yaml").read_text() == "mine"


def test_end_of_input_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    typed(monkeypatch, "westeurope", "production")
    assert init(tmp_path) == 1
    assert capsys.readouterr().err == (
        "\nerror: no answer; nothing was written. Answer, or give REGION=, SIZE=, EXECUTOR=, DAGS= and ACCESS=\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupt)
    assert init(tmp_path) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_odd_texts_cannot_break_the_file(tmp_path: Path, capsys: Capture) -> None:
    for answer in ("a: b", "x # y", "'", '"', "[", "- a", "*a", "&a", "true"):
        assert init(tmp_path, **{**DEV, "region": answer}) == 1
        assert init(tmp_path, **{**DEV, "dags": answer}) == 1
        assert "cannot be read" not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
