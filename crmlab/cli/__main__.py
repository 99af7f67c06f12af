"""``python -m crmlab.cli`` is the command ``crmlab``."""

import sys

from crmlab.cli import main

sys.exit(main())
