"""What need not be imported: a parser that takes a second to build, and that nothing here asks for.

jsonschema, by which notebooks are validated, looks for a parser of internationalized addresses (rfc3987-syntax), which
builds its grammar when it is imported. No schema of a notebook or of a trace has such an address.
"""

import sys
from types import ModuleType
from typing import cast


def without_addresses() -> None:
    """From now on this process has no such parser, unless it has one already; jsonschema does without."""
    modules = cast(dict[str, ModuleType | None], sys.modules)  # None is Python's own mark of what is not to be found
    modules.setdefault("rfc3987_syntax", None)
