"""A programme's folder, and how it is loaded into the services."""
