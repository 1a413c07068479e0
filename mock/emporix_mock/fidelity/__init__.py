"""How true each operation is to the API: one register, made from code and runs, and its views."""
