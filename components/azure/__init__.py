"""The Azure resources: one component per service, and the pure functions that plan them."""
