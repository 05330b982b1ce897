"""The one connection to a submission's kernel, in a process that may be lost: between submission and trace.

Whatever arrives from a kernel is held and parsed here: by libzmq and `json`, in a sandbox of its own whose memory is
bounded, in which there is nothing to be seen and from which nothing can be reached. `serve` is the process;
`channels` speaks Jupyter's protocol; `outputs` keeps of the messages what is well formed and not too much; `wire` is
how the grader asks (`autograder.sandbox.conversation`) and is answered. The sandbox sees this folder alone: it imports
nothing of the rest of the package, and of the libraries only pyzmq.
"""
