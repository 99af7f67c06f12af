"""nbgrader's exchange on a hub with one file system (one machine, TLJH): copy this to /etc/jupyter/nbgrader_config.py (TLJH: /opt/tljh/user/etc/jupyter).

    install -d -m 0777 /srv/nbgrader/exchange            once, as root; nbgrader itself makes what lies in it, writable for trainees and not to be listed
    export CRMLAB_COURSE=crmlab-en                       or crmlab-zh: each language is a course of its own, so a unit is handed out once in each
    cd ~/grading-en && nbgrader generate_assignment 2-classification && nbgrader release_assignment 2-classification

Trainees: nbgrader fetch_assignment --course crmlab-en 2-classification; later nbgrader submit. Instructor: nbgrader collect. The folder
grading-en is set up as deploy/grading/README.md says, with its nbgrader_config.py, which grades; this file only says where the exchange is.
"""

import os

c = get_config()  # noqa: F821  (nbgrader gives it)

c.Exchange.root = "/srv/nbgrader/exchange"
c.Exchange.path_includes_course = True
# For everybody: who sets nothing works in the English one.
c.CourseDirectory.course_id = os.environ.get("CRMLAB_COURSE", "crmlab-en")
