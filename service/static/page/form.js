// The form: what is asked for, and the call that asks it.

import { find, make, makeBadge } from "./dom.js";

const MANY = 12;
const TEXT_FILE = /\.(txt|text)$/i;
const MEDIA_TYPES = {
  html: "text/html",
  htm: "text/html",
  xhtml: "text/html",
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  md: "text/markdown",
  markdown: "text/markdown",
  eml: "message/rfc822",
};

/** What the form holds; the service's offer fills it. */
export class Form {
  constructor(onProblem) {
    this.onProblem = onProblem;
    this.file = null;
    this.readable = new Set();
    this.addresses = false;
    this.chosen = new Set();
    this.terms = {}; // what is written of each target's, chosen or not
    this.text = find("text");
    this.language = find("language");
    this.text.addEventListener("input", () => this.#count());
    this.language.addEventListener("change", () => this.#drawTargets());
    find("filter").addEventListener("input", (event) => this.#filter(event.target.value));
    find("targets").addEventListener("change", () => this.#drawTerms());
    find("more").addEventListener("input", () => this.#countOptions());
    find("open-file").addEventListener("click", () => find("file").click());
    find("file").addEventListener("change", (event) => this.takeFile(event.target.files[0]));
    find("drop-file").addEventListener("click", () => this.#holdFile(null));
    this.#acceptDrops(find("writing"));
  }

  /** Show what there is to choose from. */
  offer(languages) {
    this.languages = languages;
    const options = languages.rows.map((row) => make("option", { value: row.code }, row.name));
    this.language.replaceChildren(this.language.options[0], ...options);
    this.#drawTargets();
  }

  /** Show the ways in that this service has besides text: `description` is its OpenAPI document. */
  offerDocuments(description) {
    const { content } = description.paths["/v1/summaries"].post.requestBody;
    this.readable = new Set(Object.keys(content));
    const kinds = Object.keys(MEDIA_TYPES).filter((kind) => this.readable.has(MEDIA_TYPES[kind]));
    find("file").accept = ["text/plain", ".txt", ...kinds.map((kind) => `.${kind}`)].join(",");
    const schema = description.components.schemas.SummaryRequest;
    this.addresses = "url" in (schema?.properties ?? {});
    find("address-row").hidden = !this.addresses;
  }

  setText(text) {
    this.#holdFile(null);
    this.text.value = text;
    this.#count();
  }

  /** Take a file: text goes to the field, a document is held until it is sent. */
  async takeFile(file) {
    find("file").value = "";
    if (!file) return;
    const kind = file.name.split(".").pop().toLowerCase();
    const type = MEDIA_TYPES[kind];
    if (type && this.readable.has(type)) {
      this.#holdFile({ type, name: file.name, body: file });
    } else if (TEXT_FILE.test(file.name) || file.type.startsWith("text/") || type === "text/markdown") {
      await this.#readText(file);
    } else {
      this.onProblem(`${file.name} cannot be read here; this service reads ${this.#describeKinds()}.`);
    }
  }

  /** Return the call that the form asks for, or null after telling what is missing. */
  makeCall() {
    const options = this.#options();
    if (!options) return null;
    const address = this.addresses ? find("address").value.trim() : "";
    if (!options.lengths.length) return this.#refuse("Choose at least one length.", document.querySelector("[name=lengths]"));
    if (this.file) return this.#callWithFile(options);
    if (this.text.value.trim()) return this.#callWithJson({ text: this.text.value, ...options });
    if (address) return this.#callWithJson({ url: address, include: ["text"], ...options });
    return this.#refuse("There is no article yet: paste one, open a file, or try the sample.", this.text);
  }

  #options() {
    const lengths = [...document.querySelectorAll("[name=lengths]:checked")].map((box) => box.value);
    const targets = [...document.querySelectorAll("[name=targets]:checked")].map((box) => box.value);
    const keep = split(find("keep").value, /[,\n]/);
    const glossary = this.#readGlossary(targets);
    if (!glossary) return null;
    return {
      source: this.language.value,
      lengths,
      targets,
      method: find("method").value,
      ...(keep.length && { keep }),
      ...(Object.keys(glossary).length && { glossary }),
    };
  }

  /** Return the terms of each target that has any, or null after telling of a line that is none. */
  #readGlossary(targets) {
    const glossary = {};
    for (const target of targets) {
      for (const line of split(this.terms[target] ?? "", /\n/)) {
        const [term, ...rest] = line.split("=").map((part) => part.trim());
        if (!term || rest.length !== 1 || !rest[0]) return this.#refuseTerm(target, line);
        glossary[target] = { ...glossary[target], [term]: rest[0] };
      }
    }
    return glossary;
  }

  #refuseTerm(target, line) {
    find("more").open = true;
    const message = `“${line}” is no term: write the term, “=” and its translation.`;
    return this.#refuse(message, find(`terms-${target}`));
  }

  #callWithJson(body) {
    const headers = { "Content-Type": "application/json" };
    return { path: "/v1/summaries", headers, body: JSON.stringify(body), text: body.text ?? null, options: body };
  }

  #callWithFile(options) {
    const glossary = options.glossary && { glossary: JSON.stringify(options.glossary) };
    const query = new URLSearchParams({ ...options, ...glossary, include: "text" });
    if (!options.targets.length) query.delete("targets");
    const headers = { "Content-Type": this.file.type };
    return { path: `/v1/summaries?${query}`, headers, body: this.file.body, file: this.file.name, text: null, options };
  }

  #refuse(message, field) {
    this.onProblem(message);
    field.focus();
    return null;
  }

