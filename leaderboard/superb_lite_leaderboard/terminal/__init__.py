"""The views of a board for a terminal of 80 columns or more."""
