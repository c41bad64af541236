"""`python -m skyrally` is the command line."""

from .cli import main

main()
