"""`python -m agsite`."""

from agsite.cli import main

main()
