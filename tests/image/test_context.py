"""Tests the files of a build, the tag that is computed from them, and the files that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from image.context import ContextError, compute_tag, read_context, stage
from tests.plans import ROOT

IMAGES = ("docker.io/apache/airflow:3.3.2", "ghcr.io/azure/kubelogin:v1")
FILES = {"Dockerfile": b"FROM x\n", "requirements.txt": b"", "dags/a.py": b"a", "dags/b.py": b"b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stage(FILES, tmp_path / "image")
    return tmp_path / "image"


def tag(files: dict[str, bytes] = FILES, images: tuple[str, ...] = IMAGES) -> str:
    return compute_tag("3.3.2", files, images)


def test_the_tag_is_airflows_version_and_a_hash() -> None:
    version, _, digits = tag().rpartition("-")
    assert version == "3.3.2"
    assert len(digits) == 12
    assert int(digits, 16) >= 0


def test_the_tag_of_this_content_never_changes() -> None:
    assert tag() == "3.3.2-de9d538b78c4"


def test_order_of_files_and_images_does_not_matter() -> None:
    assert tag(dict(reversed(FILES.items())), IMAGES[::-1]) == tag()


@pytest.mark.parametrize("name", FILES)
def test_every_file_counts(name: str) -> None:
    assert tag({**FILES, name: FILES[name] + b"\n"}) != tag()


def test_a_renamed_file_counts() -> None:
    assert tag({("dags/c.py" if name == "dags/b.py" else name): content for name, content in FILES.items()}) != tag()


def test_content_that_moves_between_files_counts() -> None:
    assert tag({**FILES, "dags/a.py": b"ab", "dags/b.py": b""}) != tag({**FILES, "dags/a.py": b"a", "dags/b.py": b"b"})


def test_the_images_that_it_starts_from_count() -> None:
    assert tag(images=(f"{IMAGES[0]}@sha256:{'a' * 64}", IMAGES[1])) != tag()


def test_modes_do_not_matter(folder: Path) -> None:
    before = tag(read_context(folder))
    (folder / "dags" / "a.py").chmod(0o755)
    assert tag(read_context(folder)) == before


def test_what_tools_leave_behind_is_not_built(folder: Path) -> None:
    for name in ("dags/__pycache__/a.cpython-313.pyc", "dags/old.pyc", "dags/sub/.DS_Store"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert read_context(folder) == FILES


def test_a_folder_without_dags_is_built(folder: Path) -> None:
    for name in ("a.py", "b.py"):
        (folder / "dags" / name).unlink()
    (folder / "dags").rmdir()
    assert set(read_context(folder)) == {"Dockerfile", "requirements.txt"}


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "requirements.txt").unlink()
    with pytest.raises(ContextError, match=r"image/requirements\.txt: is missing"):
        read_context(folder)


def test_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text("x", encoding="utf-8")
    (folder / "dags" / "link.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(ContextError, match=r"image/dags/link\.py: is a link"):
        read_context(folder)


@pytest.mark.parametrize("name", [".env", ".env.prod", "tls.key", "store.PFX", "id_rsa", "sub/id_ed25519"])
def test_a_file_named_like_a_secret_is_refused(folder: Path, name: str) -> None:
    (folder / "dags" / name).parent.mkdir(exist_ok=True)
    (folder / "dags" / name).write_text("x", encoding="utf-8")
    with pytest.raises(ContextError, match="looks like a secret"):
        read_context(folder)


def test_a_private_key_in_a_dag_is_refused(folder: Path) -> None:
    (folder / "dags" / "a.py").write_text('KEY = """-----BEGIN RSA PRIVATE KEY-----\n"""', encoding="utf-8")
    with pytest.raises(ContextError, match=r"image/dags/a\.py: looks like a secret"):
        read_context(folder)


def test_a_login_in_the_requirements_is_refused(folder: Path) -> None:
    (folder / "requirements.txt").write_text(
        "# https://user:word@in.a.comment\npkg @ https://user:word@host/pkg.whl\n", encoding="utf-8"
    )
    with pytest.raises(ContextError, match=r"line 2: holds a user name or password"):
        read_context(folder)


def test_every_problem_comes_at_once(folder: Path) -> None:
    (folder / "requirements.txt").unlink()
    (folder / "dags" / ".env").write_text("x", encoding="utf-8")
    with pytest.raises(ContextError) as caught:
        read_context(folder)
    assert len(str(caught.value).splitlines()) == 2


def test_the_staged_folder_holds_these_files_and_no_other(tmp_path: Path) -> None:
    target = tmp_path / "context"
    stage({**FILES, "dags/gone.py": b"x"}, target)
    stage(FILES, target)
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert found == set(FILES)
    assert {oct((target / name).stat().st_mode & 0o777) for name in FILES} == {"0o644"}


def test_the_shipped_folder_can_be_read() -> None:
    assert set(read_context(ROOT / "image")) >= {"Dockerfile", "requirements.txt", "dags/.airflowignore"}
