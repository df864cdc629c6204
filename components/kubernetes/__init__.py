"""What stands in the cluster around Airflow."""
