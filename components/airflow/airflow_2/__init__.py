"""What exists for Airflow 2.9 alone."""
