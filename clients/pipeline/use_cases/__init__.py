"""What people do with a cycle: start, look, decide, pause, send back, waive."""
