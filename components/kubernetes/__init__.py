"""What stands in any cluster, whatever runs there: provider, namespace, and the delivery of secrets."""
