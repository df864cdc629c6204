"""Airflow's secrets and connections, from random values to the Key Vault."""
