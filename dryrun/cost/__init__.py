"""Prices what a plan creates by the month, with Azure's public retail prices."""
