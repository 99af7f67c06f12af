"""Grading a class with nbgrader: a folder with this file, and notebooks/en (or notebooks/zh) copied into it as source/.

    nbgrader generate_assignment 2-classification     once for each unit that is handed in
    nbgrader autograde 2-classification               after the work of the class lies in submitted/NAME/2-classification/

A trainee hands in the notebook and the file of the same name ending in .json: the clicked answers are in it.
README.md says what counts, and as whom the trainees' code runs: read it before you grade.
"""

c = get_config()  # noqa: F821  (nbgrader gives it)

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
