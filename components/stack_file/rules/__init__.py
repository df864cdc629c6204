"""Rules across sections: each rule yields errors or warnings, with their paths in the stack file."""
