"""Runs the program against a simulated Azure, without an account or a network, and shows what it would create."""
