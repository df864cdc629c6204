"""The keys that each pinned chart takes, and the chart values that do not work in this cluster."""
