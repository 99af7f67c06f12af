"""A firm's own files: read what firms export, and find in it what the course teaches, each recommendation tested on the firm's own past."""

from __future__ import annotations

from crmlab.own.export import KINDS, Export, Plan, Problem, Question
from crmlab.own.reading import read
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED, Result, Test
from crmlab.own.said import Said

__all__ = [
    "FAILS",
    "HOLDS",
    "KINDS",
    "UNCLEAR",
    "UNTESTED",
    "Export",
    "Plan",
    "Problem",
    "Question",
    "Result",
    "Said",
    "Test",
    "read",
]
