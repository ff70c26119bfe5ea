"""One file for each command. Each defines `register(app)`; nothing else needs to know of a new one."""
