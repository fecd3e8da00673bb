// The page: joins form, stream, article and summaries.

import { Problem, fetchJson, streamSummaries } from "./api.js";
import { ArticleView, slice } from "./article.js";
import { copyText, find, make, saveFile } from "./dom.js";
import { writeCurl, writeMarkdown, writePlain } from "./exports.js";
import { Form } from "./form.js";
import { Languages } from "./languages.js";
import { SummariesView } from "./summaries.js";

const LENGTHS = { short: "Short", long: "Long" };
const KEY_PLACE = "precis-key";

const languages = new Languages();
let abort = null; // of the stream that is open
let shown = null; // the call, article and answer that are shown
let held = null; // the sentence that was pressed

const form = new Form(refuse);
const article = new ArticleView(find("article"), point);
const summaries = new SummariesView(find("summaries"), languages, point, hold, copyAndSay);

const readKey = () => find("key").value || sessionStorage.getItem(KEY_PLACE) || "";

// What is pointed at, and what is held

function point(id) {
  const id_ = id ?? held;
  article.highlight(id_);
  summaries.highlight(id_, id_ !== null && id_ === held);
}

function hold(id) {
  held = held === id ? null : id;
  point(null);
  const evidence = held && findSentence(held)?.evidence;
  find("evidence").hidden = !evidence;
  if (evidence) find("evidence-text").textContent = evidence.map((span) => slice(shown.article, span).trim()).join(" … ") || "No evidence.";
}

function findSentence(id) {
  const [length, number] = id.split("-");
  return shown.summaries[length]?.sentences[Number(number)];
}

// Progress

function say(text) {
  find("status").textContent = text;
}

function listSteps({ lengths, targets }) {
  const steps = [["source", "Reading"], ...lengths.map((length) => [length, LENGTHS[length]])];
  for (const target of targets) steps.push([target, languages.name(target)]);
  find("steps").hidden = false;
  find("steps").replaceChildren(...steps.map(([id, name]) => make("li", { "data-step": id }, name)));
  advance();
}

/** Tick a step off; the first that is left is the one at work. */
function advance(id) {
  const steps = [...find("steps").children];
  for (const step of steps) {
    if (step.dataset.step === id) step.className = "done";
    if (step.className !== "done") step.className = "";
  }
  const next = steps.find((step) => step.className !== "done");
  if (next) next.className = "now";
}

function setState(state) {
  find("main").dataset.state = state;
  const working = state === "working";
  // Not "disabled": the focus would be lost from it.
  find("go").setAttribute("aria-disabled", String(working));
  find("stop").hidden = !working;
  find("results").setAttribute("aria-busy", String(working));
}

// Problems

/** Say what is missing in the form, beside its button; an empty message takes it back. */
function refuse(message) {
  find("refusal").textContent = message;
  find("refusal").hidden = !message;
}

function showProblem(body) {
  const lines = (body.errors ?? []).filter((error) => !body.detail?.includes(error.message));
  const box = find("problem");
  box.replaceChildren(
    ...(body.title ? [make("strong", {}, body.title)] : []),
    make("p", {}, body.detail),
    ...(lines.length ? [make("ul", {}, ...lines.map((e) => make("li", {}, `${e.field}: ${e.message}`)))] : []),
    ...(body.request_id ? [make("p", { class: "hint" }, `Request ${body.request_id}`)] : []),
  );
  box.hidden = false;
  if (body.status === 401 || body.status === 403) askForKey();
}

function askForKey() {
  sessionStorage.removeItem(KEY_PLACE);
  find("key-row").hidden = false;
  find("key").focus();
}

// One call

function begin(call) {
  shown = { call, article: call.text, language: "", summaries: {}, answer: null };
  held = null;
  find("evidence").hidden = true;
  find("problem").hidden = true;
  refuse("");
  find("actions").hidden = true;
  find("facts").textContent = "";
  find("legend").hidden = true;
  summaries.clear();
  listSteps(call.options);
  setState("working");
  say("Reading the article…");
  if (call.text !== null) showArticle();
  if (matchMedia("(max-width: 61.99rem)").matches) find("results").scrollIntoView();
}

function showArticle() {
  article.show(shown.article, shown.language);
  find("article").hidden = false;
  find("writing").hidden = true;
  find("edit").hidden = false;
  find("open-file").hidden = find("sample").hidden = true;
}

