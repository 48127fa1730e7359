"""The report of all analyses in a directory: one page without scripts, and how its tables are shown."""
