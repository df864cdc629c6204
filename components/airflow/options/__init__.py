"""The options of airflow.cfg that each release line of Airflow knows, and the new places of moved options."""
