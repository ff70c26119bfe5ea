"""The four documents that cross a border between services: frozen, versioned, with golden vectors as tests."""
