"""Reads YAML as the Pulumi CLI does, whose rules differ from those of YAML 1.1 and 1.2."""
