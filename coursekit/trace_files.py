"""The names of a trace's files, for those who look for them without reading them, which takes torch.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* these stand in each folder of a
trace; `coursekit.trace` writes and reads them.
"""

JSON_FILE = "trace.json"
TENSOR_FILE = "tensors.safetensors"
