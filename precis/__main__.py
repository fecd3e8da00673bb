"""`python -m precis`: the shell command where it is not installed."""

from precis.command import main

raise SystemExit(main())
