"""The architecture of a plan as a picture."""
