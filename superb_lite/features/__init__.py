"""Features of frozen encoders: computed once, kept, pooled and read."""
