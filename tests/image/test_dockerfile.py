"""Tests the instructions of the Dockerfile."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.plans import PINS_FILE, ROOT

DOCKERFILE = ROOT / "image" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return each instruction with its arguments, after joining continued lines."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def hadolint(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([HADOLINT, "-"], input=text, capture_output=True, text=True, check=False)


STEPS = instructions(DOCKERFILE.read_text(encoding="utf-8"))


def test_hadolint_finds_nothing() -> None:
    done = hadolint(DOCKERFILE.read_text(encoding="utf-8"))
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_find_a_mistake() -> None:
    done = hadolint(DOCKERFILE.read_text(encoding="utf-8").replace("--no-cache-dir ", ""))
    assert done.returncode == 1
    assert "DL3042" in done.stdout


def test_every_base_is_an_argument() -> None:
    assert [rest for word, rest in STEPS if word == "FROM"] == ["${KUBELOGIN} AS kubelogin", "${BASE}"]
    assert [rest for word, rest in STEPS if word == "ARG"] == ["BASE", "KUBELOGIN", 'TRUSTED_CA=""']


# requirements.txt is the user's to edit.
@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_no_version_of_the_pins_is_repeated(name: str) -> None:
    text = (ROOT / "image" / name).read_text(encoding="utf-8")
    pins = yaml.safe_load(PINS_FILE.read_text(encoding="utf-8"))
    parts = [*pins.pop("airflow").values(), *pins.values()]
    assert not [image["tag"] for part in parts for image in part["images"].values() if image["tag"] in text]


def test_it_ends_as_airflows_own_user() -> None:
    assert [rest for word, rest in STEPS if word == "USER"] == ["50000"]
    installs = next(number for number, (word, rest) in enumerate(STEPS) if "pip install" in rest)
    assert ("USER", "50000") in STEPS[:installs]


def test_pip_keeps_airflow_and_its_constraints() -> None:
    install = next(rest for word, rest in STEPS if "pip install" in rest)
    assert '"apache-airflow==${AIRFLOW_VERSION}"' in install
    assert "--constraint" in install
    assert "constraints-${AIRFLOW_VERSION}/constraints-${python}.txt" in install


def test_no_argument_or_variable_could_hold_a_secret() -> None:
    assert not [rest for word, rest in STEPS if word == "ENV"]
    assert not [rest for word, rest in STEPS if re.search(r"(?i)(password|token|secret)", rest)]


def test_nothing_needs_more_than_the_plain_builder_of_azure() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert not re.findall(r"--mount|--chmod|--checksum|--link|<<|# *syntax=", text)


def test_dags_land_where_airflow_looks_for_them() -> None:
    assert ("COPY", "--chown=50000:0 dags/ /opt/airflow/dags/") in STEPS
