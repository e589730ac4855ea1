"""`python -m app` is the same as `minga`."""

import sys

from app.cli import main

sys.exit(main())
