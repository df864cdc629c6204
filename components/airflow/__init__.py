"""Airflow itself: its release, accounts, network policies and storage, and the parts that each executor needs."""
