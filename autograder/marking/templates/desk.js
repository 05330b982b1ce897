// Keys, the sum of what is clicked, drafts, and news of other markers. The page marks without it, too.
"use strict";
const form = document.getElementById("mark");
if (form) desk();

function desk() {
  const $ = (id) => document.getElementById(id);
  const criteria = [...form.querySelectorAll(".criterion")];
  const points = $("points"), comment = $("comment"), news = $("news"), large = $("large");
  const name = `draft ${form.dataset.cell}`;
  let current = 0, changed = false, sent = false;

  const chosen = (criterion) => criterion.querySelector("input:checked");
  function select(number, focus = true) {
    current = Math.max(0, Math.min(criteria.length - 1, number));
    criteria.forEach((one, at) => one.classList.toggle("current", at === current));
    if (!focus) return;
    (chosen(criteria[current]) || criteria[current].querySelector("input")).focus({ preventScroll: true });
    if (focus !== "still") criteria[current].scrollIntoView({ block: "nearest" });
  }
  function add() {
    const values = criteria.map(chosen);
    if (values.every(Boolean)) points.value = values.reduce((sum, one) => sum + Number(one.value), 0);
    else points.value = "";
  }
  function choose(criterion, value) {
    const radio = [...criterion.querySelectorAll("input")].find((one) => Number(one.value) === value);
    if (!radio) return false;
    radio.checked = true;
    add();
    keep();
    return true;
  }
  function keep() {
    changed = true;
    try { localStorage.setItem(name, JSON.stringify(draft())); } catch { return; }
    $("draft").textContent = "Not saved yet; kept in this browser.";
  }
  function draft() {
    return { seen: form.elements.seen.value, points: points.value, comment: comment ? comment.value : "",
             clicked: criteria.map((one) => (chosen(one) ? chosen(one).value : "")) };
  }
  function restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(name)); } catch { return; }
    if (!kept || document.querySelector(".warn[role=alert]")) return;
    if (kept.seen !== form.elements.seen.value || JSON.stringify(kept) === JSON.stringify(draft())) {
      localStorage.removeItem(name);
      return;
    }
    criteria.forEach((one, at) => { if (kept.clicked[at]) choose(one, Number(kept.clicked[at])); });
    points.value = kept.points;
    if (comment) comment.value = kept.comment;
    keep();
  }

  criteria.forEach((criterion, at) => criterion.addEventListener("change", () => { select(at, false); add(); keep(); }));
  points.addEventListener("input", keep);
  if (comment) comment.addEventListener("input", keep);
  form.addEventListener("focusin", (event) => {
    const at = criteria.indexOf(event.target.closest(".criterion"));
    if (at >= 0) select(at, false);
  });
  form.addEventListener("submit", (event) => {
    const open = criteria.findIndex((one) => !chosen(one));
    const begun = open >= 0 && criteria.some(chosen);
    if (!points.value && (begun || !(comment && comment.value))) {
      event.preventDefault();
      $("draft").textContent = "Give points for each criterion, or write them into the field.";
      select(Math.max(0, open));
      return;
    }
    sent = true;  // the draft stays until its mark is seen to be another one: the desk may be gone
  });
  addEventListener("beforeunload", (event) => { if (changed && !sent && !stored()) event.preventDefault(); });
  function stored() { try { return localStorage.getItem(name) !== null; } catch { return false; } }

  function enlarge(button) {
    const picture = button.querySelector("img");
    large.querySelector("img").src = picture.src;
    large.querySelector("img").alt = picture.alt;
    large.querySelector("p").textContent = picture.alt;
    large.showModal();
  }
  const figures = [...document.querySelectorAll("button.figure")];
  figures.forEach((button) => button.addEventListener("click", () => enlarge(button)));
  large.querySelector(".close").addEventListener("click", () => large.close());

  const toggle = (id) => { const one = $(id); if (one) { one.open = !one.open; if (one.open) one.scrollIntoView({ block: "nearest" }); } };
  const follow = (key) => { const link = document.querySelector(`a[data-key=${key}]`); if (link) link.click(); };
  const all = (which) => { criteria.forEach((one) => { const steps = [...one.querySelectorAll("input")]; choose(one, Number(steps.at(which).value)); }); };
  addEventListener("keydown", (event) => {
    const writing = event.target.matches("textarea, input[type=number]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); return; }
    if (event.key === "Escape" && writing) { event.target.blur(); select(current); return; }
    if (writing || large.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      if (event.target.matches("a, button, summary")) return;
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const give = (value) => {
      const given = choose(criteria[current], value);
      if (given && current + 1 < criteria.length) select(current + 1);
      return given;
    };
    const done = {
      ArrowDown: () => select(current + 1), ArrowUp: () => select(current - 1),
      h: () => give(0.5),
      a: () => all(-1), z: () => all(0),
      c: () => comment && comment.focus(), n: () => follow("n"), p: () => follow("p"),
      m: () => toggle("model"), "?": () => toggle("keys"),
      f: () => { if (figures.length) { figures[0].focus(); figures[0].scrollIntoView({ block: "center" }); } },
    }[event.key];
    if (done) { event.preventDefault(); done(); return; }
    if (/^[0-9]$/.test(event.key) && give(Number(event.key))) event.preventDefault();
  });

  async function ask() {
    try {
      const answer = await fetch(form.dataset.state);
      if (!answer.ok) return;
      const state = await answer.json();
      const other = state.version !== form.elements.seen.value;
      news.hidden = !other && !state.others;
      news.textContent = other ? "This answer was marked meanwhile, by somebody else." : state.others ? "Another marker has this answer open." : "";
      if (other && !changed) { sent = true; location.reload(); }
    } catch { news.hidden = false; news.textContent = "The desk does not answer: is the command still running? What you write is kept in this browser."; }
  }
  setInterval(ask, 5000);

  restore();
  select(Math.max(0, criteria.findIndex((one) => !chosen(one))), "still");
}
