"""Who stands for an allocation: from a final release and its designations, or from a table."""
