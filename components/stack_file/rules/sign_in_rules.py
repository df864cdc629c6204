"""Rules for the sign-in with Entra: what it takes from Airflow's own settings, and what it makes useless."""

from __future__ import annotations

from collections.abc import Iterator

from components.airflow.line_family import LineFamily
from components.airflow.release_lines import family_of
from components.airflow.sign_in import OWN_VALUES, options
from components.airflow.traffic.passed_values import given_values, name_of
from components.settings import nested
from components.settings.access_sections import SignInSettings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Gives rights to requests without a sign-in.
_PUBLIC_ROLE = "fab.auth_role_public"


def airflow_leaves_the_sign_in_to_access(context: Context) -> Iterator[Problem]:
    """No option or chart value of Airflow's contradicts what `access.signIn` sets."""
    settings = context.settings
    if settings.sign_in is None:
        return
    line = family_of(settings.airflow.release)
    own = _own_options(settings.sign_in, line)
    found = [(given.path, given.name) for given in given_values(settings.airflow, line)]
    found += [(("keyVaultSecrets", variable), name_of(variable)) for variable in settings.airflow.key_vault_secrets]
    for path, name in found:
        if name in own:
            yield Problem(
                path=key_path("airflow", *path),
                message=f"is set by the program with {key_path('access', 'signIn')}{own[name]}: remove it here",
            )
    for newest in OWN_VALUES:
        place = line.path(newest) or newest
        if nested.get(settings.airflow.values, place, nested.MISSING) is not nested.MISSING:
            instead = f"use {key_path('airflow', 'environment')}" if place.endswith(".env") else "remove it here"
            yield Problem(
                path=key_path("airflow", "values", place),
                message=f"is set by the program with {key_path('access', 'signIn')}: {instead}",
            )


def first_user_is_needed(context: Context) -> Iterator[Problem]:
    """Warn about a first user whom the sign-in makes useless."""
    settings = context.settings
    if settings.sign_in is not None and "admin" in settings.airflow.model_fields_set:
        yield Problem(
            path=key_path("airflow", "admin"),
            message=f"is not used: with {key_path('access', 'signIn')} there is no user with a password",
        )


def somebody_is_an_admin(context: Context) -> Iterator[Problem]:
    """Warn about a sign-in that makes nobody an Admin."""
    sign_in = context.settings.sign_in
    if sign_in is not None and "Admin" not in sign_in.roles:
        yield Problem(
            path=key_path("access", "signIn", "roles"),
            message="names no Admin: nobody can manage users and roles in the UI; add for example "
            "Admin: [Airflow.Admin]",
        )


def _own_options(sign_in: SignInSettings, line: LineFamily) -> dict[str, str]:
    """Return the options that the sign-in sets, each with the end of what sets it."""
    own = {f"{section}.{option}": "" for section, found in options(sign_in, line).items() for option in found}
    hours = {option: ".sessionHours" for option in own if "session" in option or "expiration" in option}
    return {**own, **hours, _PUBLIC_ROLE: ", where nobody has rights without a role"}


SIGN_IN_ERRORS: tuple[Rule, ...] = (airflow_leaves_the_sign_in_to_access,)
SIGN_IN_WARNINGS: tuple[Rule, ...] = (first_user_is_needed, somebody_is_an_admin)
