"""Airflow itself: its release, accounts, network policies and storage, and what each executor needs."""
