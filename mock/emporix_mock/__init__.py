"""A local, stateful Emporix: server, in-process application, pytest plugin."""
