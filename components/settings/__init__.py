"""What a stack file may say: one frozen model per section, the names made from it, and the pinned versions."""
