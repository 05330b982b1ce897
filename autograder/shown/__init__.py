"""How text, outputs and pages of strangers are made safe to show: in a terminal, a table, a remark and a browser.

Stands beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: whoever writes what a
person reads imports this, and it imports nothing that knows a course.
"""
