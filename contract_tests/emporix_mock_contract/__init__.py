"""The contract kit: drives Schemathesis against the stub or a deployment."""
