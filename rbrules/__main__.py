"""`python -m rbrules`."""

from rbrules.cli.main import main

main()
