"""The one connection to a submission's kernel, in a process that may be lost: between submission and trace.

Whatever arrives from a kernel is held and parsed here: by libzmq and `json`, in a sandbox of its own whose memory is
bounded, in which there is nothing to be seen and from which nothing can be reached. `serve` is the process;
`channels` speaks Jupyter's protocol; `outputs` keeps of the messages what is well formed and not too much; `reports` is
what the grader is answered (`autograder.sandbox.conversation`). The sandbox sees this folder and `wire` alone: they
import nothing of the rest of the package, and of the libraries only pyzmq.
"""
