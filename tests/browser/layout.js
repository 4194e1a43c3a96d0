// Faults of layout, as a list of sentences. Sizes are those on the screen, in CSS pixels. A word that is a link in a
// sentence is as large as its text.
const faults = new Set();
const name = (e) =>
  `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""} «${(e.getAttribute("aria-label") || e.textContent).trim().slice(0, 30)}»`;
// Marks on the timeline may lie on each other: they are where they are in time.
const aside = ".vh, .skip, .defs, title, .rail .mark";
const inSight = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest(aside);

if (document.documentElement.scrollWidth > innerWidth) {
  const wide = [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3)
    .map(name);
  faults.add(`scrolls sideways because of ${wide}`);
}

// Where text may be seen: what scrolls shows a part of it at a time, what clips takes the rest away for good.
const style = new Map();
const of = (e) => style.get(e) ?? style.set(e, getComputedStyle(e)).get(e);
const layer = (e) => {
  for (let at = e; at; at = at.parentElement) {
    if (at.matches("dialog, .tool") || ["fixed", "sticky"].includes(of(at).position)) return at;
  }
  return document.body;
};
const windowOf = (e) => {
  const seen = { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6, cut: null };
  for (let at = e; at && at !== document.body; at = at.parentElement) {
    const { overflowX, overflowY } = of(at);
    if (overflowX === "visible" && overflowY === "visible") continue;
    const box = at.getBoundingClientRect();
    const cuts = [overflowX, overflowY].some((it) => it === "hidden" || it === "clip");
    const scrolls = [overflowX, overflowY].some((it) => it === "auto" || it === "scroll");
    if (cuts && !scrolls && of(at).textOverflow !== "ellipsis") seen.cut ??= { at, box };
    seen.left = Math.max(seen.left, box.left);
    seen.top = Math.max(seen.top, box.top);
    seen.right = Math.min(seen.right, box.right);
    seen.bottom = Math.min(seen.bottom, box.bottom);
    if (scrolls && !seen.cut) seen.cut = { at, box: null };
  }
  return seen;
};

const lines = [];
const range = document.createRange();
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const e = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !inSight(e)) continue;
  const scale = e instanceof SVGElement ? Math.abs(e.getScreenCTM()?.d ?? 1) : 1;
  const size = parseFloat(of(e).fontSize) * scale;
  if (size < 11.95) faults.add(`${size.toFixed(1)} px: ${name(e)}`);
  const seen = windowOf(e);
  // A box of a pixel keeps its words for those who listen.
  if (Math.min(seen.right - seen.left, seen.bottom - seen.top) < 2) continue;
  range.selectNodeContents(texts.currentNode);
  for (const line of range.getClientRects()) {
    if (line.width < 2 || line.height < 2) continue;
    const cut = seen.cut?.box;
    // Letters are lower than their line: a third of it may go before they suffer.
    const low = line.height / 3;
    if (cut && (line.left < cut.left - 1 || line.right > cut.right + 1 || line.top < cut.top - low || line.bottom > cut.bottom + low)) {
      faults.add(`cut off by ${name(seen.cut.at).slice(0, 40)}: ${name(e)}`);
    }
    const part = {
      left: Math.max(line.left, seen.left) + 1,
      right: Math.min(line.right, seen.right) - 1,
      top: Math.max(line.top + line.height * 0.22, seen.top),
      bottom: Math.min(line.bottom - line.height * 0.22, seen.bottom),
    };
    if (part.right > part.left && part.bottom > part.top) lines.push({ e, layer: layer(e), ...part });
  }
}
lines.sort((a, b) => a.top - b.top);
for (let i = 0; i < lines.length; i++) {
  const a = lines[i];
  for (let j = i + 1; j < lines.length && lines[j].top < a.bottom; j++) {
    const b = lines[j];
    if (a.e === b.e || a.layer !== b.layer || a.right <= b.left || b.right <= a.left) continue;
    faults.add(`overlap: ${name(a.e)} and ${name(b.e)}`);
  }
}

const least = matchMedia("(pointer: coarse)").matches ? 44 : 24;
const controls = "a[href], button, input, select, textarea, summary, [role=button], [role=tab]";
for (const e of document.querySelectorAll(controls)) {
  // A button in a sentence is a word too, though its style says inline-block.
  if (!inSight(e) || of(e).display === "inline" || e.matches(".text .focus")) continue;
  const { width, height } = (e.closest("label") || e).getBoundingClientRect();
  if (Math.min(width, height) < least - 0.5) faults.add(`${width.toFixed(0)} × ${height.toFixed(0)} px: ${name(e)}`);
}
return [...faults];
