"""Works out who hands in: from `netid`, the roster, and what a learning management system says about the sender.

Stands at submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. Nobody is
guessed at: what fits nobody, or two people, is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.lookup import Lookup, Person, clean_address, name_words
from autograder.shown.printable import printable
from coursekit.handin import parse_netid
from coursekit.handin.netid import ADDRESS_REPAIR, BETWEEN, NetidFile, split_words

MAX_NAMED = 5  # who fit nobody, each in a remark of its own
_BETWEEN_PEOPLE = re.compile(rf"{BETWEEN.pattern}| and ", re.IGNORECASE)


@dataclass(frozen=True)
class Sender:
    """Who handed in, as far as anything but `netid` says so.

    Attributes:
        names: ids, addresses or names, the most reliable first.
        certain: whether a learning management system says it, and not just the name of a file.
        shown: what a person knows them by; "" for the first of the names.
    """

    names: tuple[str, ...] = ()
    certain: bool = False
    shown: str = ""


NOBODY = Sender()


@dataclass(frozen=True)
class Members:
    """The members of a team.

    Attributes:
        ids: of the roster where there is one, each once.
        remarks: what a person should look at.
        filled: whether `netid` says anything.
        sent_by_one: whether one of them handed in; None where nothing certain is known of who did.
    """

    ids: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    filled: bool = False
    sent_by_one: bool | None = None


def read_members(content: bytes | None, group_size: int, lookup: Lookup | None, sender: Sender = NOBODY) -> Members:
    """The members of a team.

    Args:
        content: the file `netid`, or None where there is none.
        group_size: how many people a group may have.
        lookup: the roster, or None where the course has none.
        sender: who handed in.
    """
    file = parse_netid(content, group_size) if content is not None else NetidFile((), ())
    if lookup is None:
        return Members(file.ids, file.remarks, bool(file.ids))
    people: list[Person] = []
    unknown: list[str] = []
    remarks: list[str] = []
    for line in file.lines:
        found, strange, doubts = _in_line(line, lookup)
        people += [person for person in found if person not in people]
        unknown += strange
        remarks += doubts
    strangers = [printable(word) for word in dict.fromkeys(unknown)]
    remarks += [f"{word} is not on the roster." for word in strangers[:MAX_NAMED]]
    if len(strangers) > MAX_NAMED:
        remarks.append(f"netid names {len(strangers) - MAX_NAMED} more who are not on the roster.")
    ids = tuple(person.id for person in people)
    repairs = [what for what in file.repairs if what != ADDRESS_REPAIR or not any("@" in id for id in ids)]
    repairs = [what for what in repairs if what != "several ids on one line" or len(ids) > 1]
    if any(" was taken for " in remark for remark in remarks):
        repairs = [what for what in repairs if what not in ("capital letters", ADDRESS_REPAIR)]
    remarks = list(dict.fromkeys(remarks))
    told = [f"netid was repaired: {', '.join(repairs)}."] if repairs else []
    if not file.lines:
        told += [remark for remark in file.remarks if not remark.startswith("netid was repaired")]
    if len(ids) > group_size:
        most = "only one is allowed" if group_size == 1 else f"a group has at most {group_size}"
        told.append(f"netid names {len(ids)} people, and {most}.")
    return _with_sender(Members(ids, (*told, *remarks), bool(file.lines)), lookup, sender)


def _in_line(line: str, lookup: Lookup) -> tuple[list[Person], list[str], list[str]]:
    """The people in one line of `netid`, the words that fit nobody, and remarks on what fits several."""
    people: list[Person] = []
    unknown: list[str] = []
    doubts: list[str] = []
    pieces = [line]
    if "@" in line or not lookup.find(line):  # "Roe, Jane" is one person, "jane@uni.edu, Jo Doe" are two
        pieces = [piece.strip() for piece in _BETWEEN_PEOPLE.split(line) if piece.strip()]
    for piece in pieces:
        for word in [piece] if lookup.find(piece) else _words_of(piece, lookup):
            found = lookup.find(word)
            if len(found) == 1 and found[0] in people:
                continue
            if len(found) == 1:
                people.append(found[0])
                if not _plainly(word, found[0]):
                    doubts.append(f"{printable(word)} was taken for {_show(found[0])}.")
            elif found:
                doubts.append(f"{printable(word)} may be {_any_of(found)}: decide.")
            else:
                unknown.append(word.casefold())
    named = {word for person in people for word in name_words(person.name)}
    return people, [word for word in unknown if not set(name_words(word)) <= named or not name_words(word)], doubts


def _words_of(piece: str, lookup: Lookup) -> list[str]:
    """What may name somebody: also an id of letters alone, which beside an address looks like a name."""
    words, ids = split_words(piece), {person.id for person in lookup.people}
    words += [word for word in piece.split() if word not in words and word.casefold() in ids]
    return sorted(words, key=piece.find)


def _plainly(word: str, person: Person) -> bool:
    """Whether a word is the person's id or address, and not just near to it."""
    text = clean_address(word)
    return text in (person.id, person.email) or text.partition("@")[0] == person.id


def _with_sender(members: Members, lookup: Lookup, sender: Sender) -> Members:
    found: Sequence[Person] = next((people for name in sender.names if (people := lookup.find(name))), ())
    who = printable(sender.shown or next(iter(sender.names), ""))
    if members.ids:
        if not sender.certain or len(found) != 1:
            return members
        if found[0].id not in members.ids:
            stranger = f"It was handed in by {_show(found[0])}, whom netid does not name."
            return replace(_with(members, stranger), sent_by_one=False)
        return replace(members, sent_by_one=True)
    if len(found) == 1:
        what = "names nobody of the roster" if members.filled else "says nobody"
        remark = f"netid {what}, and it was handed in by {_show(found[0])}, who counts."
        return replace(_with(members, remark), ids=(found[0].id,), sent_by_one=True if sender.certain else None)
    if found:
        return _with(members, f"It was handed in by “{who}”, who may be {_any_of(found)}: decide.")
    if sender.certain:
        return _with(members, f"It was handed in by “{who}”, who is not on the roster.")
    return members


def _with(members: Members, remark: str) -> Members:
    return replace(members, remarks=(*members.remarks, remark))


def _any_of(people: Sequence[Person]) -> str:
    return " or ".join(_show(person) for person in people[:5])


def _show(person: Person) -> str:
    name = printable(person.name)
    return f"{name} ({printable(person.id)})" if name and name.casefold() != person.id else printable(person.id)
