"""The store: entries in a database, with their predictions beside it."""
