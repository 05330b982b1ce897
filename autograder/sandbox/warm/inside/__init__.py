"""What runs in the template's process and in the forks that become sandboxes: between submission and trace.

`serve` is the template: it imports, and forks when the grader asks it to. `fork` makes a sandbox out of a fork, with
the file system of `mounts`, the system calls of `system` and the new random state of `fresh`, and `kernel` becomes the
notebook's kernel in it; `worn` says whether a template is still as it was. All of it is bound into the sandbox of the
template, and imports nothing of the rest of the package.
"""
