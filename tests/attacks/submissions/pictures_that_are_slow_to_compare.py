"""Tries: keep the worker busy with outputs: pictures of a few KB and eight million pixels, and others in their place.

Must hold: they are compared in a process of its own with bounded memory and time, and cost no points.
"""

import base64
import io

from PIL import Image

SAYS = "Figure"
CELL = """
import base64, io
from IPython.display import Image as Shown, display
from PIL import Image
for gray in range(2):
    file = io.BytesIO()
    Image.new("L", (2896, 2896), 200 + gray).save(file, "PNG")
    display({"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "Figure"}, raw=True)
"""


def build(notebook: dict, folder) -> None:
    outputs = []
    for gray in range(20):
        file = io.BytesIO()
        Image.new("L", (2896, 2896), gray).save(file, "PNG")
        data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "Figure"}
        outputs.append({"output_type": "display_data", "metadata": {}, "data": data})
    next(cell for cell in notebook["cells"] if "2896" in "".join(cell["source"]))["outputs"] = outputs
