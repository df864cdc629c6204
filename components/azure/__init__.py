"""The Azure resources."""
