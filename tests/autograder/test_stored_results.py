import os
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autograder.config import load_course
from autograder.sandbox.limits import Limits
from autograder.stored_results import content_hash, load_result, make_seed, result_key, store_result

ROOT = Path(__file__).parents[2]
FILES = st.dictionaries(st.text(max_size=3), st.binary(max_size=3), max_size=3)


@given(st.binary(max_size=3), FILES, st.binary(max_size=3), FILES)
def test_two_submissions_have_one_hash_only_if_they_are_the_same(
    notebook: bytes, files: dict[str, bytes], other_notebook: bytes, other_files: dict[str, bytes]
) -> None:
    same = (notebook, files) == (other_notebook, other_files)
    assert (content_hash(notebook, files) == content_hash(other_notebook, other_files)) == same


def test_the_order_of_the_files_does_not_matter() -> None:
    assert content_hash(b"", {"a": b"1", "b": b"2"}) == content_hash(b"", {"b": b"2", "a": b"1"})


@given(st.text(), st.text())
def test_a_seed_is_fixed_by_content_and_secret_and_fits_31_bits(secret: str, content: str) -> None:
    seed = make_seed(secret, "hw2", content)
    assert seed == make_seed(secret, "hw2", content)
    assert 0 <= seed < 2**31


def test_other_content_secret_or_assignment_gives_another_seed() -> None:
    seeds = [
        make_seed("s", "hw2", "c"),
        make_seed("t", "hw2", "c"),
        make_seed("s", "hw3", "c"),
        make_seed("s", "hw2", "d"),
    ]
    assert len(set(seeds)) == 4


def test_all_that_decides_a_result_is_in_its_name() -> None:
    limits = Limits()
    hw2, other = (load_course(ROOT).assignment(name) for name in ("hw2", "hw2_conditional"))
    keys = {
        result_key(hw2, "content", b"release", 1, limits),
        result_key(other, "content", b"release", 1, limits),
        result_key(hw2, "changed", b"release", 1, limits),
        result_key(hw2, "content", b"changed", 1, limits),
        result_key(hw2, "content", b"release", 2, limits),
        result_key(hw2, "content", b"release", 1, replace(limits, cell_seconds=1)),
    }
    assert len(keys) == 6
    assert result_key(hw2, "content", b"release", 1, Limits()) in keys


def test_a_stored_result_comes_back_and_a_damaged_one_counts_as_none(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    assert load_result(folder, "key") is None
    store_result(folder, "key", {"points": 7})
    assert load_result(folder, "key") == {"points": 7}
    assert [path.name for path in folder.iterdir()] == ["key.json"]
    whole = (folder / "key.json").read_text()
    for damaged in (
        whole[:-1],
        whole.replace("7", "8"),
        whole.replace('"key"', '"kez"'),
        "[1]",
        '{"a": 1}',
        "[" * 10**5,
    ):
        (folder / "key.json").write_text(damaged)
        assert load_result(folder, "key") is None
    (folder / "key.json").write_bytes(b"\xff\xfe")
    assert load_result(folder, "key") is None
    (folder / "other.json").write_text(whole)  # a copy under another result's name
    assert load_result(folder, "other") is None
    (folder / "folder.json").mkdir()
    assert load_result(folder, "folder") is None


def test_the_draft_of_a_run_that_was_killed_goes_with_a_later_result(tmp_path: Path) -> None:
    for name in (".old", ".young"):
        (tmp_path / name).touch()
    os.utime(tmp_path / ".old", (0, 0))
    store_result(tmp_path, "key", {})
    assert sorted(path.name for path in tmp_path.iterdir()) == [".young", "key.json"]
