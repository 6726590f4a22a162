
const slides = [...document.querySelectorAll(".slide")];
const root = document.documentElement;
const where = document.getElementById("where");
const begun = /^#slide-(\d+)$/.exec(location.hash);
let now = 0;

// go shows a slide. The keyboard is there then, and a screen reader says it.
function go(to, focus) {
  slides[now].classList.remove("now");
  now = Math.max(0, Math.min(slides.length - 1, to));
  slides[now].classList.add("now");
  where.textContent = texts.slide_of.replace("{n}", now + 1).replace("{all}", slides.length);
  document.getElementById("back").disabled = now === 0;
  document.getElementById("on").disabled = now === slides.length - 1;
  try { history.replaceState(null, "", "#slide-" + (now + 1)); } catch (e) { /* where a page may not */ }
  if (focus) {
    slides[now].focus({ preventScroll: true });
    if (root.classList.contains("all")) slides[now].scrollIntoView({ block: "nearest" });
    else scrollTo(0, 0);
  }
  document.getElementById("progress").style.width = 100 * (now + 1) / slides.length + "%";
  fit();
  scrollers();
}

// fit makes what is on the slide as much smaller as the screen asks for, to half
// its size at most: nobody scrolls at a lectern.
function fit() {
  const slide = slides[now];
  const one = slide.querySelector(".fit");
  one.style.removeProperty("--fit");
  if (root.classList.contains("all")) return;
  for (let size = 0.95; size >= 0.5 && (root.scrollHeight > innerHeight || one.scrollWidth > one.clientWidth + 1); size -= 0.05) {
    one.style.setProperty("--fit", size.toFixed(2));
  }
}

// help shows the keys.
function help() {
  const text = document.getElementById("help");
  text.hidden = !text.hidden;
  document.getElementById("keys").setAttribute("aria-expanded", !text.hidden);
}

// fullScreen fills the screen with the slides, where the browser lets them.
function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
}

function toggle(name, id) {
  document.getElementById(id).setAttribute("aria-pressed", root.classList.toggle(name));
  go(now, true);
}
const overview = () => toggle("all", "overview");
const notes = () => toggle("with-notes", "notes");

const keys = {
  ArrowRight: () => go(now + 1, true), ArrowDown: () => go(now + 1, true), PageDown: () => go(now + 1, true),
  ArrowLeft: () => go(now - 1, true), ArrowUp: () => go(now - 1, true), PageUp: () => go(now - 1, true),
  Home: () => go(0, true), End: () => go(slides.length - 1, true),
  n: notes, o: overview, f: fullScreen, d: () => document.getElementById("theme").click(), "?": help,
  Escape: () => {
    if (root.classList.contains("all")) overview();
    else if (!document.getElementById("help").hidden) help();
  },
  Enter: () => { if (root.classList.contains("all")) overview(); },
};

addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey) return;
  const at = e.target;
  const used = at.closest && at.closest("button, summary, [tabindex='0']");
  let act = keys[e.key];
  if (e.key === " " && !used) act = e.shiftKey ? keys.PageUp : keys.PageDown;
  // What scrolls keeps its arrows, what can be pressed its Enter.
  if (!act || used && (e.key === "Enter" || e.key.startsWith("Arrow") && !at.closest("button"))) return;
  e.preventDefault();
  act();
});

slides.forEach((s, i) => s.addEventListener("click", () => {
  if (!root.classList.contains("all")) return;
  go(i, false);
  overview();
}));
document.getElementById("back").addEventListener("click", () => go(now - 1, false));
document.getElementById("on").addEventListener("click", () => go(now + 1, false));
document.getElementById("overview").addEventListener("click", overview);
document.getElementById("notes").addEventListener("click", notes);
document.getElementById("keys").addEventListener("click", help);
addEventListener("hashchange", () => {
  const to = /^#slide-(\d+)$/.exec(location.hash);
  if (to) go(to[1] - 1, true);
});
root.classList.add("js");
document.getElementById("bar").hidden = false;
theme(document.getElementById("theme"));
addEventListener("resize", () => { fit(); scrollers(); });
openToPrint();
go(begun ? begun[1] - 1 : 0, true);
