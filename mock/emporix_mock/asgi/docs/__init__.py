"""Pages for people: an index of all services and Swagger UI for each, made when somebody asks for them."""
