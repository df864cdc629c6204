"""A build behind a company's proxy: its arguments, and what pip trusts."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from components.kubernetes.way_out import PROXY_VARIABLES
from image.acr_build import plan_build
from tests.authorities import INSPECTION, ROOT
from tests.image.scripted_az import ScriptedAz, run
from tests.image.test_build import option
from tests.image.test_dockerfile import STEPS
from tests.landing_zone_cases import PROXY

# What the image's shell runs instead of pip: it shows what pip would trust.
PIP = '#!/bin/sh\necho "pip trusts ${PIP_CERT:-its own}"; [ -z "${PIP_CERT}" ] || cp "${PIP_CERT}" "${COPY}"\n'


@pytest.fixture
def proxied(project: Path) -> Path:
    file = project / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:proxy"] = PROXY
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return project


def arguments(az: ScriptedAz) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in option(az.asked[-1], "--build-arg"))


def test_a_build_on_an_agent_pool_gets_the_proxy_and_the_authorities(proxied: Path) -> None:
    az = ScriptedAz()
    assert run(proxied, "--agent-pool", "inside", az=az) == 0
    given = arguments(az)
    assert given["https_proxy"] == "https://proxy.example.com:3129"
    assert given["NO_PROXY"] == ".example.org,10.70.0.0/16"
    assert base64.b64decode(given["TRUSTED_CA"]).decode() == ROOT + INSPECTION


def test_azures_shared_machines_are_not_behind_the_proxy(proxied: Path) -> None:
    az = ScriptedAz()
    assert run(proxied, az=az) == 0
    assert set(arguments(az)) == {"BASE", "KUBELOGIN"}


def test_a_build_without_the_section_gets_neither(project: Path) -> None:
    az = ScriptedAz()
    assert run(project, "--agent-pool", "inside", az=az) == 0
    assert set(arguments(az)) == {"BASE", "KUBELOGIN"}


def test_the_proxy_changes_no_tag(project: Path, proxied: Path) -> None:
    assert plan_build(proxied, "dev").tag == plan_build(proxied, "prod").tag


def install(folder: Path, trusted: str) -> tuple[str, Path]:
    """Run the Dockerfile's step with a pip that shows what it trusts; its output, and a copy of the file."""
    step = next(rest for word, rest in STEPS if word == "RUN" and "pip install" in rest)
    tools, copy = folder / "tools", folder / "copy.pem"
    tools.mkdir()
    (tools / "pip").write_text(PIP)
    (tools / "pip").chmod(0o755)
    # An environment of this project has no pip of its own, of which the image's Python has one.
    package = folder / "site" / "pip" / "_vendor"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "certifi.py").write_text("from certifi import where\n")
    (tools / "python").symlink_to(sys.executable)
    step = step.replace("/tmp/trusted-ca.pem", str(folder / "trusted-ca.pem"))
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": f"{folder / 'site'}:{Path(sys.prefix, 'lib', f'python3.{sys.version_info[1]}', 'site-packages')}",
        "AIRFLOW_VERSION": "3.3.2",
        "COPY": str(copy),
        "TRUSTED_CA": trusted,
    }
    done = subprocess.run(["sh", "-ec", step], env=environment, capture_output=True, text=True, check=True)
    assert not (folder / "trusted-ca.pem").exists()
    return done.stdout, copy


def test_pip_trusts_the_authorities_besides_the_public_ones(tmp_path: Path) -> None:
    said, copy = install(tmp_path, base64.b64encode(ROOT.encode()).decode())
    assert "pip trusts its own" not in said
    bundle = copy.read_text()
    assert bundle.endswith(ROOT)
    assert len(re.findall("BEGIN CERTIFICATE", bundle)) > 100


def test_without_authorities_pip_trusts_its_own(tmp_path: Path) -> None:
    said, copy = install(tmp_path, "")
    assert "pip trusts its own" in said
    assert not copy.exists()


def test_the_variables_of_the_proxy_are_those_that_builders_know() -> None:
    # Docker, "Dockerfile reference", predefined ARGs.
    known = {name for scheme in ("HTTP", "HTTPS", "FTP", "NO", "ALL") for name in (f"{scheme}_PROXY",)}
    assert set(PROXY_VARIABLES) <= known | {name.lower() for name in known}
