"""Checks, against the real subscription, what would make the first `pulumi up` fail."""
