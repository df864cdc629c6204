"""Settings that not every release line knows: one table, and the rule that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.airflow.owned.by_line import chart_keys
from components.airflow.release_lines import AIRFLOW_2, AIRFLOW_3, FAMILIES, LineFamily, family_of
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


@dataclass(frozen=True, kw_only=True)
class LineSetting:
    """A setting that one generation of Airflow knows, if its value is such; `instead` says what others have."""

    path: tuple[str, ...]
    known_by: LineFamily
    instead: str
    when: Callable[[Any], bool] = lambda _: True


# Options that came with Airflow 3, of sections that Airflow 2 has too. Source: the two configuration references.
_NEW_OPTIONS: Final[Mapping[str, str]] = {
    "api": "auto_refresh_interval base_url client_ssl_cert client_ssl_key client_use_public_certs dag_cache_size "
    "dag_cache_ttl default_wrap enable_swagger_ui expose_config expose_stacktrace grid_view_sorting_order "
    "hide_paused_dags_by_default host instance_name log_config log_fetch_timeout_sec log_stream_buffer_size "
    "require_confirmation_dag_change server_type ssl_ca_file ssl_cert ssl_cert_reqs ssl_key theme "
    "worker_refresh_batch_size worker_refresh_interval worker_timeout workers",
    "core": "allow_double_dot_in_ids asset_manager_class asset_manager_kwargs mp_forkserver_preload multi_team "
    "num_dag_runs_to_retain_rendered_fields rerun_with_latest_version task_success_overtime team_name_cache_ttl",
    "database": "external_db_managers migration_batch_size sql_alchemy_connect_args_async sql_alchemy_session_maker",
    "fab": "access_denied_message auth_backends auth_role_public cache_ttl config_file cookie_samesite cookie_secure "
    "custom_roles enable_proxy_fix expose_hostname navbar_color navbar_hover_color navbar_text_color "
    "navbar_text_hover_color proxy_fix_x_for proxy_fix_x_host proxy_fix_x_port proxy_fix_x_prefix proxy_fix_x_proto "
    "session_backend session_lifetime_minutes session_max_lifetime_minutes",
    "logging": "callsite_parameters dag_processor_child_process_log_directory json_logs log_timestamp_format "
    "min_length_masked_secret namespace_levels uvicorn_logging_level",
    "metrics": "legacy_names_on otel_service statsd_ipv6",
    "scheduler": "create_delta_data_intervals dagrun_metrics_interval enable_tracemalloc only_idle "
    "partition_mapper_max_downstream_keys task_instance_heartbeat_sec task_instance_heartbeat_timeout "
    "task_instance_heartbeat_timeout_detection_interval ti_metrics_interval",
    "triggerer": "blocked_main_thread_warning_threshold capacity max_trigger_to_select_per_loop on_kill_timeout "
    "queues_enabled runner_health_check_threshold",
}
_NEW_SECTIONS: Final = (
    "api_auth callbacks connection_test dag_processor execution_api profiling sdk state_store traces workers"
)
# Where Airflow 2 has what a new section or option stands for.
_IN_AIRFLOW_2: Final[Mapping[str, str]] = {
    "api": "the web server's options are in the section webserver",
    "dag_processor": "the options of DAG parsing are in the section scheduler, for example dag_dir_list_interval",
    "fab": "the options of the sign-in are in the section webserver",
    "triggerer": "its size is the option default_capacity",
}

# Parts of a path that ends at a section of airflow.cfg.
_SECTION: Final = 3

TABLE: Final[tuple[LineSetting, ...]] = (
    LineSetting(
        path=("airflow", "dagProcessors"),
        known_by=AIRFLOW_2,
        instead="it lets schedulers parse DAGs, and no scheduler of another line can: set 1 or more",
        when=lambda value: value == 0,
    ),
    LineSetting(
        path=("airflow", "config", "scheduler", "dag_dir_list_interval"),
        known_by=AIRFLOW_2,
        instead="the option is refresh_interval of the section dag_processor",
    ),
    LineSetting(
        path=("dags", "delivery"),
        known_by=AIRFLOW_3,
        instead="DAG bundles came later: use gitSync",
        when=lambda value: value == "gitBundle",
    ),
    *(
        LineSetting(
            path=("airflow", "config", section),
            known_by=AIRFLOW_3,
            instead=_IN_AIRFLOW_2.get(section, "there is no such section"),
        )
        for section in _NEW_SECTIONS.split()
    ),
    *(
        LineSetting(
            path=("airflow", "config", section, option),
            known_by=AIRFLOW_3,
            instead=_IN_AIRFLOW_2.get(section, "there is no such option"),
        )
        for section, options in _NEW_OPTIONS.items()
        for option in options.split()
    ),
    *(
        LineSetting(
            path=("airflow", "values", key),
            known_by=family,
            instead=f"the UI is {other.ui}" if key == family.ui else "the chart has no such key",
        )
        for family in FAMILIES
        for other in FAMILIES
        for key in chart_keys(family)
        if other is not family and key not in chart_keys(other)
    ),
)


def settings_of_the_line(context: Context) -> Iterator[Problem]:
    """A setting that the line would ignore is refused, by the name of a line that knows it."""
    settings = context.settings
    release = settings.airflow.release
    if release not in settings.pins.airflow:
        return
    content = settings.model_dump(by_alias=True, include={"airflow", "dags"}, warnings=False)
    for entry in TABLE:
        if entry.known_by is family_of(release):
            continue
        lines = sorted(line for line in settings.pins.airflow if family_of(line) is entry.known_by)
        for path, value in (*_at(content, entry.path), *_in_environment(settings.airflow.environment, entry.path)):
            if entry.when(value):
                yield Problem(
                    path=key_path(*path),
                    message=f"{_shown(value)}is for {' and '.join(lines) or entry.known_by.title}, and "
                    f"{key_path('airflow', 'release')} is {release}: {entry.instead}",
                )


def _at(content: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The path with its value, where there is one."""
    for key in path:
        if not isinstance(content, Mapping) or key not in content:
            return
        content = content[key]
    yield path, content


def _in_environment(
    environment: Mapping[str, str], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """The variables that set an option or a whole section of airflow.cfg."""
    if path[:2] != ("airflow", "config"):
        return
    prefix = "__".join(("AIRFLOW", *path[2:])).upper()
    for name in environment:
        if name == prefix or (len(path) == _SECTION and name.startswith(f"{prefix}__")):
            yield ("airflow", "environment", name), {}


def _shown(value: Any) -> str:
    """A value to begin a message with; a mapping says nothing."""
    return "" if isinstance(value, Mapping) else f"{value!r} "


def database_was_tested_with_the_line(context: Context) -> Iterator[Problem]:
    """A server that is newer than any which the line was tested with."""
    settings = context.settings
    newest = family_of(settings.airflow.release).newest_postgresql
    if newest is not None and int(settings.database.version) > newest:
        yield Problem(
            path=key_path("database", "version"),
            message=f"{settings.database.version} is newer than {newest}, the last that Airflow "
            f"{settings.airflow.release} was tested with; move to a newer {key_path('airflow', 'release')} soon",
        )


LINE_ERRORS: tuple[Rule, ...] = (settings_of_the_line,)
LINE_WARNINGS: tuple[Rule, ...] = (database_was_tested_with_the_line,)
