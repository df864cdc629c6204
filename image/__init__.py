"""The customized Airflow image: its files, and the program that builds it in Azure."""
