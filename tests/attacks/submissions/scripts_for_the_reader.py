"""Tries: run a script in the browser of whoever reads the feedback: HTML, SVG, JavaScript, Markdown, LaTeX, names.

Must hold: nothing of it is in the graded notebook; the browser tests show that no page runs any of it.
"""

import json
from pathlib import Path

ABSENT = "(?i)<script|onerror=|onload=|javascript:alert|<iframe|<svg|application/javascript"
CELL = """
from IPython.display import HTML, SVG, Javascript, Markdown, display
evil = "<scr" + "ipt>alert(1)</scr" + "ipt><img src=x one" + "rror=alert(1)><ifr" + "ame src=//192.0.2.1></ifr" + "ame>"
display(HTML(evil)); display(Javascript("alert(1)"))
display(SVG("<s" + "vg xmlns='http://www.w3.org/2000/s" + "vg' onl" + "oad='alert(1)'></s" + "vg>"))
display({"text/html": evil, "application/java" + "script": "alert(1)", "application/vnd.jupyter.widget-view+json": "{}"}, raw=True)
"""


def build(notebook: dict, folder: Path) -> None:
    (folder / "hw2.ipynb").write_text(json.dumps(notebook))
