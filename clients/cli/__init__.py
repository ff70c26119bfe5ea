"""The command `clusters`."""
