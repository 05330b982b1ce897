"""What is handed in, verified: `netid`, the notebook and its PDF.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report.
Students run these functions through `python -m coursekit.submit`, and the collector runs the same ones.
"""

from coursekit.handin.files import FilesCheck, check_files, mentions
from coursekit.handin.netid import NetidFile, parse_netid
from coursekit.handin.pdf import PdfCheck, check_pdf

__all__ = ["FilesCheck", "NetidFile", "PdfCheck", "check_files", "check_pdf", "mentions", "parse_netid"]