  async #readText(file) {
    try {
      this.setText(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      this.onProblem(`${file.name} is not a text in UTF-8.`);
    }
  }

  #holdFile(file) {
    this.file = file;
    this.onProblem("");
    find("chosen-file").hidden = !file;
    find("writing").hidden = Boolean(file);
    find("file-name").textContent = file?.name ?? "";
  }

  #describeKinds() {
    const kinds = Object.keys(MEDIA_TYPES).filter((kind) => this.readable.has(MEDIA_TYPES[kind]));
    return ["plain text", ...kinds.map((kind) => `.${kind}`)].join(", ");
  }

  #acceptDrops(zone) {
    const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
    zone.addEventListener("dragover", (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      zone.classList.add("dropping");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("dropping"));
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("dropping");
      if (!carriesFile(event)) return;
      event.preventDefault();
      this.takeFile(event.dataTransfer.files[0]);
    });
  }

  #count() {
    const characters = [...this.text.value].length;
    find("count").textContent = characters ? `${characters.toLocaleString("en")} characters` : "";
  }

  #drawTargets() {
    for (const box of document.querySelectorAll("[name=targets]")) {
      if (box.checked) this.chosen.add(box.value);
      else this.chosen.delete(box.value);
    }
    const source = this.language.value;
    const codes = this.languages.targets(source);
    find("filter").hidden = codes.length <= MANY;
    find("targets").replaceChildren(...codes.map((code) => this.#makeChip(source, code)));
    if (!codes.length) find("targets").append(make("span", { class: "hint" }, "There is no translation from this language here."));
    find("experimental-note").hidden = !codes.some((code) => this.languages.isExperimental(source, code));
    this.#drawTerms();
  }

  /** Draw a field for the terms of each target that is chosen. */
  #drawTerms() {
    const boxes = [...document.querySelectorAll("[name=targets]:checked")];
    const fields = boxes.map(({ value: code }) => {
      const id = `terms-${code}`;
      const field = make("textarea", { id, rows: 2, dir: "auto", spellcheck: "false", placeholder: "White House = …" });
      field.value = this.terms[code] ?? "";
      field.addEventListener("input", () => (this.terms[code] = field.value));
      return make("div", { class: "field" }, make("label", { for: id }, `Terms in ${this.languages.name(code)}, one a line`), field);
    });
    const hint = make("p", { class: "hint" }, "Choose a language to translate to, and say here how terms are to stand in it.");
    find("terms").replaceChildren(...(fields.length ? fields : [hint]));
    this.#countOptions();
  }

  /** Tell how many options are set, so that a closed disclosure hides none. */
  #countOptions() {
    const terms = [...find("terms").querySelectorAll("textarea")].some((field) => field.value.trim());
    const set = [this.language.value !== "auto", find("method").value !== "auto", find("keep").value.trim(), terms];
    const count = set.filter(Boolean).length;
    find("more-count").textContent = count ? `(${count} set)` : "";
  }

  #makeChip(source, code) {
    const box = make("input", { type: "checkbox", name: "targets", value: code, checked: this.chosen.has(code) });
    const mark = this.languages.isExperimental(source, code) ? [" ", makeBadge()] : [];
    return make("label", { class: "chip" }, box, make("span", {}, this.languages.name(code), ...mark));
  }

  #filter(wanted) {
    for (const chip of find("targets").querySelectorAll(".chip")) {
      const named = chip.textContent.toLowerCase().includes(wanted.trim().toLowerCase());
      chip.hidden = !named && !chip.querySelector("input").checked;
    }
  }
}

function split(text, separator) {
  return text.split(separator).map((part) => part.trim()).filter(Boolean);
}
