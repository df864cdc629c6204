"""Rules across sections: each yields errors or warnings, with their paths in the stack file."""
