"""The analysis engine: float64, for robustness and what-if. It decides nothing; the official engine does."""
