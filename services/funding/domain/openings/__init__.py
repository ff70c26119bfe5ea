"""What was decided before the system, as it comes in a spreadsheet."""
