"""The parts of network policies, and the connections that a stack file asks for."""
