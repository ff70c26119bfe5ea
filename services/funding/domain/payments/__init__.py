"""Treasury payments out of quota: what they post, and their comparison with the treasury's own list."""
