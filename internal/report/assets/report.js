
// A row of the table of candidates has bars for its two probabilities.
function candidateRow(c, brief, note) {
  const bars = make("td", { class: "bars" }, make("span", { class: "bar" }), make("span", { class: "bar after" }));
  [c.p, c.q].forEach((x, i) => {
    bars.children[i].style.width = 100 * x + "%";
    bars.children[i].classList.toggle("some", x > 0);
  });
  const row = make("tr", { class: c.chosen ? "chosen" : c.q === 0 ? "gone" : null },
    make("th", { scope: "row" }, isolated(c.token)),
    bars,
    make("td", { class: "n" }, shown(c.p)),
    make("td", { class: "n" }, shown(c.q)));
  if (!brief) row.append(make("td", { class: "note" }, c.chosen ? texts.chosen + (note ? " (" + note + ")" : "") : note || ""));
  else if (c.chosen) row.firstChild.append(" \u25c4");
  return row;
}

function heads(names) {
  return make("thead", null, make("tr", null, ...names.map((n) => make("th", { scope: "col" }, n))));
}

// candidates is the table of the tokens that a step lists.
function candidates(step, most, brief) {
  if (!step.candidates) return make("p", null, texts.no_candidates);
  const body = make("tbody");
  for (const c of step.candidates.slice(0, most)) body.append(candidateRow(c, brief, c.note && step.notes[c.note - 1]));
  if (step.rest && !brief) {
    const r = candidateRow({ token: step.rest.label, p: step.rest.p, q: step.rest.q }, false);
    r.className = "";
    body.append(r);
  }
  const names = [texts.token, "P", texts.model_p, texts.after_chain];
  if (!brief) names.push(texts.what_happened);
  const head = heads(names);
  const cells = head.firstChild.children;
  ["bar", "bar after"].forEach((kind, i) => { // which bar is whose
    cells[2 + i].className = "n";
    cells[2 + i].prepend(make("span", { class: kind }));
  });
  return make("div", { class: "scroll" }, make("table", null, make("caption", null, texts.candidates), head, body));
}

// ledger is the table of what each stage did.
function ledger(step) {
  if (!step.stages) return "";
  const body = make("tbody");
  for (const g of step.stages) {
    body.append(make("tr", { class: g.idle ? "idle" : null },
      make("th", { scope: "row" }, isolated(g.name)),
      make("td", { class: "n" }, g.tokens), make("td", { class: "n" }, g.removed), make("td", { class: "n" }, g.entropy)));
  }
  return make("div", { class: "scroll" }, make("table", null, make("caption", null, texts.ledger),
    heads([texts.stage, texts.tokens_left, texts.removed, texts.entropy]), body));
}

// tip is what hovering over a token shows. It stays while the pointer is on it;
// Escape closes it.
const tip = make("div", { id: "tip", role: "tooltip", hidden: true });
let closing = 0;
function hideTip() { tip.hidden = true; }
function laterHide() { clearTimeout(closing); closing = setTimeout(hideTip, 200); }
function showTip(token, step) {
  clearTimeout(closing);
  tip.replaceChildren(make("p", null, isolated(step.head)), make("p", null, step.said), candidates(step, 5, true), ledger(step));
  tip.hidden = false;
  const at = token.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 8));
  tip.style.left = left + scrollX + "px";
  const below = at.bottom + 6;
  const above = at.top - tip.offsetHeight - 6;
  tip.style.top = (below + tip.offsetHeight > innerHeight && above > 0 ? above : below) + scrollY + "px";
}
tip.addEventListener("mouseenter", () => clearTimeout(closing));
tip.addEventListener("mouseleave", laterHide);
addEventListener("keydown", (e) => { if (e.key === "Escape") hideTip(); });

// trace makes the text of a trace something to step through.
function trace(box) {
  const steps = JSON.parse(box.querySelector("script.data").textContent).steps;
  const text = box.querySelector(".text");
  const tokens = [...text.querySelectorAll(".tok")];
  const controls = box.querySelector(".controls");
  const panel = box.querySelector(".step");
  const forward = text.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = text.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  let now = 0;

  const said = make("p", { class: "said", "aria-live": "polite" });
  const rest = make("div");
  panel.append(said, rest);
  const slider = make("input", { type: "range", min: 0, max: steps.length - 1, value: 0, "aria-label": texts.token });
  const button = (label, sign, to) => make("button", { type: "button", "aria-label": label, title: label, onclick: () => go(to()) }, sign);
  const buttons = [
    button(texts.first, "|\u25c0", () => 0), button(texts.previous, "\u25c0", () => now - 1),
    button(texts.next, "\u25b6", () => now + 1), button(texts.last, "\u25b6|", () => steps.length - 1),
  ];
  controls.append(...buttons, slider);
  slider.addEventListener("input", () => go(Number(slider.value)));

  function go(t, focus) {
    t = Math.max(0, Math.min(steps.length - 1, t));
    tokens[now].removeAttribute("aria-current");
    tokens[now].tabIndex = -1;
    now = t;
    const step = steps[t];
    tokens[t].setAttribute("aria-current", "step");
    tokens[t].tabIndex = 0;
    if (focus) tokens[t].focus();
    slider.value = t;
    slider.setAttribute("aria-valuetext", step.head);
    buttons[0].disabled = buttons[1].disabled = t === 0;
    buttons[2].disabled = buttons[3].disabled = t === steps.length - 1;
    said.replaceChildren(isolated(step.head));
    rest.replaceChildren(make("p", null, step.said + " " + step.how), step.search ? make("pre", null, step.search) : "",
      ...step.origin ? [make("p", null, texts.origin), make("pre", { lang: "en" }, step.origin)] : [], candidates(step, Infinity, false), ledger(step));
    scrollers();
  }

  tokens.forEach((token, t) => {
    token.setAttribute("role", "button");
    token.tabIndex = -1;
    token.addEventListener("click", () => { hideTip(); go(t, true); });
    token.addEventListener("mouseenter", () => showTip(token, steps[t]));
    token.addEventListener("mouseleave", laterHide);
  });
  text.addEventListener("keydown", (e) => {
    const to = { [forward]: now + 1, [back]: now - 1, Home: 0, End: steps.length - 1 }[e.key];
    if (to === undefined || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    hideTip();
    go(to, true);
  });
  const numbers = box.querySelector(".figures");
  numbers.hidden = false;
  numbers.addEventListener("click", () => {
    numbers.setAttribute("aria-pressed", text.classList.toggle("numbers"));
  });
  controls.hidden = panel.hidden = false;
  go(0);
}

document.body.append(tip);
for (const box of document.querySelectorAll(".trace")) if (box.tagName === "DIV") trace(box);

// An answer that was chosen opens what came out.
for (const answer of document.querySelectorAll(".options details")) {
  answer.addEventListener("toggle", () => {
    const reveal = answer.closest("section").querySelector("details.reveal");
    if (answer.open && reveal) reveal.open = true;
  });
}

const tools = document.getElementById("tools");
tools.hidden = false;
theme(document.getElementById("theme"));
document.getElementById("print").addEventListener("click", () => print());
const reveal = document.getElementById("reveal");
const hidden = [...document.querySelectorAll("details.reveal")];
reveal.hidden = hidden.length === 0;
reveal.addEventListener("click", () => {
  const open = hidden.some((d) => !d.open);
  for (const d of hidden) d.open = open;
  reveal.textContent = open ? texts.hide_all : texts.reveal_all;
});
for (const d of document.querySelectorAll("details")) d.addEventListener("toggle", scrollers);
addEventListener("resize", scrollers);
openToPrint();
scrollers();
