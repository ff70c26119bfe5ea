"""Rules tried out: worked examples, variants side by side, the money at stake at each cut."""
