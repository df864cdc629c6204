"""The Helm release of Airflow's official chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs

from components.airflow.values.chart import ValuesInputs, airflow_values
from components.airflow.values.task_namespaces import task_config
from components.airflow.vault import connections
from components.airflow.vault.secrets import hash_of_versions
from components.kubernetes.way_out import WayOut
from components.output_registration import register_annotated_outputs
from components.settings.access_sections import AccessSettings
from components.settings.airflow_sections import AirflowSettings, DagsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.pins import ReleaseLine

from . import names
from .release_lines import family_of

# New nodes pull the images and every component starts, which often takes ten minutes.
_TIMEOUT_SECONDS: Final = 1200


@dataclass(frozen=True, kw_only=True)
class AirflowReleaseArgs:
    """What AirflowRelease needs: settings, and outputs of other components that the chart values contain."""

    settings: AirflowSettings
    dags: DagsSettings
    logs: LogsSettings
    pooler: connections.Pooler
    access: AccessSettings | None
    line: ReleaseLine
    git_known_hosts: str | None
    namespace: Input[str]
    service_accounts: Input[list[str]]
    images: Mapping[str, Input[str]]
    logs_account_url: Input[str]
    logs_container: Input[str]
    logs_claim: Input[str | None]
    dags_claim: Input[str | None]
    secret_versions: Mapping[str, Input[str]]
    remote_connections: Sequence[str]
    identity_client_id: Input[str]
    airflow_node_selector: Input[Mapping[str, str]]
    worker_node_selector: Mapping[str, str]
    worker_tolerations: list[dict[str, str]]
    address: str | None
    task_namespaces: Sequence[Input[str]]
    way_out: WayOut


class AirflowRelease(ComponentResource):
    """The Helm release, which waits until every pod is ready."""

    release_name: Output[str]
    ui_service: Output[str]
    airflow_version: Output[str]
    executor: Output[str]
    task_config: Output[str]

    def __init__(self, name: str, args: AirflowReleaseArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:AirflowRelease", name, None, opts)
        values = _values(args)
        release = Release(
            f"{name}-release",
            # The chart derives service accounts from this name, and federated credentials refer to them.
            name=names.RELEASE,
            namespace=args.namespace,
            chart=args.line.chart.name,
            version=args.line.chart.version,
            repository_opts=RepositoryOptsArgs(repo=args.line.chart.repository),
            values=values,
            timeout=_TIMEOUT_SECONDS,
            skip_await=False,
            wait_for_jobs=False,
            cleanup_on_fail=True,
            max_history=5,
            opts=ResourceOptions(parent=self),
        )
        self.release_name = release.name
        service = family_of(args.settings.release).ui_service
        # Depends on the release, so that nobody reads the name of a service that does not exist yet.
        self.ui_service = self.release_name.apply(lambda _: service)
        self.airflow_version = Output.from_input(args.line.version)
        self.executor = Output.from_input(args.settings.executor)
        self.task_config = Output.all(values, args.namespace).apply(lambda known: task_config(*known))
        register_annotated_outputs(self)


def _select_versions(versions: Mapping[str, Input[str]]) -> list[Input[str]]:
    """Return the versions of the secrets that the release's pods read; a new version restarts the pods."""
    return [
        version for secret, version in versions.items() if secret not in (names.ADMIN_SECRET, names.MIGRATION_SECRET)
    ]


def _values(args: AirflowReleaseArgs) -> Output[dict[str, Any]]:
    """Return the chart's values. They depend on every resource that they refer to."""
    inputs = Output.all(
        namespace=args.namespace,
        images=dict(args.images),
        logs_account_url=args.logs_account_url,
        logs_container=args.logs_container,
        logs_claim=args.logs_claim,
        dags_claim=args.dags_claim,
        secret_versions=Output.all(*_select_versions(args.secret_versions)).apply(hash_of_versions),
        airflow_node_selector=args.airflow_node_selector,
        task_namespaces=list(args.task_namespaces),
        way_out=args.way_out.of_container,
        # Not used in the values: these two only make the release wait for the accounts and their identity.
        waited_for=[args.service_accounts, args.identity_client_id],
    )
    return inputs.apply(
        lambda known: airflow_values(
            args.settings,
            args.dags,
            args.logs,
            args.pooler,
            ValuesInputs(
                airflow_version=args.line.version,
                worker_node_selector=args.worker_node_selector,
                worker_tolerations=args.worker_tolerations,
                git_known_hosts=args.git_known_hosts,
                address=args.address,
                remote_connections=args.remote_connections,
                **{key: value for key, value in known.items() if key != "waited_for"},
            ),
            args.access,
        )
    )
