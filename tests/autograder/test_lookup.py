"""Who is meant by an address, a user name or a name, and what is told where that is not clear."""

import pytest

from autograder.collect.members import Sender, read_members
from autograder.lookup import Lookup, Person

PEOPLE = [
    Person("jr4512", "Jane Roe", "jane.roe@uni.example", {"sis user id": "900123", "section": "2"}),
    Person("js1", "John Stiles", "john@uni.example", {"github_username": "StilesJ"}),
    Person("wei1", "Wei Chen", "wei@cs.uni.example", {}),
    Person("wei2", "Wei Chen", "wei@art.uni.example", {}),
    Person("poe@uni.example", "Poe, Edgar", "poe@uni.example", {}),
    Person("jb7", "Jan van der Berg", "", {}),
    Person("josé núñez", "", "", {"github_username": "jn"}),
]
LOOKUP = Lookup(PEOPLE)


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("jr4512", "jr4512"),
        (" JR4512. ", "jr4512"),
        ("jane.roe@uni.example", "jr4512"),
        ("Jane.Roe@UNI.example", "jr4512"),
        ("'mailto:jane.roe@uni.example'.", "jr4512"),
        ("Jane Roe <jane.roe@uni.example>", "jr4512"),
        ("jane.roe+hw2@uni.example", "jr4512"),
        ("jane.roe@students.uni.example", "jr4512"),
        ("jr4512@mail.uni.example", "jr4512"),
        ("jane.roe", "jr4512"),
        ("Roe, Jane", "jr4512"),
        ("roejane", "jr4512"),
        ("900123", "jr4512"),
        ("stilesj", "js1"),
        ("poe@uni.example", "poe@uni.example"),
        ("poe", "poe@uni.example"),
        ("Edgar Poe", "poe@uni.example"),
        ("José Núñez", "josé núñez"),
        ("jose.nunez@elsewhere.example", "josé núñez"),
        ("jn", "josé núñez"),
        ("vanderbergjan", "jb7"),
        ("van der Berg, Jan", "jb7"),
    ],
)
def test_each_way_to_write_a_person_finds_that_person(written: str, id: str) -> None:
    assert [person.id for person in LOOKUP.find(written)] == [id]
    found = read_members(f"{written}\n".encode(), 2, LOOKUP)
    assert found.ids == (id,)
    assert not any("not on the roster" in remark for remark in found.remarks)


@pytest.mark.parametrize("written", ["eve5", "eve@uni.example", "", "@", "roe", "2", "wei.roe"])
def test_what_is_nobodys_finds_nobody(written: str) -> None:
    assert LOOKUP.find(written) == ()


@pytest.mark.parametrize("written", ["Wei Chen", "wei", "wei@uni.example"])
def test_where_two_people_fit_nobody_is_chosen_and_both_are_told(written: str) -> None:
    found = read_members(written.encode(), 2, LOOKUP)
    assert found.ids == ()
    assert any("may be Wei Chen (wei1) or Wei Chen (wei2): decide" in remark for remark in found.remarks)


def test_the_whole_address_comes_before_the_part_before_the_at() -> None:
    lookup = Lookup([Person("jane", "A", "a@x.edu", {}), Person("b2", "B", "jane@x.edu", {})])
    assert [person.id for person in lookup.find("jane@x.edu")] == ["b2"]
    assert [person.id for person in lookup.find("jane")] == ["jane"]
    assert [person.id for person in lookup.find("jane@mail.x.edu")] == ["jane", "b2"]


def test_an_address_that_is_the_id_is_no_repair() -> None:
    assert read_members(b"poe@uni.example\n", 2, LOOKUP).remarks == ()
    assert "was taken for Jane Roe (jr4512)" in " ".join(read_members(b"jane.roe@gmail.example", 2, LOOKUP).remarks)


def test_several_people_are_read_from_one_line_or_more() -> None:
    for text in (
        "jane.roe@uni.example, john@uni.example",
        "jane.roe@uni.example;john@uni.example",
        "jane.roe@uni.example john@uni.example",
        "jane.roe@uni.example and js1",
        "jr4512 with john@uni.example",
        "jr4512+js1",
        "mailto:jr4512@uni.example js1",
        "Jane Roe <jane.roe@uni.example>, John Stiles",
        "jr4512 js1",
        "Jane Roe, John Stiles",
        "Jane Roe and John Stiles",
        "Jane Roe jr4512\njohn@uni.example",
    ):
        assert read_members(text.encode(), 2, LOOKUP).ids == ("jr4512", "js1"), text
    assert "3 people" in " ".join(read_members(b"jr4512\njs1\nwei1", 2, LOOKUP).remarks)


def test_who_handed_in_counts_where_netid_names_nobody_and_is_told_where_it_names_others() -> None:
    jane = Sender(("12345", "roejane"), True, "roejane")
    assert read_members(None, 2, LOOKUP, jane).ids == ("jr4512",)
    assert read_members(b"eve5", 2, LOOKUP, jane).ids == ("jr4512",)
    others = read_members(b"js1", 2, LOOKUP, jane)
    assert others.ids == ("js1",)
    assert "It was handed in by Jane Roe (jr4512), whom netid does not name." in others.remarks
    assert read_members(b"js1\njr4512", 2, LOOKUP, jane).remarks == ()
    assert read_members(None, 2, LOOKUP, Sender(("Wei Chen",), True)).ids == ()


def test_each_person_counts_once_however_often_and_in_however_many_ways_a_line_names_them() -> None:
    for text in (
        "jr4512 jr4512",
        "Jane Roe, jr4512, jr4512@uni.example",
        "Jane Roe <jr4512@uni.example>, JR4512",
        "jr4512 " * 500,
    ):
        found = read_members(text.encode(), 1, LOOKUP)
        assert found.ids == ("jr4512",), text
        assert len(found.remarks) < 4, found.remarks


def test_a_file_full_of_strangers_is_told_in_a_few_remarks() -> None:
    remarks = read_members(" ".join(f"x{n}" for n in range(800)).encode(), 2, LOOKUP).remarks
    assert len(remarks) < 10
    assert "netid names 795 more who are not on the roster." in remarks
