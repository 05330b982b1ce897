"""Warm starts of sandboxes, between submission and trace: a fork of a process that has imported what notebooks import.

A *template* is started once for each worker, by bubblewrap, in the file system that submissions see, as a user without
privileges. It imports and then only forks (`autograder.sandbox.warm.inside`): each fork takes name spaces, limits and a
filter of its own by its own system calls. `template` starts and watches one, `pool` keeps those of this process and
replaces what is worn or gone, and `sandbox` is the one that a submission gets, with the interface of a cold one.

Why the template is inside a sandbox, and not beside it: a fork keeps all that its parent had. So there is nothing in a
template that a submission must not see: no checks, no other submission, no file of this machine, no descriptor but that
of its own socket. What a fork keeps of it, a cold start would have, too.

Why each fork makes its own name spaces instead of starting bubblewrap again: a program that is executed starts from
nothing. The calls are those that bubblewrap makes; mounts and network belong to the user name space of the template, in
which a submission has no rights at all.

Where a system does not let user name spaces make others, the cold start remains (`autograder.sandbox.process`).
"""
