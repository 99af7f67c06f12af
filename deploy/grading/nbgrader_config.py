"""Grading a class with nbgrader; deploy/grading/README.md of the course says how, and what counts."""

from crmlab.course.grading import settings

c = get_config()  # noqa: F821  (nbgrader gives it)
settings.use(c)

# Your own settings stand below. Where nothing keeps the trainees' code apart it is not run, unless you allow it to run as you:
# c.RunAnswers.unprotected = True
