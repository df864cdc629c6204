"""Rules across sections: each yields what is wrong, or worth a warning, by its path in the stack file."""
