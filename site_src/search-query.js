// A query, parsed as agsite/search/query.py does it. Nodes are [kind, ...]: words, phrase, prefix, fuzzy, field, not, all, any.
import { stemOf, terms, words } from "./search-terms.js";

// What the filters of the page call a category and a date.
const LABELS = { field: "category", year: "date" };
const FIELDS = ["category", "date", "evidence", "kind", "model", "paper", "title", ...Object.keys(LABELS)];
const SHORTEST_PREFIX = 3, LONGEST = 2000, DEEPEST = 50;
const TOKEN = /\s*(?:(?<quote>")|(?<open>\()|(?<close>\))|(?<operator>AND|OR|NOT)(?=[\s()]|$)|(?<minus>-)(?=[\p{L}\p{Nl}\p{No}]|"|\()|(?<field>[A-Za-z]+):(?<value>"[^"]*"|[^\s()"]+)|(?<word>[^\s()"]+))/uy;

export class QueryError extends Error {}

// `last` is the term of the plain word that the query ends with, if that may be the beginning of another; where it is
// `unfinished`, words that begin so are asked for, too.
export function parse(text, unfinished = false) {
  if ([...text].length > LONGEST) throw new QueryError("long");
  const parser = new Parser(text, unfinished);
  const node = parser.or();
  if (parser.peek("close")) throw new QueryError("bracket");
  return { node, words: parser.words, last: parser.last };
}

class Parser {
  constructor(text, unfinished) {
    // White space in Python, but not here; query.py does the same for what is so only here.
    this.text = text.replace(/[\x1c-\x1f\x85]/g, " ").trimEnd();
    this.at = 0;
    this.depth = 0;
    this.words = [];
    this.unfinished = unfinished;
    this.last = "";
  }
  match() {
    TOKEN.lastIndex = this.at;
    return TOKEN.exec(this.text)?.groups;
  }
  peek(kind, value) {
    const found = this.match()?.[kind];
    return found !== undefined && (value === undefined || found === value);
  }
  take() {
    const found = this.match();
    if (!found) throw new QueryError("nothing");
    this.at = TOKEN.lastIndex;
    return found;
  }
  list(kind, operator, inner) {
    const nodes = [inner.call(this)];
    while (this.peek("operator", operator)) {
      this.take();
      nodes.push(inner.call(this));
    }
    return nodes.length === 1 ? nodes[0] : [kind, nodes];
  }
  or() { return this.list("or", "OR", this.and); }
  and() { return this.list("and", "AND", this.bag); }
  // Words side by side: any of the plain ones, all phrases and fields, none of those after NOT.
  bag() {
    const counts = new Map(), soft = [], hard = [], start = this.at;
    while (this.match() && !this.peek("close") && !(this.peek("operator") && !this.peek("operator", "NOT"))) this.item(counts, soft, hard);
    if (this.at === start) throw new QueryError("nothing");
    if (counts.size || !(soft.length || hard.length)) soft.unshift(["words", [...counts]]);
    const nodes = [...soft.length ? [soft.length === 1 ? soft[0] : ["or", soft]] : [], ...hard];
    return nodes.length === 1 ? nodes[0] : ["and", nodes];
  }
  item(counts, soft, hard) {
    if (this.peek("operator", "NOT") || this.peek("minus")) {
      this.take();
      hard.push(["not", this.atom()]);
    } else if (this.peek("quote") || this.isField()) hard.push(this.atom());
    else if (this.peek("open")) soft.push(this.atom());
    else this.word(counts, soft, true);
  }
  atom() {
    if (this.peek("open")) return this.group();
    if (this.peek("quote")) return this.phrase();
    if (this.isField()) return this.field();
    if (!this.match() || this.peek("operator") || this.peek("close")) throw new QueryError("nothing");
    const counts = new Map(), soft = [];
    this.word(counts, soft, false);
    return soft[0] || ["words", [...counts]];
  }
  group() {
    this.take();
    if (++this.depth > DEEPEST) throw new QueryError("deep");
    const node = this.or();
    if (!this.peek("close")) throw new QueryError("bracket");
    this.take();
    this.depth--;
    return node;
  }
  phrase() {
    this.take();
    const end = this.text.indexOf('"', this.at);
    if (end < 0) throw new QueryError("quote");
    const found = terms(this.text.slice(this.at, end));
    if (!found.length) throw new QueryError("quote");
    this.at = end + 1;
    return found.length > 1 ? ["phrase", found] : ["words", [[found[0], 1]]];
  }
  isField() { return FIELDS.includes(this.match()?.field?.toLowerCase()); }
  field() {
    const { field, value } = this.take();
    const name = field.toLowerCase();
    return makeField(LABELS[name] ?? name, value.replace(/^"+|"+$/g, ""));
  }
  word(counts, soft, plain) {
    const start = this.at, groups = this.take(), text = this.text.slice(start, this.at).trim();
    let marked = /^([\p{L}\p{N}]+)(\*|~1?)$/u.exec(groups.word ?? "");
    if (marked?.[2] === "*" && [...marked[1]].length < SHORTEST_PREFIX) {
      if (this.text.trim() === text) throw new QueryError("short");
      marked = null;
    }
    if (marked?.[2] === "*") {
      soft.push(...words(marked[1]).map(word => ["prefix", word]));
    } else if (marked) soft.push(...terms(marked[1]).map(term => ["fuzzy", term]));
    else {
      for (const term of terms(text)) counts.set(term, (counts.get(term) || 0) + 1);
      if (!plain) return;
      this.words.push(...words(text));
      // Before `$`, Chromium takes no letter of two code units for one.
      if (this.at === this.text.length && /[\p{L}\p{N}]/u.test([...text].at(-1))) this.end(soft);
    }
  }
  end(soft) {
    const word = this.words.at(-1) ?? "";
    this.last = [...word].length < SHORTEST_PREFIX ? "" : stemOf(word);
    if (this.last && this.unfinished) soft.push(["prefix", word]);
  }
}

const KINDS = { open: "question", "open-question": "question" };

export function makeField(name, value) {
  if (name === "kind") {
    const kind = KINDS[value.toLowerCase()] || value.toLowerCase().replace(/s$/, "");
    if (!["answer", "paper", "question"].includes(kind)) throw new QueryError("kind");
    return ["field", "kind", kind];
  }
  if (name === "evidence") {
    if (!["half", "gap"].includes(value.toLowerCase())) throw new QueryError("evidence");
    return ["field", "evidence", value.toLowerCase()];
  }
  if (name === "title") {
    const found = terms(value);
    if (!found.length) throw new QueryError("nothing");
    return ["title", found];
  }
  if (name === "date") return dates(value);
  if (name === "paper") throw new QueryError("paper");
  return ["field", name, value];
}

// Months are all that the index knows of days.
function dates(value) {
  let [, start, range, end] = /^(.*?)(?:(\.\.)(.*))?$/su.exec(value);
  if (/^[<>]=/.test(value)) [start, end, range] = value[0] === ">" ? [value.slice(2), "", true] : ["", value.slice(2), true];
  for (const part of [start, end]) if (part && !/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/.test(part)) throw new QueryError("date");
  if (!start && !end || end && start > end + "~") throw new QueryError("date");
  return ["field", "date", start.slice(0, 7), range ? end ? end.slice(0, 7) + "~" : "~" : start.slice(0, 7) + "~"];
}

// What a query wants of a text, and none of what it does not want.
export const leaves = node => node[0] === "and" || node[0] === "or" ? node[1].flatMap(leaves) : node[0] === "not" ? [] : [node];

export const asked = node => leaves(node).flatMap(([kind, value]) =>
  kind === "words" ? value.map(([term]) => term) : kind === "phrase" || kind === "title" ? value : []);
