"""The student's last step, `python -m coursekit.submit`: run from scratch, make the PDF, verify the files.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
"""

from coursekit.quick_imports import without_addresses

without_addresses()  # before anything imports nbformat
