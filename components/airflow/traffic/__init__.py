"""What network policies are made of, and the connections that a stack file asks them to allow."""
