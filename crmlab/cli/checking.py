"""What the commands that check files share: every mistake with its line, and an exit code that tells."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from crmlab.course import files
from crmlab.course.yamlfile import Fault, shortened
from crmlab.language import _, tr


def check_files(paths: Iterable[Path], faults: Callable[[Path], list[Fault]], sound: Callable[[Path], str]) -> int:
    """Print the faults of each file, or ``sound(path)`` for one without; 0 if all are sound, 1 for faults, 2 if one
    cannot be read."""
    code = 0
    for path in paths:
        try:
            found = faults(path)
        except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
            text = tr(_("{file} cannot be read: {reason}"), file=shortened(path, 200), reason=files.reason(error))
            print(f"crmlab: {text}", file=sys.stderr)
            code = 2
            continue
        for fault in found:
            print(fault)
        if found:
            code = max(code, 1)
        else:
            print(sound(path))
    return code
