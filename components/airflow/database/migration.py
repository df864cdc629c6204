"""The database migration and the first user, each a Job of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, CustomTimeouts, Input, Output, ResourceOptions
from pulumi_kubernetes.batch.v1 import Job

from components.airflow import names
from components.component_outputs import register_annotated_outputs
from components.settings.airflow_sections import AirflowSettings

from . import jobs

_READ_BY_JOBS: Final = (names.MIGRATION_SECRET, names.FERNET_KEY_SECRET, names.USER_SECRETS)


@dataclass(frozen=True, kw_only=True)
class AirflowDatabaseMigrationArgs:
    """What the Jobs need: Airflow's settings and image, a place to run, and secrets that are there."""

    settings: AirflowSettings
    namespace: Input[str]
    service_accounts: Input[list[str]]
    image: Input[str]
    node_selector: Input[Mapping[str, str]]
    secret_versions: Mapping[str, Input[str]]


class AirflowDatabaseMigration(ComponentResource):
    """Brings the database to the image's schema, then makes the first user.

    The chart's own Jobs are off: as hooks they deadlock with waiting for the pods, and as plain Jobs they have a fixed
    name and cannot change. A Job that fails stops the update; its error names the log.
    """

    migrated_image: Output[str]
    job_name: Output[str]
    first_user_job_name: Output[str]

    def __init__(self, name: str, args: AirflowDatabaseMigrationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:AirflowDatabaseMigration", name, None, opts)
        self._args = args
        settings = args.settings
        wires = Output.all(
            image=args.image,
            node_selector=args.node_selector,
            # The rest is waited for, and not read: accounts and secrets that the pods name.
            accounts=args.service_accounts,
            versions=[args.secret_versions[secret] for secret in _READ_BY_JOBS if secret in args.secret_versions],
        )
        migration = self._job(
            f"{name}-migration",
            wires.apply(lambda w: jobs.migration_job(settings, w["image"], w["node_selector"])),
            f"{jobs.MIGRATION_DEADLINE_SECONDS}s",
        )
        # The image, known once the database fits it.
        self.migrated_image = Output.all(args.image, migration.id).apply(lambda values: str(values[0]))
        first_user = self._job(
            f"{name}-first-user",
            Output.all(image=self.migrated_image, wires=wires, version=args.secret_versions[names.ADMIN_SECRET]).apply(
                lambda w: jobs.first_user_job(settings, w["image"], w["wires"]["node_selector"], w["version"])
            ),
            f"{jobs.USER_DEADLINE_SECONDS}s",
        )
        self.job_name = migration.metadata.name
        self.first_user_job_name = first_user.metadata.name
        register_annotated_outputs(self)

    def _job(self, name: str, job: Output[tuple[str, dict[str, Any]]], timeout: str) -> Job:
        return Job(
            name,
            metadata={"name": job.apply(lambda j: j[0]), "namespace": self._args.namespace},
            spec=job.apply(lambda j: j[1]),
            opts=ResourceOptions(parent=self, custom_timeouts=CustomTimeouts(create=timeout, update=timeout)),
        )
