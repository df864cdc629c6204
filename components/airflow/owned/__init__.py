"""What a stack file may not set because the program sets it, and which setting to use instead."""
