"""Rules for the options, variables and chart values that a stack file passes to Airflow's containers and chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from components.airflow.chart_keys.checker import key_problems
from components.airflow.chart_keys.container_images import image_problems
from components.airflow.chart_keys.pod_limits import pod_problems
from components.airflow.chart_keys.table import ChartKeys, chart_keys_of
from components.airflow.options.checker import unknown_options, unknown_variables
from components.airflow.options.table import options_of
from components.airflow.owned.checker import option_of
from components.airflow.release_lines import chart_keys_file, options_file
from components.settings.container_texts import variable_problem
from components.settings.names import registry_form
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def values_work_in_the_cluster(context: Context) -> Iterator[Problem]:
    """Chart values ask for nothing that Pod Security or the network policies refuse, and for no foreign image."""
    settings = context.settings
    values = settings.airflow.values
    if not values:
        return
    registry = registry_form(settings)
    for path, message in (*pod_problems(values), *image_problems(values, registry)):
        yield Problem(path=key_path("airflow", "values", path), message=message)


def values_are_keys_of_the_chart(context: Context) -> Iterator[Problem]:
    """Chart values have keys and types of the chart. Helm would refuse others, but only after the cluster exists."""
    values = context.settings.airflow.values
    keys = _chart_keys(context) if values else None
    if keys is not None:
        for path, message in key_problems(values, keys):
            yield Problem(path=key_path("airflow", "values", path), message=message)


def options_of_the_chart_are_no_variables(context: Context) -> Iterator[Problem]:
    """Options that the chart's templates read are set in `config`, because a template sees no variable."""
    airflow = context.settings.airflow
    variables = [
        *((key_path("airflow", "environment", name), name) for name in airflow.environment),
        *((key_path("airflow", "keyVaultSecrets", name), name) for name in airflow.key_vault_secrets),
        *((key_path("airflow", "values", path), name) for path, name in _variables_of_components(airflow.values)),
    ]
    keys = _chart_keys(context) if variables else None
    for path, name in variables if keys is not None else ():
        place = ".".join(option_of(name))
        if keys is not None and place in keys.config:
            setting = key_path("airflow", "config", place)
            yield Problem(
                path=path,
                message=f"must be {setting}: the chart reads this option there, for example for probes and addresses",
            )


def _variables_of_components(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the variables in the `env` lists of the chart's components, with their paths."""
    for component, content in values.items():
        variables = content.get("env") if isinstance(content, Mapping) else None
        for index, variable in enumerate(variables if isinstance(variables, list) else ()):
            if isinstance(variable, Mapping) and isinstance(variable.get("name"), str):
                yield f"{component}.env[{index}].name", variable["name"]


def _chart_keys(context: Context) -> ChartKeys | None:
    """Return the keys of the release line's chart; None if the line is not pinned, which another rule refuses."""
    settings = context.settings
    release = settings.airflow.release
    return chart_keys_of(release) if release in settings.pins.airflow else None


def variables_fit_a_container(context: Context) -> Iterator[Problem]:
    """Each text is short enough for an environment variable. The Jobs get the options of `config` as variables too."""
    airflow, git = context.settings.airflow, context.settings.dags.git
    given = [
        *((key_path("airflow", "environment", name), name, text) for name, text in airflow.environment.items()),
        *(
            (key_path("airflow", "config", section, option), f"AIRFLOW__{section}__{option}", str(value))
            for section, options in airflow.config.items()
            for option, value in options.items()
        ),
        (key_path("dags", "git", "repository"), "GITSYNC_REPO", git.repository.text if git.repository else ""),
        (key_path("dags", "git", "branch"), "GITSYNC_REF", git.branch),
    ]
    for path, name, text in given:
        if (message := variable_problem(name, text)) is not None:
            yield Problem(path=path, message=message)


def options_are_known(context: Context) -> Iterator[Problem]:
    """Warn about options of airflow.cfg that the version of Airflow does not know, or has moved."""
    airflow = context.settings.airflow
    options = options_of(airflow.release)
    if options is None:
        return
    for setting, found in (
        ("config", unknown_options(airflow.config, options)),
        ("environment", unknown_variables(airflow.environment, options)),
    ):
        for path, message in found:
            yield Problem(path=key_path("airflow", setting, path), message=message)


def release_has_facts(context: Context) -> Iterator[Problem]:
    """Warn about a release line without generated files of options and chart keys, because neither is checked."""
    release = context.settings.airflow.release
    files = {"config": options_file(release), "values": chart_keys_file(release)}
    missing = [name for name, file in files.items() if not file.is_file()]
    if missing:
        names = " and ".join(key_path("airflow", name) for name in missing)
        yield Problem(
            path=key_path("airflow", "release"),
            message=f"has no table of names in the repository, so {names} are not checked: run `make facts`",
        )


OPTIONS_AND_VALUES_ERRORS: tuple[Rule, ...] = (
    values_work_in_the_cluster,
    values_are_keys_of_the_chart,
    options_of_the_chart_are_no_variables,
    variables_fit_a_container,
)
OPTIONS_AND_VALUES_WARNINGS: tuple[Rule, ...] = (options_are_known, release_has_facts)
