// What is taken away: the answer as Markdown, and the call as curl.

import { slice } from "./article.js";

const TITLES = { short: "Short summary", long: "Long summary" };

function writeSummary(length, summary, article, languages) {
  const marks = summary.sentences.map((_, number) => `[^${length}-${number + 1}]`);
  const text = summary.sentences.map((sentence, number) => sentence.text + marks[number]).join(" ");
  const translations = Object.entries(summary.translations).map(
    ([code, { text: translated }]) => `### ${languages.name(code)}\n\n${translated}`,
  );
  const notes = summary.sentences.map((sentence, number) => {
    const quotes = sentence.evidence.map((span) => slice(article, span).replace(/\s+/g, " ").trim());
    return `${marks[number]}: ${quotes.join(" … ") || "no evidence"}`;
  });
  return [`## ${TITLES[length]}`, text, ...translations, notes.join("\n")].join("\n\n");
}

/** Return the answer as Markdown; the evidence stands in footnotes. */
export function writeMarkdown(answer, article, languages) {
  const parts = Object.entries(answer.summaries).map(([length, summary]) =>
    writeSummary(length, summary, article, languages),
  );
  return parts.join("\n\n") + "\n";
}

/** Return the texts alone, each under the name of its language. */
export function writePlain(answer, languages) {
  const texts = Object.values(answer.summaries).flatMap((summary) => [
    summary.text,
    ...Object.entries(summary.translations).map(([code, { text }]) => `${languages.name(code)}: ${text}`),
  ]);
  return texts.join("\n\n") + "\n";
}

/** Return the call for a shell. The body is one line, so the here-document needs no escapes. */
export function writeCurl(call, withKey) {
  const key = withKey ? " \\\n  -H \"X-API-Key: $PRECIS_API_KEY\"" : "";
  const url = `'${location.origin}${call.path}'`;
  if (call.file) {
    return `curl -s ${url}${key} \\\n  -H 'Content-Type: ${call.headers["Content-Type"]}' \\\n  --data-binary @${quote(call.file)}`;
  }
  return `curl -s ${url}${key} \\\n  -H 'Content-Type: application/json' --data-binary @- <<'JSON'\n${call.body}\nJSON`;
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
