"""Airflow 2.9 only, kept until 2027-04-22 to take over deployments of Azure's guides and move them to Airflow 3."""
