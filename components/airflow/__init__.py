"""Airflow: its secrets, its database migration, its Helm release."""
