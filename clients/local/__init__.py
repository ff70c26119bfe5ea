"""The whole suite on one machine: embedded PostgreSQL, a local token issuer, a supervisor of the services."""
