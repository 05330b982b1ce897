"""Finds people of the roster by what is written for them: an id, an e-mail address, a user name, or a name.

Used at submission, where `netid` and the folders of a learning management system say who hands in, in the flow
course material -> submission -> trace -> verdict -> gradebook -> report. It never guesses: where two people fit
equally well, both are returned, and a person decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_AROUND = " \t\"'“”‘’`<>()[]{},.;:"
_ALIASES = ("id", "login", "user", "number", "sid", "mail")  # in the name of a column whose value names a person
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "net", "org"}  # as in ox.ac.uk: three parts name the university


@dataclass(frozen=True)
class Person:
    """One student of the course.

    Attributes:
        id: the id that stands in the file `netid`, in small letters.
        name: as it is written on the roster.
        email: in small letters; may be empty.
        lms: the other columns of the roster, such as the ids of a learning management system.
    """

    id: str
    name: str
    email: str
    lms: Mapping[str, str]


class Lookup:
    """The people of a roster, to be found by what is written for them."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(people)

    def find(self, written: str) -> tuple[Person, ...]:
        """Who is meant: nobody, one person, or several among whom only a person can decide.

        The first of these that fits anybody counts: the whole text as an id; as an e-mail address; the part before
        the @, as an id or in an address of the same university; a user name or another number of the roster; the
        part before the @ in an address of elsewhere; a name.
        """
        text = clean_address(written)
        if not text:
            return ()
        local, _, domain = text.partition("@")
        if domain and re.search(r"[\s,;/&|@+]", domain):
            return ()  # more than one address
        if domain:
            local = local.partition("+")[0]  # ada1+homework@... reaches ada1
        tiers = (
            [one for one in self.people if one.id == text],
            [one for one in self.people if one.email == text],
            [one for one in self.people if one.id == local or _same_mail(one, local, domain)],
            [one for one in self.people if {text, local} & _aliases(one)],
            [one for one in self.people if local in _locals(one)],
            [one for one in self.people if _same_name(local, one)],
        )
        return tuple(next((tier for tier in tiers if tier), ()))


def clean_address(written: str) -> str:
    """An id or an address in small letters, without `mailto:`, quotes, brackets, and marks and spaces at its ends.

    Of "Ada Lovelace <ada@uni.edu>" the address is left.
    """
    inner = re.search(r"<([^<>\s]+@[^<>\s]+)>", written)
    text = (inner[1] if inner else written).strip(_AROUND)
    return re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).strip(_AROUND).casefold()


def name_words(name: str) -> list[str]:
    """The words of a name, without accents, in small letters."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.findall(r"[^\W\d_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def _addresses(person: Person) -> list[tuple[str, str]]:
    """The part before the @ and the domain of each address."""
    return [(a, b) for a, mark, b in (text.partition("@") for text in {person.id, person.email}) if mark]


def _locals(person: Person) -> set[str]:
    return {local for local, _ in _addresses(person)}


def _same_mail(person: Person, local: str, domain: str) -> bool:
    """Whether it is the person's address, perhaps at another domain of the same university, or without any."""
    addresses = _addresses(person)
    return any(local == mine and (not domain or _university(domain) == _university(at)) for mine, at in addresses)


def _university(domain: str) -> tuple[str, ...]:
    """The last two parts of a domain, or three where the last but one is as common as in ox.ac.uk."""
    parts = domain.split(".")
    return tuple(parts[-3 if len(parts) > 2 and parts[-2] in _SECOND_LEVEL else -2 :])


def _aliases(person: Person) -> set[str]:
    named = (value for column, value in person.lms.items() if any(alias in column for alias in _ALIASES))
    return {value.casefold() for value in named if value}


def _same_name(text: str, person: Person) -> bool:
    """Whether `text` is the person's whole name, in either order: "Jane Roe", "roe, jane", "jane.roe", "roejane"."""
    given = name_words(text)
    for name in (person.name, person.id):
        words = name_words(name)
        if len(words) > 1 and given:
            orders = {"".join(words[n:] + words[:n]) for n in range(len(words))}  # "van der berg, jan"
            if sorted(given) == sorted(words) or "".join(given) in orders:
                return True
    return False
