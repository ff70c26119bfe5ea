"""The scoring service: what a cluster is worth this year."""
