"""Judging at arm's length: traces are judged by a process of its own, in a sandbox, with limits.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* this stands between the trace and
the verdict: `client` asks, `server` answers, `children` run `autograder.checks`, and `wire` is what they say.
"""

from autograder.judging.client import Judgement, judge, make_probes

__all__ = ["Judgement", "judge", "make_probes"]
