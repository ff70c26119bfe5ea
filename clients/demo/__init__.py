"""The demo: plays the 2024 round of Hubei against the running services, as the people of the province would."""
