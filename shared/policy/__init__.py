"""How a policy document is read: what every rule says of itself, and where in the document a problem lies."""
