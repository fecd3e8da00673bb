// The article as read: its text, and in it the sentences that summaries rest on.

import { make } from "./dom.js";
import { direction } from "./languages.js";

/** Map code points, which the service counts in, to the UTF-16 units of this language. */
function toUnits(text, points) {
  const units = new Map();
  let unit = 0;
  let point = 0;
  for (const wanted of [...points].sort((a, b) => a - b)) {
    for (; point < wanted && unit < text.length; point += 1) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
    }
    units.set(wanted, unit);
  }
  return units;
}

/** Return `text[start:end]`, in code points. */
export function slice(text, { start, end }) {
  const units = toUnits(text, [start, end]);
  return text.slice(units.get(start), units.get(end));
}

/** Shows a text with its evidence marked; `onPoint(id)` hears of a mark that is pointed at. */
export class ArticleView {
  constructor(root, onPoint) {
    this.root = root;
    this.text = "";
    this.spans = [];
    const idOf = (event) => event.target.closest?.("mark")?.dataset.ids.split(" ")[0] ?? null;
    root.addEventListener("pointerover", (event) => onPoint(idOf(event)));
    root.addEventListener("pointerleave", () => onPoint(null));
  }

  show(text, language = "") {
    this.text = text;
    this.spans = [];
    this.root.dir = direction(language);
    this.root.lang = language;
    this.root.scrollTop = 0;
    this.#draw();
  }

  /** Mark the evidence of a sentence; a place may be evidence of several. */
  mark(id, evidence) {
    this.spans.push(...evidence.map(({ start, end }) => ({ start, end, id })));
    this.#draw();
  }

  /** Make the evidence of one sentence stand out and bring it into view; `null` for none. */
  highlight(id) {
    const marks = [...this.root.querySelectorAll("mark")];
    const active = marks.filter((mark) => mark.dataset.ids.split(" ").includes(id));
    for (const mark of marks) mark.classList.toggle("active", active.includes(mark));
    if (active.length) this.#reveal(active[0]);
  }

  #reveal(mark) {
    // Only the pane moves: the page would run away under the pointer.
    const top = mark.offsetTop - this.root.offsetTop;
    const { scrollTop, clientHeight } = this.root;
    if (top >= scrollTop && top + mark.offsetHeight <= scrollTop + clientHeight) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.root.scrollTo({ top: top - clientHeight / 3, behavior: calm ? "auto" : "smooth" });
  }

  #draw() {
    const edges = [...new Set(this.spans.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
    const units = toUnits(this.text, edges);
    const parts = [];
    let drawn = 0;
    edges.forEach((edge, number) => {
      parts.push(this.text.slice(drawn, units.get(edge)));
      drawn = units.get(edge);
      const next = edges[number + 1];
      const ids = this.spans.filter((span) => span.start <= edge && span.end >= next).map((span) => span.id);
      if (!ids.length) return;
      parts.push(make("mark", { "data-ids": ids.join(" ") }, this.text.slice(drawn, units.get(next))));
      drawn = units.get(next);
    });
    this.root.replaceChildren(...parts, this.text.slice(drawn));
  }
}
