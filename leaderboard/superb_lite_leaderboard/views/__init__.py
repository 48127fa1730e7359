"""What a reader sees, as values: terminal, pages, CSV and JSON render these and nothing else."""
