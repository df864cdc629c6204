"""The checks: one module for each subject, whose functions yield findings."""
