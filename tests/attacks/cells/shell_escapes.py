"""Tries: everything that IPython's magics offer: shells, scripts, installing packages, debuggers, other kernels.

Must hold: they are ordinary code of the sandbox, and can do no more.
"""

SAYS = "uid=1000"
shell = get_ipython()
shell.system("id; cat COURSE_ROOT/gradebook.db; ls /home /root 2>&1 | head -3")
shell.run_line_magic("env", "COURSE_INBOX=/tmp")
for magic, line in (("run", "/student/work/solution.py"), ("load", "COURSE_ROOT/source/hw2/hw2.ipynb"), ("pip", "--version")):
    try:
        shell.run_line_magic(magic, line)
    except (Exception, SystemExit) as error:
        print(type(error).__name__)
