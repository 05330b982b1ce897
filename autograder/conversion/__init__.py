"""From an nbgrader notebook with tests in its cells to an assignment with plans and checks.

Stands before everything in the flow *course material -> submission -> trace -> verdict -> gradebook -> report*, as the
skeletons do: `read` takes the notebook apart, `translate` turns statements of a test cell into steps of a plan,
`asserts` tells what an assert expects, and `write` makes the files. What no program can decide is left to the author,
with its cell.
"""

from autograder.conversion.convert import Converted, convert

__all__ = ["Converted", "convert"]
