"""Reads YAML by the rules of the Pulumi CLI, which differ from those of YAML 1.1 and 1.2."""
