"""Who files in the demo, and with which figures."""
