"""The demo's year, act by act, and the story that plays them in order."""
