"""Registers: what the counties, departments and the province keep, declared as data over one mechanism."""
