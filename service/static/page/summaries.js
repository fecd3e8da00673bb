// The summaries: lengths one below the other, languages side by side, sentence by sentence.

import { make, makeBadge } from "./dom.js";
import { direction } from "./languages.js";
import { slice } from "./article.js";

const TITLES = { short: "Short", long: "Long" };
const METHODS = {
  abstractive: "rewritten",
  extractive: "from the article",
  verbatim: "the article itself",
};
const WARNINGS = {
  numbers_changed: "A number or a currency differs between a sentence and its translation.",
  negation_lost: "A sentence says that something is not so, and its translation does not.",
  repetition: "A translated sentence repeats itself.",
  length: "A translated sentence is much shorter or longer than its source.",
  quotation_lost: "A translated sentence has lost its quotation marks.",
  names_changed: "A name is written in another way in the translation.",
  unknown_words: "A translated sentence has a word that its language does not have.",
  language: "A translated sentence is in another language than the one asked for.",
};

const TERM_MISSED = "term_missed: ";

function describeWarning(code) {
  if (code.startsWith(TERM_MISSED)) return `“${code.slice(TERM_MISSED.length)}” does not stand as you asked.`;
  return WARNINGS[code] ?? code.replaceAll("_", " ");
}

function describeMethods(sentences) {
  const counts = {};
  for (const { method } of sentences) counts[method] = (counts[method] ?? 0) + 1;
  return Object.entries(counts).map(([method, count]) => `${count} ${METHODS[method]}`).join(", ");
}

/** Shows summaries; `onPoint(id)` and `onHold(id)` hear of sentences pointed at and pressed. */
export class SummariesView {
  constructor(root, languages, onPoint, onHold, onCopy) {
    Object.assign(this, { root, languages, onPoint, onHold, onCopy });
    root.addEventListener("pointerover", (event) => onPoint(idOf(event.target)));
    root.addEventListener("pointerleave", () => onPoint(null));
    root.addEventListener("focusin", (event) => onPoint(idOf(event.target)));
    root.addEventListener("focusout", () => onPoint(null));
    root.addEventListener("click", (event) => idOf(event.target) && onHold(idOf(event.target)));
    root.addEventListener("keydown", (event) => this.#move(event));
  }

  clear() {
    this.root.replaceChildren();
  }

  addSummary(length, summary, article, language) {
    const columns = make("div", { class: "columns" });
    const heading = make("h3", { id: `heading-${length}` }, TITLES[length]);
    this.root.append(
      make("section", { class: "length", id: `length-${length}`, "aria-labelledby": heading.id }, heading, columns),
    );
    const notes = summary.sentences.map((sentence, number) => {
      const quotes = sentence.evidence.map((span) => `“${slice(article, span).trim()}”`).join(" … ");
      const text = `${METHODS[sentence.method]}; evidence: ${quotes || "none"}`;
      return make("span", { id: `note-${length}-${number}`, hidden: true }, text);
    });
    columns.append(...notes);
    const doubts = summary.sentences.flatMap((sentence) => sentence.unsupported);
    const warnings = doubts.length ? [`Not found in the article: ${doubts.join(", ")}.`] : [];
    const flagged = summary.sentences.map((sentence) => sentence.unsupported.length > 0);
    const texts = summary.sentences.map((sentence) => sentence.text);
    const note = describeMethods(summary.sentences);
    this.#addColumn(length, language, texts, { note, warnings, flagged });
  }

  addTranslation(length, target, translation) {
    const via = translation.via.map((code) => this.languages.name(code)).join(", ");
    const experimental = translation.warnings.includes("experimental");
    const note = [via ? `translated by way of ${via}` : "translated", ...(experimental ? ["read it with care"] : [])].join("; ");
    const warnings = translation.warnings.filter((code) => code !== "experimental").map(describeWarning);
    this.#addColumn(length, target, translation.sentences, { note, warnings, experimental });
  }

  /** Make one sentence stand out in all languages; `held` tells that it was pressed. */
  highlight(id, held) {
    for (const sentence of this.root.querySelectorAll(".sentence")) {
      const same = sentence.dataset.id === id;
      sentence.classList.toggle("active", same);
      sentence.setAttribute("aria-pressed", String(same && held));
    }
  }

  #addColumn(length, language, texts, { note, warnings, flagged = [], experimental = false }) {
    const name = this.languages.name(language);
    const sentences = texts.map((text, number) =>
      make(
        "span",
        {
          class: flagged[number] ? "sentence flagged" : "sentence",
          role: "button",
          tabindex: number ? -1 : 0,
          "aria-pressed": "false",
          "aria-describedby": `note-${length}-${number}`,
          "data-id": `${length}-${number}`,
        },
        text,
      ),
    );
    const copy = make("button", { type: "button", class: "quiet", "aria-label": `Copy ${TITLES[length].toLowerCase()} summary, ${name}` }, "Copy");
    copy.addEventListener("click", () => this.onCopy(texts.join(" "), copy));
    const group = make(
      "div",
      { class: "text", role: "group", "aria-label": `${TITLES[length]}, ${name}`, lang: language === "und" ? null : language, dir: direction(language) },
      ...sentences.flatMap((sentence) => [sentence, " "]),
    );
    const column = make(
      "div",
      { class: "column", "data-language": language },
      make("div", { class: "column-head" }, make("h4", {}, name, ...(experimental ? [" ", makeBadge()] : [])), copy),
      group,
      make("p", { class: "hint" }, note),
    );
    if (warnings.length) {
      column.append(make("ul", { class: "warnings", "aria-label": "Warnings" }, ...warnings.map((text) => make("li", {}, text))));
    }
    this.root.querySelector(`#length-${length} .columns`).append(column);
  }

  #move(event) {
    const sentence = event.target.closest(".sentence");
    if (!sentence) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.onHold(sentence.dataset.id);
      return;
    }
    const all = [...sentence.parentElement.querySelectorAll(".sentence")];
    const at = all.indexOf(sentence);
    const forward = sentence.closest("[dir=rtl]") ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const to = { [forward]: at + 1, ArrowDown: at + 1, [back]: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all[to]) return;
    event.preventDefault();
    sentence.tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  }
}

const idOf = (target) => target.closest?.(".sentence")?.dataset.id ?? null;
