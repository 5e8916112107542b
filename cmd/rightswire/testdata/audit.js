// What a reader who does not see the page, or sees it badly, depends on.
// Returns what is wrong, one sentence each.
(() => {
  const wrong = [];
  const say = (what, e) => wrong.push(e ? what + ": " + e.outerHTML.slice(0, 120) : what);
  const every = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const words = s => (s || "").replace(/\s+/g, " ").trim();
  const name = e => {
    const by = e.getAttribute("aria-labelledby");
    if (by) return words(by.split(/\s+/).map(id => (document.getElementById(id) || {}).textContent).join(" "));
    return words(e.getAttribute("aria-label") || e.textContent || e.getAttribute("alt"));
  };

  // Language and landmarks.
  if (!document.documentElement.lang) say("the page does not say its language");
  if (!words(document.title)) say("the page has no title");
  for (const e of every("[lang]")) {
    try { Intl.getCanonicalLocales(e.lang); } catch (x) { say("no language tag", e); }
  }
  for (const [what, selector] of [["main", "main"], ["banner", "body > header"], ["contentinfo", "body > footer"]]) {
    if (every(selector).length !== 1) say(every(selector).length + " landmarks of kind " + what);
  }
  const navs = every("nav").map(e => e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") ? name(e) : "");
  if (navs.some(n => !n) || new Set(navs).size !== navs.length) say("navigations without a name of their own: " + navs.join(", "));
  for (const e of every("section[aria-labelledby], [role=region]")) if (!name(e)) say("a region without a name", e);

  // Headings go down one step at a time.
  if (every("h1").length !== 1) say(every("h1").length + " first headings");
  let level = 0;
  for (const e of every("h1, h2, h3, h4, h5, h6")) {
    const n = +e.localName[1];
    if (n > level + 1) say("a heading of level " + n + " after one of level " + level, e);
    if (!name(e)) say("an empty heading", e);
    level = n;
  }

  // Names of what can be used, seen or referred to.
  for (const e of every("a[href], button, summary")) if (!name(e)) say("nothing says where it leads", e);
  for (const e of every("img")) if (!e.hasAttribute("alt")) say("a picture without words", e);
  for (const e of every("svg")) if (e.getAttribute("role") !== "img" || !name(e)) say("a drawing without words", e);
  for (const e of every("input:not([type=hidden]), select, textarea")) {
    if (!(e.labels && e.labels.length) && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) say("a field without a label", e);
  }
  for (const e of every("table")) {
    if (!e.caption) say("a table without a caption", e);
    for (const h of every("th", e)) if (!h.scope) say("a heading of a table without a scope", h);
  }
  const ids = every("[id]").map(e => e.id);
  for (const id of new Set(ids)) if (ids.filter(x => x === id).length > 1) say("two elements have the id " + id);
  for (const a of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const e of every("[" + a + "]")) {
      for (const id of e.getAttribute(a).split(/\s+/)) if (!ids.includes(id)) say(a + " names " + id + ", which is not there", e);
    }
  }
  for (const e of every('a[href^="#"]')) if (!ids.includes(e.hash.slice(1))) say("a link to nowhere", e);
  for (const e of every("[tabindex]")) if (e.tabIndex > 0) say("an order of its own for the keyboard", e);

  // Text in another direction than the page runs in its own.
  for (const e of every("[dir=rtl]")) if (getComputedStyle(e).direction !== "rtl") say("does not run from right to left", e);

  // Contrast, WCAG 2.2 1.4.3: 4.5 to 1, 3 to 1 for large text.
  const rgb = s => {
    const m = /rgba?\(([\d.]+)[, ]+([\d.]+)[, ]+([\d.]+)(?:[,/ ]+([\d.]+))?/.exec(s);
    return m ? [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]] : null;
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = e => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c && c[3] > 0) layers.push(c);
      if (c && c[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = c => {
    const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const shown = e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length > 0;
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement;
    if (!words(n.data) || seen.has(e) || e.closest("svg, script, .unseen") || !shown(e)) continue;
    seen.add(e);
    const style = getComputedStyle(e), back = behind(e), front = rgb(style.color);
    if (!front) { say("a colour that cannot be read: " + style.color, e); continue; }
    const [a, b] = [light(over(front, back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && +style.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) say("contrast " + ratio.toFixed(2) + " of " + style.color + " on " + back.slice(0, 3).map(Math.round), e);
  }
  for (const e of every(".chart rect:not(.quiet)")) {
    const [a, b] = [light(rgb(getComputedStyle(e).fill)), light(behind(e.closest("figure")))];
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 3) say("bars hardly differ from the page", e); // 1.4.11
  }

  // Nobody has to scroll sideways.
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) {
    const wide = every("body *").filter(e => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest(".unseen, .scroll"))[0];
    say("the page is " + page.scrollWidth + " wide on a screen of " + page.clientWidth, wide);
  }

  // The keyboard: the link over the bar comes into view, and what has the focus shows it.
  const skip = document.querySelector("a.skip");
  if (!skip) say("no link to skip the bar");
  for (const e of [skip, document.querySelector("main a[href], main summary"), document.querySelector("footer a[href]")]) {
    if (!e || matchMedia("print").matches) continue; // paper has no keyboard
    e.focus({ focusVisible: true });
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (e === skip && (box.top < 0 || box.left < 0)) say("stays out of view when it has the focus", e);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) say("does not show the focus", e);
  }
  return wrong;
})()
