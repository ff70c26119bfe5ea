"""Typed clients of the three services, for each other and for everybody else."""
