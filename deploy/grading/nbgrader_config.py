"""Grading a class with nbgrader: a folder with this file, and notebooks/en (or notebooks/zh) copied into it as source/.

    nbgrader generate_assignment 2-classification     once for each unit that is handed in
    nbgrader autograde 2-classification               after the work of the class lies in submitted/NAME/2-classification/

A trainee hands in the notebook and the file of the same name ending in .json: the clicked answers are in it.
"""

c = get_config()  # noqa: F821  (nbgrader gives it)

# The trainee edition is the source: its solutions are taken out already, and taking out twice would empty the cells.
c.ClearSolutions.enabled = False
c.CourseDirectory.course_id = "crmlab"
# A lesson runs for seconds; on a busy machine it may take its time.
c.ExecutePreprocessor.timeout = 300
