"""Clients of the three services. They import `shared` only, never a service."""
