"""The Kubernetes objects that do not depend on Airflow: provider, namespace, and the delivery of secrets."""
