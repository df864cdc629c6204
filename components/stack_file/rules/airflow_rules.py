"""Rules for the Airflow release, its image, access to git, and the settings that the program owns."""

from __future__ import annotations

from collections.abc import Iterator

from components.airflow.owned.checker import config_problems, environment_problems, value_problems
from components.airflow.release_lines import family_of
from components.airflow.vault.user_secrets import key_vault_problems
from components.settings.names import stack_mark
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def release_is_pinned(context: Context) -> Iterator[Problem]:
    """The release line is in charts/pins.yaml."""
    airflow, lines = context.settings.airflow, context.settings.pins.airflow
    if airflow.release not in lines:
        yield Problem(
            path=key_path("airflow", "release"),
            message=f"must be a release line of charts/pins.yaml: {', '.join(sorted(lines))} (is {airflow.release!r})",
        )


def patch_is_pinned(context: Context) -> Iterator[Problem]:
    """The patch is one of the release line's versions in charts/pins.yaml."""
    airflow, lines = context.settings.airflow, context.settings.pins.airflow
    if airflow.patch is None or airflow.release not in lines:
        return
    versions = lines[airflow.release].versions
    if airflow.patch not in versions:
        yield Problem(
            path=key_path("airflow", "patch"),
            message=f"must be a version that charts/pins.yaml has for {airflow.release}: {', '.join(versions)} "
            f"(is {airflow.patch!r})",
        )


def git_repository_fits_its_auth(context: Context) -> Iterator[Problem]:
    """DAGs from git have a repository, with a URL that fits `auth`."""
    if not context.settings.dags.from_git:
        return
    git = context.settings.dags.git
    auth = key_path("dags", "git", "auth")
    if git.repository is None:
        message = f"is required with {key_path('dags', 'delivery')}: {context.settings.dags.delivery}, for example "
        message += "https://github.com/org/dags.git"
    elif git.repository.scheme == "https" and git.repository.user is not None:
        message = f"contains a user name or password: remove it, set {auth}: token and "
        message += f"`pulumi config set --secret {key_path('dagsGitToken')}`"
    elif git.auth == "ssh" and git.repository.scheme != "ssh":
        message = f"must be an SSH address with {auth}: ssh, for example git@github.com:org/dags.git"
    elif git.auth != "ssh" and git.repository.scheme != "https":
        message = f"must start with https:// with {auth}: {git.auth}, for example https://github.com/org/dags.git"
    else:
        return
    yield Problem(path=key_path("dags", "git", "repository"), message=message)


def git_credentials_exist(context: Context) -> Iterator[Problem]:
    """The config has the credentials that `auth` needs."""
    if not context.settings.dags.from_git:
        return
    auth = context.settings.dags.git.auth
    needed = {"ssh": ("dagsGitSshKey", "dagsGitKnownHosts"), "token": ("dagsGitToken",), "none": ()}[auth]
    for key in needed:
        if not context.has_key(key):
            flag = "" if key == "dagsGitKnownHosts" else "--secret "
            yield Problem(
                path=key_path(key),
                message=f"is required with {key_path('dags', 'git', 'auth')}: {auth}; "
                f"run `pulumi config set {flag}{key_path(key)}`",
            )


def image_repository_has_a_tag(context: Context) -> Iterator[Problem]:
    """A repository for a customized image comes with a tag, because it does not have the tag of the imported image."""
    image = context.settings.airflow.image
    if image.repository is not None and image.tag is None:
        yield Problem(
            path=key_path("airflow", "image", "tag"),
            message=f"is required with {key_path('airflow', 'image', 'repository')}: {image.repository}",
        )


def nothing_owned_is_set(context: Context) -> Iterator[Problem]:
    """Values, config, environment and vault secrets set nothing that the program owns, and contain no secrets."""
    settings, airflow = context.settings, context.settings.airflow
    mark = stack_mark(settings) if settings.key_vault.existing_id is not None else None
    own = key_vault_problems(airflow.key_vault_secrets, airflow.environment, airflow.config, mark)
    for section, found in (
        ("values", value_problems(airflow.values, family_of(airflow.release))),
        ("config", config_problems(airflow.config)),
        ("environment", environment_problems(airflow.environment, airflow.config)),
        ("keyVaultSecrets", own),
    ):
        for path, message in found:
            yield Problem(path=key_path("airflow", section, path), message=message)


def git_credentials_are_used(context: Context) -> Iterator[Problem]:
    """Warn about git credentials that nothing uses."""
    dags = context.settings.dags
    auth = dags.git.auth
    used_by = {"dagsGitSshKey": "ssh", "dagsGitKnownHosts": "ssh", "dagsGitToken": "token", "dagsGitUsername": "token"}
    for key, needed in used_by.items():
        if not context.has_key(key) or (dags.from_git and auth == needed):
            continue
        use = f"DAGs from git ({key_path('dags', 'delivery')} is {dags.delivery})"
        if dags.from_git:
            use = f"{key_path('dags', 'git', 'auth')}: {needed} (is {auth})"
        yield Problem(path=key_path(key), message=f"is not used: it is for {use}")


AIRFLOW_ERRORS: tuple[Rule, ...] = (
    release_is_pinned,
    patch_is_pinned,
    git_repository_fits_its_auth,
    git_credentials_exist,
    image_repository_has_a_tag,
    nothing_owned_is_set,
)
AIRFLOW_WARNINGS: tuple[Rule, ...] = (git_credentials_are_used,)
