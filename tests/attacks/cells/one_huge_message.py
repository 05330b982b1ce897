"""Tries: send one display message that is larger than the memory meant for all output.

Must hold: the connection drops it, and the run ends.
"""

from IPython.display import HTML, display

LIMITS = {"output_size": 2**20}
ENDS = "it printed more than 16 MiB"
display(HTML("x" * 60_000_000))
