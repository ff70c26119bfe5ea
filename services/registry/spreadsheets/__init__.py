"""Excel and CSV at the edge: reading what people upload, writing what they download."""
