"""nbgrader's exchange on a hub with one file system (one machine, TLJH): copy this to /etc/jupyter/nbgrader_config.py (TLJH: /opt/tljh/user/etc/jupyter).

nbgrader comes with `pip install "crmlab[class]"`. Once, as root: all must be able to write at the top, so the courses in it are made at once and belong to
the instructor; else a trainee could be first to release an assignment under their name. (nbgrader makes what lies in them so that trainees can put work
there and not list it.)

    install -d -m 1777 /srv/nbgrader/exchange
    install -d -m 755 -o INSTRUCTOR /srv/nbgrader/exchange/crmlab-en /srv/nbgrader/exchange/crmlab-zh

The instructor, in a folder for each language that is set up as deploy/grading/README.md says (its nbgrader_config.py grades; this one only says where the
exchange is). A language is a course of its own, crmlab-en or crmlab-zh, and each command names it:

    nbgrader generate_assignment --course crmlab-en 2-classification
    nbgrader release_assignment --course crmlab-en 2-classification
    nbgrader collect --course crmlab-en 2-classification                  after trainees have submitted

Trainees, in a folder of their own:

    nbgrader fetch_assignment --course crmlab-en 2-classification
    nbgrader submit --course crmlab-en 2-classification
"""

c = get_config()  # noqa: F821  (nbgrader gives it)

c.Exchange.root = "/srv/nbgrader/exchange"
