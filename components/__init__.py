"""Apache Airflow on AKS, as Pulumi components."""
