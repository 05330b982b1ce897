"""The documentation says what is so: its second tutorial runs, its site builds, and nothing of it needs a network."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from autograder.config.records import Assignment, Course
from autograder.sandbox.limits import Limits
from coursekit.plans.looks import LOOKS
from tests.docs.tutorial import blocks_of, carry_out, own_environment

REPOSITORY = Path(__file__).parents[2]
RELEASE = REPOSITORY / "release"
TUTORIALS = REPOSITORY / "docs" / "tutorials"
COMMAND = re.compile(r"autograder ([a-z][a-z-]+)")
OPTION = re.compile(r"autograder ([a-z][a-z-]+)[^`\n]*?(--[a-z-]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a link that leads nowhere ends the build."""
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(REPOSITORY / "mkdocs.yml"), site_dir=str(folder), strict=True)
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    return folder


class _Fetched(HTMLParser):
    """What a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video"):
            self.places += [told.get("src") or ""]
        if tag == "link" and told.get("rel") in ("stylesheet", "icon", "preload", "preconnect"):
            self.places += [told.get("href") or ""]


def fetched(page: Path) -> list[str]:
    parser = _Fetched()
    parser.feed(page.read_text(encoding="utf-8"))
    return [place for place in parser.places if place and not place.startswith("data:")]


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        for place in fetched(page):
            assert "//" not in place, f"{page.name} fetches {place}"
            if page.name != "404.html":  # its places begin at the root of a server
                assert (page.parent / place.partition("?")[0]).is_file(), f"{page.name}: {place}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


def test_formulas_are_drawn_without_a_script(site: Path) -> None:
    for name in ("grading", "notebooks/lab_gan", "notebooks/hw3"):
        page = (site / f"{name}.html").read_text(encoding="utf-8")
        assert "<math" in page and "\\(" not in page and "arithmatex" not in page, name


def test_every_released_notebook_is_a_page_without_an_answer(site: Path) -> None:
    assert {page.stem for page in (site / "notebooks").glob("*.html")} == {f.name for f in RELEASE.iterdir()}
    for page in (site / "notebooks").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text
        assert "YOUR CODE HERE" in text or "NotImplementedError" in text, page.name


def test_the_reference_has_every_command_key_and_word(site: Path) -> None:
    text = {name: (site / "reference" / f"{name}.html").read_text() for name in ("commands", "course-toml", "checks")}
    from autograder.cli import app

    commands = [(info.name or "").strip() for info in app.registered_commands]
    assert len(commands) > 10
    assert all(f'id="autograder-{name}"' in text["commands"] for name in commands)
    keys = {*Limits.__dataclass_fields__, *Assignment.__dataclass_fields__, *Course.__dataclass_fields__}
    keys -= {"root", "limits", "assignments"}
    assert all(f"<code>{key}</code>" in text["course-toml"] for key in keys)
    assert all(f"<code>expect(result).{word}</code>" in text["checks"] for word in LOOKS)
    words = ("handle.part", "handle[...]", "result[...]", "result.figures", "result.fill")
    assert all(f"<code>{word}</code>" in text["checks"] for word in words)
    plain = re.sub(r"<[^>]+>", "", text["checks"])  # as a check writes it, which is not as the look takes it
    assert all(call in plain for call in (".has_shape(*shape,", ".raises(*types,", ".reaches(*parts,"))


def test_pages_name_only_commands_and_options_that_there_are() -> None:
    import typer

    from autograder.cli import app

    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    options = {name: {text for one in command.params for text in one.opts} for name, command in known.items()}
    pages = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    for page in pages:
        code = re.findall(r"`autograder [^`]+`|^ {4}autograder .+$", page.read_text(encoding="utf-8"), re.MULTILINE)
        code += [line for block in blocks_of(page) if block.language == "bash" for line in block.text.splitlines()]
        for line in code:
            for name in COMMAND.findall(line):
                assert name in known, f"{page.name}: {line}"
            for name, option in OPTION.findall(line):
                assert option in options[name], f"{page.name}: {line}"


def test_links_and_pictures_of_the_readme_are_there() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    places = [place for place in re.findall(r"\]\(([^)]+)\)", text) if "//" not in place]
    assert len(places) > 12 and len(text.split()) < 750
    for place in places:
        assert (REPOSITORY / place).exists(), place


def test_links_and_pictures_of_the_pages_are_there_in_the_repository_too() -> None:
    for page in sorted((REPOSITORY / "docs").rglob("*.md")):
        prose = re.sub(
            r"^```.*?^```|`[^`\n]+`", "code", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        for place in re.findall(r"\]\(([^)#]+)[^)]*\)", prose):
            made = place.lstrip("./").startswith(("reference/", "notebooks/"))  # from the code, for the site alone
            assert "//" in place or made or (page.parent / place).exists(), f"{page.name}: {place}"


def test_figures_that_are_quoted_are_those_that_were_measured() -> None:
    bounds = json.loads((REPOSITORY / "checks" / "hw2" / "bounds.json").read_text())
    grading = " ".join((REPOSITORY / "docs" / "grading.md").read_text().split())
    assert f"come from {bounds['runs']:,} runs of {bounds['designs']} right designs" in grading
    assert f"at most {bounds['upper_95']:.2%}".replace("%", " %") in grading and bounds["held_out_failures"] == 0
    measured = (REPOSITORY / "benchmarks" / "reference" / "README.md").read_text().replace("**", "")
    quoted = (REPOSITORY / "docs" / "comparisons.md").read_text()
    rows = [row for row in quoted.splitlines() if re.match(r"\| (original|ours|the reference|by hand)", row)]
    numbers = [number for row in rows for number in re.findall(r"\d+\.\d+", row)]
    assert len(numbers) == 20
    assert all(number in measured for number in numbers)


def test_every_block_of_the_tutorials_is_run() -> None:
    for page in sorted(TUTORIALS.glob("*.md")):
        fences = len(re.findall(r"^```", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert fences % 2 == 0 and len(blocks_of(page)) == fences // 2, page.name


def test_the_tutorial_for_courses_with_nbgrader_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    programs = Path(sys.executable).parent
    course = carry_out(TUTORIALS / "from-nbgrader.md", tmp_path / "here", own_environment(programs))
    assert (course / "kits" / "softmax.zip").is_file()
