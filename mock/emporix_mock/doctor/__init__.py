"""What this installation can do: its documents, a server of its own, what the register says."""
