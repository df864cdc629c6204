"""The customized Airflow image: what is in it, and how Azure builds it."""
