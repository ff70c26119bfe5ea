"""The registers of a whole province for demonstration: generated, labelled, loaded through the API as files."""