function edit() {
  abort?.abort();
  find("article").hidden = true;
  find("writing").hidden = Boolean(form.file);
  find("edit").hidden = true;
  find("open-file").hidden = find("sample").hidden = false;
  form.text.focus();
}

const receive = {
  source(facts) {
    shown.language = facts.language;
    // Of a document or an address the text comes with the event.
    shown.article = facts.text ?? shown.article ?? "";
    showArticle();
    showFacts(facts);
    advance("source");
    say("Choosing sentences…");
  },
  summary({ length, summary }) {
    shown.summaries[length] = structuredClone(summary);
    summaries.addSummary(length, summary, shown.article, shown.language);
    summary.sentences.forEach((sentence, number) => article.mark(`${length}-${number}`, sentence.evidence));
    find("legend").hidden = false;
    advance(length);
    say(`${LENGTHS[length]} summary written`);
  },
  translation({ length, target, translation }) {
    shown.summaries[length].translations[target] = translation;
    summaries.addTranslation(length, target, translation);
    advance(target);
    say(`${LENGTHS[length]} summary in ${languages.name(target)}`);
  },
  done(answer) {
    shown.answer = answer;
    find("actions").hidden = false;
    showModels(answer);
    say(answer.cache === "hit" ? "Known already" : "Done");
  },
};

function showFacts({ language, confidence, characters, sentences }) {
  const name = languages.name(language);
  const sure = confidence === 1 ? name : `${name}, ${Math.round(confidence * 100)} % sure`;
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  find("facts").textContent = [sure, count(characters, "character"), count(sentences, "sentence")].join(" · ");
}

function showModels({ models }) {
  const facts = Object.values(models).map(({ id, licence }) => `${id} (${licence})`);
  find("models").textContent = `Written by ${facts.join(" and ")}.`;
}

async function submit() {
  if (abort) return;
  const call = form.makeCall();
  if (!call) return;
  begin(call);
  abort = new AbortController();
  try {
    for await (const { name, data } of streamSummaries(call, readKey(), abort.signal)) receive[name]?.(data);
    setState("done");
  } catch (error) {
    fail(error);
  } finally {
    abort = null;
  }
}

function fail(error) {
  setState(Object.keys(shown.summaries).length ? "done" : "failed");
  find("steps").hidden = true;
  if (error.name === "AbortError") return say("Stopped.");
  say("");
  showProblem(error instanceof Problem ? error.body : { title: "This page failed", detail: String(error), errors: [] });
}

// Taking away

async function copyAndSay(text, button) {
  await copyText(text);
  const label = button.textContent;
  button.textContent = "Copied";
  say("Copied.");
  setTimeout(() => (button.textContent = label === "Copied" ? "Copy" : label), 1500);
}

function showCurl() {
  find("curl-text").textContent = writeCurl(shown.call, Boolean(readKey()));
  find("curl-dialog").showModal();
}

function wire() {
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  find("form").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  });
  find("stop").addEventListener("click", () => abort?.abort());
  find("edit").addEventListener("click", edit);
  find("sample").addEventListener("click", async () => form.setText(await (await fetch("/page/sample.txt")).text()));
  find("copy").addEventListener("click", (event) => copyAndSay(writePlain(shown.answer, languages), event.target));
  find("markdown").addEventListener("click", () => saveFile("precis.md", "text/markdown", writeMarkdown(shown.answer, shown.article, languages)));
  find("json").addEventListener("click", () => saveFile("precis.json", "application/json", JSON.stringify(shown.answer, null, 2)));
  find("curl").addEventListener("click", showCurl);
  find("curl-copy").addEventListener("click", (event) => copyAndSay(find("curl-text").textContent, event.target));
  find("evidence-close").addEventListener("click", () => hold(held));
  find("key").addEventListener("change", start);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held && !find("curl-dialog").open) hold(held);
  });
}

/** Ask what the service offers; while its models are being loaded, ask again. */
async function start() {
  try {
    languages.load(await fetchJson("/v1/languages", readKey()));
    form.offer(languages);
    form.offerDocuments(await fetchJson("/openapi.json", readKey()));
    if (find("key").value) sessionStorage.setItem(KEY_PLACE, find("key").value);
    find("go").disabled = false;
    find("problem").hidden = true;
    say("");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.body.status !== 503) return showProblem(error.body);
    say("The models are being loaded…");
    setTimeout(start, 1000);
  }
}

find("go").disabled = true;
wire();
start();
