"""Airflow 2.9 only, kept until 2027-04-22 so that a deployment of the guides can be taken over and moved."""
