"use strict";
// What pages share. Texts are put into the page as text nodes alone, so that
// nothing in them can be markup.
const texts = JSON.parse(document.getElementById("texts").textContent);

// make returns an element with attributes and children; a string is a text.
function make(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") e.addEventListener("click", value);
    else if (value === true) e.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) e.setAttribute(name, value);
  }
  e.append(...children);
  return e;
}

// isolated is a text whose direction of writing does not reach its neighbours.
function isolated(text) {
  return make("bdi", null, text);
}

// shown writes a number as the tables of the page do.
function shown(x) {
  const small = x !== 0 && Math.abs(x) < 1e-4;
  return (small ? x.toExponential() : String(x)).replace("-", "\u2212");
}

// theme switches between light and dark and remembers it where it may.
function theme(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const say = () => { button.textContent = dark() ? texts.light : texts.dark; };
  try {
    const kept = localStorage.getItem("argen-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch (e) { /* a page from a file may keep nothing */ }
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("argen-theme", root.dataset.theme); } catch (e) { /* as above */ }
    say();
    scrollers();
  });
  system.addEventListener("change", () => { say(); scrollers(); });
  say();
}

// openToPrint opens what is closed while the page is printed.
function openToPrint() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter((d) => !d.closest("figure"));
    for (const d of opened) d.open = true;
  });
  addEventListener("afterprint", () => {
    for (const d of opened) d.open = false;
    opened = [];
  });
}

// scrollers lets the keyboard reach what is wider or higher than its place.
function scrollers() {
  for (const e of document.querySelectorAll(".scroll, .chart")) {
    if (e.scrollWidth > e.clientWidth + 1 || e.classList.contains("scroll") && e.scrollHeight > e.clientHeight + 1) {
      e.tabIndex = 0;
      e.setAttribute("role", "group");
      const name = e.querySelector("caption, title");
      if (name) e.setAttribute("aria-label", name.textContent);
    } else {
      e.removeAttribute("tabindex");
      e.removeAttribute("role");
      e.removeAttribute("aria-label");
    }
  }
}
