"""Reads the files of a build, computes the image's tag from them, and refuses files that look like secrets."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

SINGLE_FILES: Final = ("Dockerfile", "requirements.txt")
DAGS: Final = "dags"
# Files that tools write beside DAGs. They differ between machines, so they must not be part of the tag's hash.
_LEFT_BEHIND: Final = {"__pycache__", ".DS_Store", ".ipynb_checkpoints"}
_SECRET_NAMES: Final = re.compile(r"(^\.env($|\.)|\.(pem|key|pfx|p12)$|^id_(rsa|dsa|ecdsa|ed25519)$)", re.IGNORECASE)
_PRIVATE_KEY: Final = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_URL_WITH_LOGIN: Final = re.compile(r"://[^/\s]+@")
_DIGITS_OF_TAG: Final = 12


class ContextError(Exception):
    """The image cannot be built from the files; the message names each wrong file."""


def read_context(folder: Path) -> dict[str, bytes]:
    """Return the contents of Dockerfile, requirements.txt and DAGs, by path.

    Raises:
        ContextError: a file is missing, is a symbolic link, or looks like a secret; anyone who pulls the image could
            read a secret.

    """
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for path in [*(folder / name for name in SINGLE_FILES), *_find_dags(folder / DAGS)]:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(f"image/{name}: is a link; put the file itself there")
        elif not path.is_file():
            problems.append(f"image/{name}: is missing")
        else:
            files[name] = path.read_bytes()
    problems += _find_secrets(files)
    if problems:
        raise ContextError("\n".join(problems))
    return files


def compute_tag(version: str, files: Mapping[str, bytes], images: Iterable[str]) -> str:
    """Return the tag of an image: Airflow's version, and a hash of the image's files and base images.

    `images` are the references of the base images. Neither the order nor the modes of the files change the hash.
    """
    parts = [*(f"image {reference}".encode() for reference in sorted(images))]
    for name in sorted(files):
        parts += [f"file {name}".encode(), files[name]]
    content = b"".join(b"%d:%b" % (len(part), part) for part in parts)
    return f"{version}-{hashlib.sha256(content).hexdigest()[:_DIGITS_OF_TAG]}"


def stage(files: Mapping[str, bytes], folder: Path) -> None:
    """Replace the content of a folder by the files, and give all files the same mode."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / DAGS).mkdir(parents=True)
    for name, content in files.items():
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)


def _find_dags(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return [path for path in sorted(found) if not _is_left_behind(path.relative_to(folder))]


def _is_left_behind(path: Path) -> bool:
    return path.suffix == ".pyc" or bool(_LEFT_BEHIND & set(path.parts))


def _find_secrets(files: Mapping[str, bytes]) -> list[str]:
    found = [
        f"image/{name}: looks like a secret, which does not belong in an image; keep it in the Key Vault"
        for name, content in files.items()
        if _SECRET_NAMES.search(PurePosixPath(name).name) or _PRIVATE_KEY.search(content)
    ]
    lines = files.get("requirements.txt", b"").decode("utf-8", errors="replace").splitlines()
    return found + [
        f"image/requirements.txt, line {number}: holds a user name or password, which every layer would show"
        for number, line in enumerate(lines, 1)
        if _URL_WITH_LOGIN.search(line.partition("#")[0])
    ]
