"""The content of a stack file: one frozen model per section, the names made from it, and the pinned versions."""
