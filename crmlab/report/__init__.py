"""What was found in a firm's files, to be taken along: a workbook with a sheet a result, and two printable pages."""

from __future__ import annotations
