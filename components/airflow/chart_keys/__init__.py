"""Which keys each pinned chart takes, and what its pods cannot do in this cluster."""
