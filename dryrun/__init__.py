"""The program against a simulated Azure: no account, no network, nothing created."""
