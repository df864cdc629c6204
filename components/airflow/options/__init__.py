"""Which options of airflow.cfg each release line of Airflow knows, and where those of older versions went."""
