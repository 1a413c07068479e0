"""The pytest plugin: fixtures for a server and a clean world per test."""
