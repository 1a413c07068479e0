"""What the API is: bundled OpenAPI documents, repairs, sources and their compiled form."""
