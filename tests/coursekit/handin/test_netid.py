"""The reader of `netid`: what people really write is read, and what was repaired is told."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.handin import parse_netid
from coursekit.handin.netid import MAX_BYTES, PLACEHOLDER

IDS = st.from_regex(r"[a-z][a-z0-9]{1,9}", fullmatch=True)


@pytest.mark.parametrize(
    ("content", "ids", "told"),
    [
        pytest.param(b"ada1\n", ("ada1",), None, id="one"),
        pytest.param(b"ada1\nbo22\n", ("ada1", "bo22"), None, id="two"),
        pytest.param(b"ada1\r\nbo22", ("ada1", "bo22"), None, id="windows line ends"),
        pytest.param(b"\n  ada1\t \n\n", ("ada1",), None, id="spaces and empty lines"),
        pytest.param(codecs.BOM_UTF8 + b"ada1", ("ada1",), "byte-order mark", id="byte-order mark"),
        pytest.param("ada1\nbo22".encode("utf-16"), ("ada1", "bo22"), "UTF-16", id="UTF-16"),
        pytest.param(b"Ada1", ("ada1",), "capital letters", id="capitals"),
        pytest.param(b"ada1@uni.example.edu", ("ada1",), "e-mail address", id="e-mail"),
        pytest.param(b"Ada L. <ada1@uni.edu>\n", ("ada1",), "e-mail address", id="name and e-mail"),
        pytest.param(b"'mailto:Ada1+hw@uni.edu'. \n", ("ada1",), "e-mail address", id="mailto, quotes and a tag"),
        pytest.param(b"<ada1@uni.edu>, BO22", ("ada1", "bo22"), "several ids on one line", id="comma"),
        pytest.param(b"a1@u.edu and b2@u.edu", ("a1", "b2"), "several ids on one line", id="two addresses"),
        pytest.param(b"a1@u.edu\tb2", ("a1", "b2"), "several ids on one line", id="address and id"),
        pytest.param(b"a1+b2", ("a1", "b2"), "several ids on one line", id="plus"),
        pytest.param(b"a1 | b2", ("a1", "b2"), "several ids on one line", id="bar"),
        pytest.param("ada1\u200b\u202c".encode(), ("ada1",), "invisible characters", id="invisible"),
        pytest.param(b"{\\rtf1\\ansi ada1}", (), "save it as plain text", id="rich text"),
        pytest.param(b"NetID: ada1\nNetID 2: bo22", ("ada1", "bo22"), "label", id="labels"),
        pytest.param(b"# team\n- ada1\n2. bo22", ("ada1", "bo22"), "list mark", id="list"),
        pytest.param(b"ada1\nADA1", ("ada1",), "names ada1 twice", id="twice"),
        pytest.param(b"a1\nb2\nc3", ("a1", "b2", "c3"), "3 people, and a group has at most 2", id="three people"),
        pytest.param(b"", (), "holds no id", id="empty"),
        pytest.param(PLACEHOLDER.encode(), (), "still holds", id="placeholder"),
        pytest.param(b"%\xff?\n", (), "is not an id", id="no id"),
        pytest.param(b"\x00\x01\x02", (), "not a text file", id="binary"),
        pytest.param(b"\xff\xfea", (), "not a text file", id="half a letter"),
        pytest.param(b"x" * (MAX_BYTES + 1), (), "bytes", id="too long"),
    ],
)
def test_ids_are_read_and_repairs_are_told(content: bytes, ids: tuple[str, ...], told: str | None) -> None:
    found = parse_netid(content)
    assert found.ids == ids
    if told is None:
        assert found.remarks == ()
    else:
        assert told in " ".join(found.remarks)


@given(
    ids=st.lists(IDS.filter(lambda name: not name.startswith("id")), min_size=1, max_size=2, unique=True),
    capitals=st.booleans(),
    mail=st.booleans(),
    mark=st.booleans(),
    separator=st.sampled_from(["\n", "\r\n", ", ", " ", ";", "\n\n"]),
)
def test_no_way_of_writing_changes_the_ids(
    ids: list[str], capitals: bool, mail: bool, mark: bool, separator: str
) -> None:
    written = separator.join((name.upper() if capitals else name) + ("@uni.edu" if mail else "") for name in ids)
    content = (codecs.BOM_UTF8 if mark else b"") + written.encode()
    assert parse_netid(content).ids == tuple(ids)


@given(st.binary(max_size=200))
def test_any_bytes_give_ids_or_a_remark(content: bytes) -> None:
    found = parse_netid(content)
    assert found.ids or found.remarks
    assert all(remark.isprintable() and "\n" not in remark for remark in found.remarks)
