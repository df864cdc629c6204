"""The values of the Airflow chart, as pure functions of the settings."""
