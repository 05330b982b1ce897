"""Collects what teams hand in: from repositories and uploads to a dated state of each, which grading then takes.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. `sources` and
`lms` say what there is and whose; `git` and `unpack` bring it into a mirror, in processes with limits; `ledger` and
`choose` decide which state counts, `files` and `members` what of it and for whom; `place` puts it into `submitted/`.
"""
