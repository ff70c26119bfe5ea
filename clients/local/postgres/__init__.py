"""Real PostgreSQL on one machine, without a server to install."""
