"""Parses the address of a git repository into parts, which all other code uses instead of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import GetPydanticSchema
from pydantic_core import core_schema

_DEFAULT_PORTS: Final = {"https": 443, "ssh": 22}
_URL: Final = re.compile(r"(?P<scheme>https|ssh)://(?:(?P<user>[^/]*)@)?(?P<place>[^/]*)(?P<path>/.*)?")
_SSH_PLACE: Final = re.compile(r"(?:(?P<user>[^/:]*)@)?(?P<host>[^/:]+):(?P<path>.*)")
_USER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~+%-]*")
_HOST: Final = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*"
)
_PORT: Final = re.compile(r"[0-9]{1,5}")
_FORMS: Final = "https://host/path, ssh://user@host/path or user@host:path"


@dataclass(frozen=True, kw_only=True)
class GitAddress:
    """An address that git clones from. `text` is the stack file's address. With https, `user` may hold a password."""

    text: str
    scheme: Literal["https", "ssh"]
    user: str | None
    host: str
    port: int
    path: str

    @property
    def known_hosts_name(self) -> str:
        """The name that ssh looks up in known_hosts. Source: ssh_config(5) and sshd(8), known_hosts file format."""
        return self.host if self.port == _DEFAULT_PORTS["ssh"] else f"[{self.host}]:{self.port}"


def parse_git_address(text: str) -> GitAddress:
    """Return the parts of an address. Error messages never repeat a user name or password.

    Raises:
        ValueError: git cannot clone from the address; the message says what would be right.

    """
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ValueError("must not contain spaces; write %20 for a space in an https:// address")
    if "://" not in text:
        return _parse_ssh_place(text)
    found = _URL.fullmatch(text)
    if found is None:
        raise ValueError(f"must start with https://, or be an SSH address: {_FORMS}")
    scheme: Literal["https", "ssh"] = "https" if found["scheme"] == "https" else "ssh"
    if scheme == "ssh":
        _check_user(found["user"])
    host, colon, port = found["place"].partition(":")
    path = found["path"] or ""
    _check_host(host)
    if scheme == "https" and re.search(r"[?#]", path):
        raise ValueError("must end with the path, without ? and #; the branch or tag is dags.git.branch")
    if colon and not (_PORT.fullmatch(port) and 1 <= int(port) <= 65535):
        raise ValueError(_describe_port(scheme, found["user"], host, port, path))
    _check_path(path)
    return GitAddress(
        text=text,
        scheme=scheme,
        user=found["user"],
        host=host,
        port=int(port) if colon else _DEFAULT_PORTS[scheme],
        path=path.strip("/"),
    )


def _parse_ssh_place(text: str) -> GitAddress:
    found = _SSH_PLACE.fullmatch(text)
    if found is None or not found["user"]:
        raise ValueError(
            f"must be {_FORMS}, for example https://github.com/org/dags.git or git@github.com:org/dags.git"
        )
    _check_user(found["user"])
    _check_host(found["host"])
    _check_path(found["path"])
    return GitAddress(
        text=text,
        scheme="ssh",
        user=found["user"],
        host=found["host"],
        port=_DEFAULT_PORTS["ssh"],
        path=found["path"].strip("/"),
    )


def _check_user(user: str | None) -> None:
    if user is None:
        return
    if ":" in user:
        raise ValueError("contains a password: SSH signs in with the key airflow-aks:dagsGitSshKey; remove it")
    if not _USER.fullmatch(user):
        raise ValueError("names no valid user before the @, for example git@github.com:org/dags.git")


def _check_host(host: str) -> None:
    if not host:
        raise ValueError(f"names no host: must be {_FORMS}")
    if not _HOST.fullmatch(host):
        raise ValueError("must name the host by a DNS name or an IPv4 address, of letters, digits, dots and hyphens")


def _check_path(path: str) -> None:
    if not path.strip("/"):
        raise ValueError(
            "names no repository: a path must follow the host, for example https://github.com/org/dags.git"
        )


def _describe_port(scheme: str, user: str | None, host: str, port: str, path: str) -> str:
    """Return the problem of a port. After `ssh://`, a wrong port is often the first part of a path.

    With an @ in the path, the port may be a part of a password, so the message does not repeat it.
    """
    if "@" in path:
        return "must have a port from 1 to 65535 after the host, or none"
    if scheme == "ssh" and port and not port.isdigit():
        form = f"{user or 'git'}@{host}:{port}{path}"
        return f"has a port that is no number, {port!r}; if the path begins with it, leave ssh:// out: {form}"
    return f"must have a port from 1 to 65535 after the host, or none (is {port!r})"


GitRepository = Annotated[
    GitAddress,
    GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_after_validator_function(
            parse_git_address, core_schema.str_schema()
        )
    ),
]
