"""A message for each person, as a file that a mail program opens as a draft. Nothing is sent."""

from collections.abc import Iterable
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from autograder.errors import UsageError
from autograder.handback.choose import Feedback, Held
from autograder.handback.files import file_names
from autograder.people import Status
from coursekit.whole_file import write_whole


def write_messages(given: Iterable[Feedback], folder: Path, sender: str) -> tuple[list[Path], list[Held]]:
    """Write `PERSON.eml` for each person with an e-mail address; and who has none.

    Raises:
        UsageError: the address of the sender is none.
    """
    try:
        origin = Address(addr_spec=sender)
    except (ValueError, HeaderParseError, IndexError):
        raise UsageError(f"{sender!r} is no e-mail address to send from.") from None
    folder.mkdir(parents=True, exist_ok=True)
    written, held = [], []
    for feedback in given:
        for person, name in zip(feedback.people, file_names(feedback), strict=False):
            address = _address(person.name, person.email)
            if address is None:
                held.append(Held(feedback.team, f"{person.id} has no e-mail address in the roster"))
                continue
            path = folder / f"{name}.eml"
            write_whole(path, _message(feedback, origin, address).as_bytes())
            written.append(path)
        if not feedback.people:
            held.append(Held(feedback.team, Status.UNKNOWN))
    return written, held


def _message(feedback: Feedback, sender: Address, recipient: Address) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, recipient
    message["Subject"] = f"{' '.join(feedback.title.split())}: your feedback"
    message["X-Unsent"] = "1"  # mail programs open it as a draft
    message.set_content(f"{feedback.summary}\nThe attached page says why; it opens in any browser.\n")
    for name, content in feedback.files.items():
        if name.endswith(".html"):
            message.add_attachment(content, maintype="text", subtype="html", filename=name)
    return message


def _address(name: str, email: str) -> Address | None:
    try:
        return Address(display_name=" ".join(name.split()), addr_spec=email) if email else None
    except (ValueError, HeaderParseError, IndexError):
        return None
