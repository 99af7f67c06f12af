"""How nbgrader grades this course: what ``nbgrader_config.py`` in the folder of a class calls."""

from __future__ import annotations

from typing import Any

CONFIG = '''"""Grading a class with nbgrader; deploy/grading/README.md of the course says how, and what counts."""

from crmlab.course.grading import settings

c = get_config()  # noqa: F821  (nbgrader gives it)
settings.use(c)

# Your own settings stand below. Where nothing keeps the trainees' code apart it is not run, unless you allow it to run as you:
# c.RunAnswers.unprotected = True
'''
"""The file ``nbgrader_config.py``."""


def use(c: Any) -> None:
    """Set a configuration of nbgrader."""
    # The trainee edition is the source: its solutions are taken out already, and taking out twice would empty the cells.
    c.ClearSolutions.enabled = False
    c.CourseDirectory.course_id = "crmlab"

    # Seconds for one cell, and for a whole notebook. A lesson runs for some ten.
    c.RunAnswers.timeout = 60
    c.RunAnswers.longest = 300

    # Answers are judged by the course, outside the kernel that ran the trainee's code; one submission never stops the others.
    c.Autograde.pre_convert_hook = "crmlab.course.grading.submissions.under_their_names"
    c.Autograde.exporter_class = "crmlab.course.grading.submissions.Submission"
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.ClearOutput",
        "crmlab.course.grading.cells.SetRight",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        "crmlab.course.grading.running.RunAnswers",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "crmlab.course.grading.submissions.Judged",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
