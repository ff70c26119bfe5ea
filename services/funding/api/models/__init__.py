"""What funding answers. No field has a default: what is not there is null."""
