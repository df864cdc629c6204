"""A real web application of Airflow as a process: the API server, or the web server of the 2.9 line."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from components.airflow.line_family import LineFamily
from components.airflow.release_lines import family_of

from . import environment

_START_SECONDS: Final = 180
# Long enough for HS512. The processes of a test are the only ones that know them.
_KEY: Final = "0123456789abcdef" * 4


@dataclass(frozen=True)
class Home:
    """A folder with Airflow's configuration and a migrated SQLite database."""

    line: str
    folder: Path

    @property
    def family(self) -> LineFamily:
        """The generation of the line."""
        return family_of(self.line)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of every process."""
        ui_key = "AIRFLOW__API__SECRET_KEY" if self.family.tasks_use_api else "AIRFLOW__WEBSERVER__SECRET_KEY"
        return {
            "HOME": str(self.folder),
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__AUTH_MANAGER": "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__FERNET_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.folder}/airflow.db",
            "AIRFLOW__API_AUTH__JWT_SECRET": _KEY,
            ui_key: _KEY,
        }

    def copy(self, folder: Path) -> Home:
        """Return another home with a copy of the database."""
        folder.mkdir(parents=True)
        shutil.copy(self.folder / "airflow.db", folder / "airflow.db")
        return Home(self.line, folder)


def migrated_home(line: str, folder: Path) -> Home:
    """Return a home with a database of the line's schema."""
    home = Home(line, folder)
    environment.run(line, "-m", "airflow", "db", "migrate", environment=home.variables)
    return home


@dataclass(frozen=True)
class WebServer:
    """A process that answers on a port of loopback."""

    home: Home
    port: int
    variables: Mapping[str, str]
    log_file: Path

    @property
    def log(self) -> str:
        """What it printed so far."""
        return self.log_file.read_text(encoding="utf-8")

    def run(self, *arguments: str) -> str:
        """Run the environment's Python as in the server's own container, and return what it printed."""
        return environment.run(self.home.line, *arguments, environment=self.variables).stdout


@contextmanager
def serving(home: Home, variables: Mapping[str, str], prefix: str = "") -> Iterator[WebServer]:
    """Start the web application with more variables; `prefix` is the path below which it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    given = {**home.variables, **variables}
    server = WebServer(home, port, given, home.folder / "log.txt")
    command = [str(environment.find_or_make(home.line)), "-m", "airflow"]
    if home.family.tasks_use_api:
        command += ["api-server", "--host", "127.0.0.1", "--proxy-headers"]
        health = f"{prefix}/api/v2/version"
    else:
        command += ["webserver", "--hostname", "127.0.0.1", "--workers", "1", "--pid", str(home.folder / "pid")]
        health = f"{prefix}/health"
    with server.log_file.open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            env=environment.clean(given),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(server, process, health)
        yield server
    finally:
        # The database goes with the folder, so that nothing has to end in order.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(server: WebServer, process: subprocess.Popen[bytes], health: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{server.port}{health}", timeout=30).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    raise RuntimeError(f"Airflow {server.home.line} did not start:\n{server.log}")
