"""The trace format: what is written is read again, and what is no trace is refused in one sentence."""

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.trace import Trace, TraceError, named_tensor, read_trace

shapes = st.lists(st.integers(0, 5), max_size=3)
dtypes = st.sampled_from([torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.tuples(shapes, dtypes), max_size=5))
def test_what_is_written_is_read_again(tmp_path: Path, kinds: list[tuple[list[int], torch.dtype]]) -> None:
    random = torch.Generator().manual_seed(1)
    tensors = [torch.randint(0, 2, shape, generator=random).to(dtype) for shape, dtype in kinds]
    trace = Trace()
    trace.data["names"] = [trace.store(tensor) for tensor in tensors]
    trace.write(tmp_path)
    again = read_trace(tmp_path)
    for tensor, name in zip(tensors, again.data["names"], strict=True):
        assert torch.equal(named_tensor(again, name), tensor)
        assert named_tensor(again, name).dtype == tensor.dtype


def test_equal_tensors_are_stored_once_and_copies_stay_as_they_were() -> None:
    trace = Trace()
    tensor = torch.zeros(3)
    first = trace.store(tensor)
    assert trace.store(torch.zeros(3)) == first
    tensor += 1
    assert torch.equal(trace.tensors[first], torch.zeros(3))
    assert trace.store(torch.zeros(1, 3)) != first


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("trace.json", b""),
        ("trace.json", b"[1]"),
        ("trace.json", b'{"format": 99}'),
        ("trace.json", b"\xff\xfe\x00"),
        ("trace.json", b'{"format": 1, "half": "\\ud800"}'),
        ("tensors.safetensors", b""),
        ("tensors.safetensors", b"\x80\x04N."),
    ],
)
def test_damaged_files_are_refused_in_one_sentence(tmp_path: Path, file: str, content: bytes) -> None:
    Trace({"events": []}).write(tmp_path)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(TraceError) as refused:
        read_trace(tmp_path)
    assert "\n" not in str(refused.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"trace\.json is missing"):
        read_trace(tmp_path)


@pytest.mark.parametrize("reference", [None, 3, "t9", ["t0"]])
def test_a_tensor_that_is_not_there_is_refused(reference: object) -> None:
    with pytest.raises(TraceError):
        named_tensor(Trace(), reference)
