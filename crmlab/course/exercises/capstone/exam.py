"""Lesson 7.2: the certificate exam is its one exercise."""

from __future__ import annotations

from crmlab.course.bank import exam

EXAM = exam.register()
