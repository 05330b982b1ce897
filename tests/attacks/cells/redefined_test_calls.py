"""Tries: have IPython rewrite the calls of the test cells: input transformers, magics, start-up files, hooks.

Must hold: a call that does not record gives no point.
"""

import os

ALONE = True
SAYS = "^redefined$"
shell = get_ipython()
shell.input_transformers_post.append(lambda lines: ["print('7 of 7')\n" if "check." in line else line for line in lines])
shell.ast_transformers.append(type("T", (), {"visit": lambda self, node: node})())
shell.events.register("pre_run_cell", lambda info: shell.user_ns.update(check=print))
shell.run_cell_magic("bash", "", "mkdir -p ~/.ipython/profile_default/startup")
os.makedirs("/tmp/.ipython/profile_default/startup", exist_ok=True)
with open("/tmp/.ipython/profile_default/startup/00-first.py", "w") as file:
    file.write("check = print")
print("redefined")
