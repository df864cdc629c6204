"""The Jobs for the database migration and the first user, as a component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, CustomTimeouts, Input, Output, ResourceOptions
from pulumi_kubernetes.batch.v1 import Job

from components.airflow import names
from components.kubernetes.way_out import WayOut
from components.output_registration import register_annotated_outputs
from components.settings.airflow_sections import AirflowSettings
from components.settings.database_restore import FIRST_SERVER

from . import job_specs

_READ_BY_JOBS: Final = (names.MIGRATION_SECRET, names.FERNET_KEY_SECRET, names.USER_SECRETS)


@dataclass(frozen=True, kw_only=True)
class AirflowDatabaseMigrationArgs:
    """What the Jobs need: Airflow's settings and image, where to run, and versions of the secrets that they read.

    `first_user`: whether Airflow's own users sign in, so that there must be one. `used_server`: the number of the
    database server that Airflow uses.
    """

    settings: AirflowSettings
    first_user: bool
    namespace: Input[str]
    service_accounts: Input[list[str]]
    image: Input[str]
    node_selector: Input[Mapping[str, str]]
    secret_versions: Mapping[str, Input[str]]
    database_host: Input[str]
    used_server: int
    way_out: WayOut


class AirflowDatabaseMigration(ComponentResource):
    """Migrates the database to the image's schema, then creates the first user if Airflow's own users sign in.

    The chart's own Jobs are off. As Helm hooks, they would start only when the pods are ready, but the pods wait for
    the migration: a deadlock. If the chart made them plain Jobs instead of hooks, they would keep their names, so an
    upgrade would have to change an existing Job, which Kubernetes refuses. A failed Job stops the update; the error
    names the Job's log.
    """

    migrated_image: Output[str]
    job_name: Output[str]
    first_user_job_name: Output[str | None]

    def __init__(self, name: str, args: AirflowDatabaseMigrationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:AirflowDatabaseMigration", name, None, opts)
        self._args = args
        settings = args.settings
        inputs = Output.all(
            image=args.image,
            node_selector=args.node_selector,
            restored_server=args.database_host if args.used_server != FIRST_SERVER else None,
            way_out=args.way_out.of_container,
            # Not used in the specs: these two only make the Jobs wait for the accounts and secrets that the pods refer
            # to.
            accounts=args.service_accounts,
            versions=[args.secret_versions[secret] for secret in _READ_BY_JOBS if secret in args.secret_versions],
        )
        migration = self._job(
            f"{name}-migration",
            inputs.apply(
                lambda known: job_specs.migration_job(
                    settings, known["image"], known["node_selector"], known["restored_server"], known["way_out"]
                )
            ),
            f"{job_specs.MIGRATION_DEADLINE_SECONDS}s",
        )
        # Depends on the migration, so that no pod of this image starts before the database has its schema.
        self.migrated_image = Output.all(args.image, migration.id).apply(lambda values: str(values[0]))
        self.job_name = migration.metadata.name
        self.first_user_job_name = Output.from_input(None)
        if args.first_user:
            password = args.secret_versions[names.ADMIN_SECRET]
            first_user = self._job(
                f"{name}-first-user",
                Output.all(
                    self.migrated_image,
                    inputs["node_selector"],
                    password,
                    inputs["restored_server"],
                    inputs["way_out"],
                ).apply(lambda known: job_specs.first_user_job(settings, *known)),
                f"{job_specs.USER_DEADLINE_SECONDS}s",
            )
            self.first_user_job_name = first_user.metadata.name
        register_annotated_outputs(self)

    def _job(self, name: str, job: Output[tuple[str, dict[str, Any]]], timeout: str) -> Job:
        return Job(
            name,
            metadata={"name": job.apply(lambda j: j[0]), "namespace": self._args.namespace},
            spec=job.apply(lambda j: j[1]),
            opts=ResourceOptions(parent=self, custom_timeouts=CustomTimeouts(create=timeout, update=timeout)),
        )
