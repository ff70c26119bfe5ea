"""The project's one benchmark harness: `make bench`. What is compared runs in the same call, round by round."""
