"""Fund orders: what they move, and every reason against them."""
