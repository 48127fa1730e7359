"""Results: one encoder x task x protocol, kept, tabulated and compared."""
