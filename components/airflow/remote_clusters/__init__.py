"""Connections to other AKS clusters, and the rights of the stack's identity in them."""
