"""`python -m superb_lite` is the command line."""

from superb_lite.cli import main

main()
