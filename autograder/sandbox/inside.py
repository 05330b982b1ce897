"""Start-up file of every Python inside the sandbox, which finds it as `sitecustomize`: halves the imports.

The first optimizer that is made imports `torch._dynamo`, torch's compiler, with hundreds of modules: about
2 s of processor time, as much as torch itself, for two functions that do nothing unless something is compiled
(and in the sandbox `TORCHDYNAMO_DISABLE` is set). So a stand-in with these two functions is there from the
start; whatever else is asked of it imports the real one and takes its place.

Python is told to look for no module beside the program (`-P`), where a submission could put one in place of
the course's or of torch. A notebook may still import what it has written: its folder is looked at last.
"""

import importlib
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

NAME = "torch._dynamo"


class _Dynamo(ModuleType):
    """Stands for torch's compiler until it is really needed."""

    def graph_break(self, *_: Any, **__: Any) -> None:
        """Does nothing, as the real one does in a program that is not compiled."""

    def disable(self, fn: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Callable[..., Any]:
        """The function itself: there is nothing to disable."""
        return (lambda function: function) if fn is None else fn

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__") and attribute != "__path__":
            raise AttributeError(attribute)  # only looked at in passing, as `inspect` does with every module
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        return getattr(importlib.import_module(NAME), attribute)


sys.modules[NAME] = _Dynamo(NAME)
# nobody debugs here: the kernel finds no debugger and starts without it, 0.1 s earlier
sys.modules["debugpy"] = None  # type: ignore[assignment]
sys.path.append(os.path.expanduser("~/work"))  # noqa: PTH111 -- no further import for one call
