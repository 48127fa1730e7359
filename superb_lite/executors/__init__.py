"""Where units of work run: in this process, on a Ray cluster, or as jobs of Slurm (`--executor`)."""
