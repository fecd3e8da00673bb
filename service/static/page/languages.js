// Languages: what the service offers, their names, and which way their scripts run.

const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);
// Written in both directions, or not known.
const EITHER = new Set(["ku", "und", ""]);

/** Return a value for `dir`. */
export function direction(code) {
  const base = code.split("-")[0];
  if (EITHER.has(base)) return "auto";
  return RIGHT_TO_LEFT.has(base) ? "rtl" : "ltr";
}

/** The rows of `/v1/languages`, and what follows from them. */
export class Languages {
  constructor() {
    this.load([]);
  }

  load(rows) {
    this.rows = [...rows].sort((a, b) => a.name.localeCompare(b.name));
    this.byCode = new Map(rows.map((row) => [row.code, row]));
  }

  name(code) {
    return this.byCode.get(code)?.name ?? (code === "und" ? "Unknown language" : code);
  }

  /** List the targets for a source language; for "auto", whatever any source has. */
  targets(source) {
    const rows = source === "auto" ? this.rows : [this.byCode.get(source)];
    const codes = new Set(rows.flatMap((row) => row?.translate_to ?? []));
    codes.delete(source);
    return [...codes].sort((a, b) => this.name(a).localeCompare(this.name(b)));
  }

  /** Tell whether every way to a target that is left is below what a reader expects. */
  isExperimental(source, target) {
    const rows = source === "auto" ? this.rows : [this.byCode.get(source)];
    const ways = rows.filter((row) => row?.translate_to.includes(target) && row.code !== target);
    return ways.length > 0 && ways.every((row) => row.experimental.includes(target));
  }
}
