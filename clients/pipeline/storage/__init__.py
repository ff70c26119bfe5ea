"""The pipeline's rows, in a database of its own."""
