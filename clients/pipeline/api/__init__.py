"""HTTP routes of the pipeline: what a console, a command line and a scheduler ask of a cycle."""
