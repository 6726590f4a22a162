// Rules of the Web Content Accessibility Guidelines 2.2 that a page can be
// checked against; each complaint is a text. What has no box is not looked at.
(() => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true }) && e.getClientRects().length > 0;
  const brief = (e) => e.outerHTML.slice(0, 90).replace(/\s+/g, " ");

  if (!/^[a-z]{2}$/.test(document.documentElement.lang)) wrong.push("the page has no language");
  if (!document.title.trim()) wrong.push("the page has no title");
  if (all("main").length !== 1) wrong.push(all("main").length + " main landmarks");
  if (all("h1").length !== 1) wrong.push(all("h1").length + " headings of level 1");
  let level = 0;
  for (const h of all("h1, h2, h3, h4, h5, h6").filter(shown)) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) wrong.push("a heading of level " + n + " follows one of " + level + ": " + brief(h));
    if (!h.textContent.trim()) wrong.push("an empty heading: " + brief(h));
    level = n;
  }
  const ids = new Set();
  for (const e of all("[id]")) {
    if (ids.has(e.id)) wrong.push("two elements have the id " + e.id);
    ids.add(e.id);
  }
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const e of all("[" + name + "]")) {
      for (const id of e.getAttribute(name).split(/\s+/)) if (!document.getElementById(id)) wrong.push(name + " names no element: " + brief(e));
    }
  }
  for (const e of all("label[for]")) if (!document.getElementById(e.htmlFor)) wrong.push("a label of nothing: " + brief(e));
  for (const e of all("[tabindex]")) if (e.tabIndex > 0) wrong.push("an order of its own: " + brief(e));
  for (const e of all("button, a[href], summary, [role=button]")) {
    if (e.querySelector("button, a[href], summary, input, [role=button]")) wrong.push("a control in a control: " + brief(e));
  }
  for (const t of all("table")) {
    if (!t.caption || !t.caption.textContent.trim()) wrong.push("a table without a caption: " + brief(t));
    for (const h of t.querySelectorAll("th")) {
      if (!h.scope) wrong.push("a heading of a table without a scope: " + brief(h));
      if (!h.textContent.trim() && h.closest("thead")) wrong.push("an empty heading of a table: " + brief(h));
    }
    const widths = new Set([...t.rows].map((r) => r.cells.length));
    if (widths.size > 1) wrong.push("a table whose rows differ in length: " + brief(t));
  }
  for (const l of all("ul, ol")) for (const c of l.children) if (c.tagName !== "LI") wrong.push("a list with something else in it: " + brief(c));
  for (const l of all("dl")) for (const c of l.children) if (c.tagName !== "DT" && c.tagName !== "DD") wrong.push("a list of terms with something else in it: " + brief(c));
  for (const e of all("svg")) if (e.getAttribute("role") !== "img" || !e.querySelector("title") || !e.querySelector("desc")) wrong.push("a picture without words: " + brief(e));
  for (const e of all("body *").filter((e) => !e.closest("svg") && shown(e))) {
    const style = getComputedStyle(e);
    const wide = /auto|scroll/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
    const high = /auto|scroll/.test(style.overflowY) && e.scrollHeight > e.clientHeight + 1;
    if ((wide || high) && e.tabIndex < 0 && !e.querySelector("a[href], button, input, summary, [tabindex='0']")) wrong.push("the keyboard cannot scroll " + brief(e));
    if (e.tabIndex >= 0 && matchMedia("(prefers-reduced-motion: reduce)").matches && /[1-9]/.test(style.transitionDuration + style.animationDuration)) wrong.push("it moves, whatever the reader prefers: " + brief(e));
  }
  for (const e of all("[lang]")) if (!/^[a-z]{2}$/.test(e.lang)) wrong.push("no language: " + brief(e));
  if (document.documentElement.scrollWidth > innerWidth + 1) wrong.push("the page is " + document.documentElement.scrollWidth + " wide, its window " + innerWidth);

  // Contrast of text: 4.5, or 3 if it is large. Pictures have a test of their own.
  const rgb = (s) => { const m = s.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const poor = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || e.closest("script, style, svg, :disabled, .hidden, .skip") || !shown(e)) continue;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    const below = ground(e);
    const [a, b] = [light(over(rgb(style.color), below)), light(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < (large ? 3 : 4.5)) poor.set(style.color + " on " + below.map(Math.round), contrast.toFixed(2) + ": " + n.data.trim().slice(0, 30));
  }
  for (const [colors, says] of poor) wrong.push("contrast of " + colors + " is " + says);
  return wrong;
})()
