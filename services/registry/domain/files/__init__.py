"""Files: what they are, how they come in, and what an import of one found."""
