// Scores documents from the shards that agsite/search/shards.py writes, with the numbers of agsite/search/scoring.py.
import { marked, passage } from "./search-passage.js";
import { clean, stemOf, terms } from "./search-terms.js";
import { asked, leaves, makeField, parse } from "./search-query.js";

const EXPANSIONS = 24, FEW = 3, NEAREST = 3, ROOM = 150;
const ENDINGS = ["", ..."ble e g ng n y ted d ly ed lity s r nt ent us ty ity l on ion tion ul ss ess m".split(" ")];
const PAPER_ID = /^AG-(\d{4}\.\d\d)-(\d{1,6})$/i;
// Any spelling, as in agsite/papers/identifiers.py. An old id may name the subject class, which the normal form leaves out.
const ARXIV_ID = /^(?:https?:\/\/(?:[a-z]+\.)?)?(?:(?:oai:)?arxiv(?:\.org\/(?:abs|pdf)\/|[:./])\s*)?(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?\/\d{7})(?:v\d+)?(?:\.pdf)?$/;
const SUBJECT_CLASS = /\.[a-z]{2}(?=\/\d)/;
// A title counts twice, so a term of it has at least this frequency.
const IN_TITLE = 2;
const SHORTEST_SLIP = 4, LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
const rounded = score => Math.floor(score * 1e6 + .5) / 1e6;
const decode = bytes => new TextDecoder().decode(bytes);

export class Search {
  // `read(path)` fetches a file below the folder of the search: unpacked bytes, or null where there is none.
  constructor(read) {
    this.read = read;
    this.shards = new Map();
    this.blocks = new Map();
    this.lists = new Map();
    this.texts = new Map();
  }

  get opened() { return this.opening ??= this.open(); }
  get ready() { return this.loading ??= this.load(); }

  async open() {
    const meta = JSON.parse(decode(await this.read("meta.json")));
    this.catalogue = JSON.parse(decode(await this.read(meta.catalogue)));
    this.borders = this.catalogue.terms.split(" ");
    this.count = meta.documents;
  }

  async load() {
    await this.opened;
    const { catalogue } = this;
    const packed = await this.read(`docs-${catalogue.docs}.bin`), { k1, b } = catalogue;
    this.norms = new Float64Array(this.count);
    this.first = {};
    let doc = 0, block = 0, at = 0;
    for (const [kind, count, size, low, span] of catalogue.kinds) {
      this.first[kind] = { doc, end: doc + count, block, size };
      const average = catalogue.averages[kind], norms = catalogue.lengths.map(length => k1 * (1 - b + b * length / average));
      // As many lengths to a byte as it holds: agsite/search/packing.py.
      let each = 8;
      while (span ** each > 256) each--;
      for (let i = 0; i < count; i++) this.norms[doc++] = norms[Math.floor(packed[at + Math.floor(i / each)] / span ** (i % each)) % span + low];
      at += Math.ceil(count / each);
      block += Math.ceil(count / size);
    }
  }

  // --- terms

  shardAt(term) {
    const { borders } = this;
    let low = 0, high = borders.length;
    while (low < high) {
      const middle = low + high >> 1;
      borders[middle] <= term ? low = middle + 1 : high = middle;
    }
    return Math.max(0, low - 1);
  }

  shard(number) {
    let shard = this.shards.get(number);
    if (!shard) this.shards.set(number, shard = this.readShard(number));
    return shard;
  }

  // Hashes of files stand side by side.
  hash(hashes, number) { return hashes.slice(number * this.catalogue.hash, (number + 1) * this.catalogue.hash); }

  async readShard(number) {
    const data = await this.read(`t${number}-${this.hash(this.catalogue.shards, number)}.bin`);
    const size = new DataView(data.buffer, data.byteOffset).getUint32(0, true), terms = new Map();
    let at = 4 + size;
    for (const [term, word, holding, width, kept] of JSON.parse(decode(data.subarray(4, at)))) {
      const end = at + width * kept;
      terms.set(term, { term, word: word === "=" ? term : word, holding, width, kept, gaps: data.subarray(at, end), tfs: data.subarray(end, end + kept) });
      at = end + kept;
    }
    return terms;
  }

  async entry(term) { return this.catalogue.terms ? (await this.shard(this.shardAt(term))).get(term) : undefined; }

  // The numbers of the shards in which words that begin so are.
  shardsFrom(start) {
    const first = this.shardAt(start), last = this.shardAt(start + "\uffff");
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  async entriesIn(numbers) {
    if (!this.catalogue.terms) return [];
    return (await Promise.all(numbers.map(number => this.shard(number)))).flatMap(shard => [...shard.values()]);
  }

  async entriesFrom(start) { return (await this.entriesIn(this.shardsFrom(start))).filter(entry => entry.term.startsWith(start)); }

  // Words with the same first letter that a slip may have made this of: of all shards of the letter, those of the beginnings
  // that a slip in the second or third letter leads to.
  async entriesNear([a, b, c = "", d = ""]) {
    const starts = [a + b, a + c + d, ...LETTERS.flatMap(letter => [a + letter + b, a + letter + c])];
    const numbers = new Set(starts.flatMap(start => this.shardsFrom(start)));
    return (await this.entriesIn([...numbers])).filter(({ word }) => word.startsWith(a));
  }

  docs(entry) {
    let docs = this.lists.get(entry);
    if (docs) return docs;
    this.lists.set(entry, docs = new Int32Array(entry.kept));
    const view = new DataView(entry.gaps.buffer, entry.gaps.byteOffset), { width } = entry;
    for (let i = 0, doc = 0; i < entry.kept; i++) {
      doc += width === 1 ? view.getUint8(i) : width === 2 ? view.getUint16(2 * i, true) : view.getUint32(4 * i, true);
      docs[i] = doc;
    }
    return docs;
  }

  async completions(start) {
    const found = best(await this.entriesFrom(start));
    if (found.length) return found;
    const stems = ENDINGS.map(ending => stemOf(start + ending)).filter(Boolean);
    return (await Promise.all(stems.map(stem => this.entry(stem)))).filter(Boolean).slice(0, 1);
  }

  async near(term) { return best((await this.entriesFrom(term.slice(0, 3))).filter(entry => withinOne(term, entry.term))); }

  // --- evaluation: the leaves of a query become their documents with scores, then each document is looked at by itself

  // A leaf is ["found", Map of document → score], and where only the text can tell whether it holds, a test of that.
  async prepared(node) {
    const [kind, value, ...rest] = node, found = async scores => ["found", await scores];
    switch (kind) {
      case "words": return found(this.score(await Promise.all(value.map(async ([term, count]) => [await this.entry(term), count]))));
      case "prefix": return found(this.score((await this.completions(value)).map(entry => [entry, 1])));
      case "fuzzy": return found(this.score((await this.near(value)).map(entry => [entry, 1])));
      case "phrase": return [...await found(this.together(value)), text => inPhrase(value, text)];
      case "title": return [...await found(this.together(value, IN_TITLE)), text => inTitle(value, text)];
      case "field": return found(this.field(value, ...rest));
      case "not": return [kind, await this.prepared(value)];
      default: return [kind, await Promise.all(value.map(inner => this.prepared(inner)))];
    }
  }

  // Every document that matches, or may once its text is known, with the highest score that it can have.
  match(node) {
    const scores = new Map();
    for (const doc of this.reach(node).keys()) {
      const score = scoreOf(node, doc);
      if (score !== undefined) scores.set(doc, score);
    }
    return scores;
  }

  // Documents among which are all that match; not many more, where a condition leaves few.
  reach([kind, value]) {
    if (kind === "found") return value;
    if (kind === "or") return new Set(value.flatMap(inner => [...this.reach(inner).keys()]));
    const parts = kind === "and" ? value.filter(([own]) => own !== "not").map(inner => this.reach(inner)) : [];
    return parts.length ? parts.reduce((one, other) => other.size < one.size ? other : one) : new Set(Array(this.count).keys());
  }

  score(entries, least = 1) {
    const scores = new Map(), factor = this.catalogue.k1 + 1;
    for (const [entry, count] of entries) {
      if (!entry) continue;
      const idf = Math.log(1 + (this.count - entry.holding + .5) / (entry.holding + .5));
      const weight = count * idf * factor, docs = this.docs(entry);
      for (let i = 0; i < docs.length; i++) {
        const tf = entry.tfs[i];
        if (tf < least) continue;
        scores.set(docs[i], (scores.get(docs[i]) || 0) + weight * tf / (tf + this.norms[docs[i]]));
      }
    }
    return scores;
  }

  // Documents that have all of the terms, each at least so often; whether they stand as they should, the text will say.
  async together(found, least) {
    const counts = new Map();
    for (const term of found) counts.set(term, (counts.get(term) || 0) + 1);
    return common(await Promise.all([...counts].map(async ([term, count]) => this.score([[await this.entry(term), count]], least))));
  }

  // --- facets

  get facets() { return this.facetsLoading ??= this.loadFacets(); }

  async loadFacets() {
    const { file, values } = this.catalogue.facets, data = await this.read(`facets-${file}.bin`), n = this.count, columns = {};
    Object.keys(values).forEach((name, i) => {
      const low = data.subarray(2 * i * n), high = data.subarray((2 * i + 1) * n);
      columns[name] = Uint16Array.from({ length: n }, (_, doc) => low[doc] | high[doc] << 8);
    });
    return { values, columns };
  }

  kindOf(doc) { return this.catalogue.kinds.find(([kind]) => doc < this.first[kind].end)[0]; }

  async field(name, value, until) {
    const found = new Map();
    if (name === "kind") {
      for (let doc = this.first[value].doc; doc < this.first[value].end; doc++) found.set(doc, 0);
      return found;
    }
    const { values, columns } = await this.facets, column = columns[name === "date" ? "month" : name];
    const fits = {
      date: own => value <= own && own <= until,
      category: own => own === value || own.startsWith(value + "."),
      model: own => own.toLowerCase().includes(value.toLowerCase()),
      evidence: own => own === value,
    }[name];
    const wanted = values[name === "date" ? "month" : name].map(fits);
    for (let doc = 0; doc < this.count; doc++) {
      const own = column[doc];
      if (name === "evidence" ? wanted.some((fit, i) => fit && own >> i & 1) : own && wanted[own - 1]) found.set(doc, 0);
    }
    return found;
  }

  // How many have each value of a facet, of the documents that pass the filters of the others.
  async countFacets(matched, filters) {
    const { values, columns } = await this.facets, counts = { kind: {} };
    const passing = name => matched.filter(doc => filters.every(([facet, filter]) => facet === name || scoreOf(filter, doc) !== undefined));
    for (const doc of passing("kind")) counts.kind[this.kindOf(doc)] = (counts.kind[this.kindOf(doc)] || 0) + 1;
    for (const name of Object.keys(values)) {
      const tally = new Uint32Array(values[name].length);
      for (const doc of passing(name)) {
        const own = columns[name][doc];
        if (name === "evidence") tally.forEach((_, i) => tally[i] += own >> i & 1);
        else if (own) tally[own - 1]++;
      }
      const pairs = values[name].map((value, i) => [value, tally[i]]).filter(([, count]) => count);
      counts[name] = Object.fromEntries(pairs.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
    }
    return counts;
  }

  // --- what is shown

  async card(doc) {
    const { doc: start, block, size } = this.first[this.kindOf(doc)], number = block + Math.floor((doc - start) / size);
    let cards = this.blocks.get(number);
    if (!cards) this.blocks.set(number, cards = this.readBlock(number));
    const [url, title, category, date, model, counts, text = "", strip = "", rejected = false] = (await cards)[(doc - start) % size];
    return { doc, kind: this.kindOf(doc), url, title, category, date, model, counts, text, strip, rejected };
  }

  async readBlock(number) {
    const group = Math.floor(number / this.catalogue.cards_in_group);
    return JSON.parse(decode(await this.read(`c${number}-${this.hash(this.catalogue.cards, group)}.bin`)));
  }

  // The terms of title and text, from the files that the site publishes of every answer and paper.
  sequence(doc) {
    let found = this.texts.get(doc);
    if (!found) this.texts.set(doc, found = this.readText(doc));
    return found;
  }

  async titled(doc) { return { title: ` ${terms((await this.card(doc)).title).join(" ")} ` }; }

  async readText(doc, signal) {
    const { kind, url } = await this.card(doc);
    let text = "";
    if (kind === "answer") {
      const data = await this.read(`../${url}index.md`, signal);
      text = data ? decode(data).replace(/^---\n[^]*?\n---\n/, "") : "";
    } else if (kind === "paper") {
      const data = await this.read(`../${url}index.json`, signal), paper = data ? JSON.parse(decode(data)) : {};
      text = paper.abstract || paper.summary || "";
    }
    const prose = clean(text);
    return { ...await this.titled(doc), text: ` ${terms(prose).join(" ")} `, prose };
  }

  // The best passage of a whole text. What a signal may stop is shared with others only when it is there.
  async passage({ doc, asked, room }, signal) {
    const text = await (this.texts.get(doc) ?? this.readText(doc, signal));
    this.texts.set(doc, text);
    return passage(text.prose, asked, room);
  }

  // What is to be marked.
  async marks(node) {
    const all = kind => leaves(node).filter(([own]) => own === kind).map(([, value]) => value);
    const near = await Promise.all(all("fuzzy").map(term => this.near(term)));
    const shorter = await Promise.all(all("prefix").map(async start => (await this.completions(start)).filter(({ term }) => !term.startsWith(start))));
    return { terms: new Set([...asked(node), ...[...near, ...shorter].flat().map(({ term }) => term)]), starts: all("prefix") };
  }

  // The documents that pass, best first. As long as one of the first `needed` is in doubt, texts are read, those of the best
  // candidates first: once a text is known, a score is as high as was hoped, or lower. `settled` says that none is in doubt,
  // be it among those that pass or not.
  async decided(node, scores, passes, read, needed, byDate) {
    const doubtful = new Set([...scores].filter(([doc, score]) => scoreOf(node, doc, null, false) !== score).map(([doc]) => doc));
    for (;;) {
      const ranked = await this.ranked([...scores].filter(([doc]) => passes(doc)), byDate);
      const inDoubt = ([doc]) => doubtful.has(doc);
      if (!ranked.slice(0, needed).some(inDoubt)) return { ranked, exact: !ranked.some(inDoubt), settled: !doubtful.size };
      const next = ranked.filter(inDoubt).slice(0, needed).map(([doc]) => doc);
      const texts = await Promise.all(next.map(read));
      next.forEach((doc, i) => {
        const score = scoreOf(node, doc, texts[i]);
        if (score === undefined) scores.delete(doc);
        else scores.set(doc, score);
        doubtful.delete(doc);
      });
    }
  }

  async ranked(scored, byDate) {
    const months = byDate ? (await this.facets).columns.month : null;
    const pairs = scored.map(([doc, score]) => [doc, rounded(score)]);
    const value = byDate ? ([doc]) => months[doc] : ([, score]) => score;
    return pairs.sort((a, b) => value(b) - value(a) || b[0] - a[0]);
  }

  async search(text, { filters = {}, sort = "relevance", limit = 10, room = 0, facets = false } = {}) {
    await this.opened;
    const paper = await this.paperOf(text);
    if (paper) return { text, total: 0, exact: true, hits: [], ...paper };
    let query = parse(text);
    // The postings come while the lengths do.
    await Promise.all([this.ready, ...asked(query.node).map(term => this.entry(term))]);
    // A last word that no document has counts as a beginning.
    if (query.last && !await this.entry(query.last)) query = parse(text, true);
    const chosen = Object.entries(filters).filter(([, values]) => values.length);
    const node = await this.prepared(query.node);
    const narrowing = await Promise.all(chosen.map(async ([name, values]) =>
      [name === "date" ? "month" : name, await this.prepared(["or", values.map(value => makeField(name, value))])]));
    const scores = this.match(node), passes = doc => narrowing.every(([, filter]) => scoreOf(filter, doc) !== undefined);
    const read = hasPhrase(query.node) ? doc => this.sequence(doc) : doc => this.titled(doc);
    const { ranked, exact, settled } = await this.decided(node, scores, passes, read, limit, sort === "date");
    const hits = await Promise.all(ranked.slice(0, limit).map(async ([doc, score]) => ({ ...await this.card(doc), score })));
    const total = ranked.length, wanted = await this.marks(query.node);
    // A text that was read for a phrase is at hand, and its best passage with it.
    const excerpt = async ({ doc, text }) => {
      const prose = (await this.texts.get(doc))?.prose;
      return room || prose ? passage(prose || text, wanted, room || ROOM) : marked(text, wanted);
    };
    return {
      text, total, exact, settled, asked: wanted,
      hits: await Promise.all(hits.map(async hit => ({ ...hit, title: marked(hit.title, wanted), text: await excerpt(hit), cut: hit.text.endsWith("…") }))),
      suggestion: total < FEW ? await this.didYouMean(text, query.words) : null,
      facets: facets ? await this.countFacets([...scores.keys()], narrowing) : null,
      filtered: chosen.length > 0,
    };
  }

  // The paper that an id names, or those whose ids are nearest to it; null where the text is no id of ours.
  async paperOf(text) {
    const given = text.trim().replace(/^\[|\]$/g, ""), arxiv = ARXIV_ID.exec(given.toLowerCase().replace(SUBJECT_CLASS, "")), own = PAPER_ID.exec(given);
    if (!arxiv && !own) return null;
    if (own && await this.read(`../paper/${given.toUpperCase()}/index.json`)) return { goto: `paper/${given.toUpperCase()}/` };
    const ids = await this.ids, goto = ids[arxiv ? `arxiv:${arxiv[1]}` : `${own[1]}-${Number(own[2])}`];
    if (goto || arxiv) return goto ? { goto } : null;
    return { missing: given.toUpperCase(), hits: await Promise.all(nearest(ids, own).map(url => this.paperCard(url))) };
  }

  get ids() { return this.idsLoading ??= this.loadIds(); }

  async loadIds() { return JSON.parse(decode(await this.read(`ids-${this.catalogue.ids}.bin`))); }

  // A paper found by its address, as a hit with nothing to mark.
  async paperCard(url) {
    const data = await this.read(`../${url}index.json`), id = url.split("/")[1];
    const { title, category, cited_in: cited = [] } = data ? JSON.parse(decode(data)) : {};
    return { kind: "paper", url, title: [[title || id, false]], category, date: id.slice(3, 10).replace(".", "-"), counts: [cited.length], text: [] };
  }

  async didYouMean(text, found) {
    let meant = text;
    for (const word of new Set(found)) {
      if (!stemOf(word) || await this.entry(stemOf(word))) continue;
      const near = word.length < SHORTEST_SLIP ? null : suggestion(word, await this.entriesNear(word));
      if (near) meant = meant.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, "giu"), near);
    }
    return meant === text ? null : meant;
  }
}

const inPhrase = (found, { title, text }) => [title, text].some(part => part.includes(` ${found.join(" ")} `));
const inTitle = (found, { title }) => found.every(term => title.includes(` ${term} `));

// Whether a query has a phrase anywhere; where it has none, titles are all that must be looked into.
const hasPhrase = ([kind, value]) => kind === "phrase" || kind === "not" && hasPhrase(value)
  || (kind === "and" || kind === "or") && value.some(hasPhrase);

// The score of a document, undefined where it does not match. Without its text, what only that can tell is as `hoped`: true
// gives the most that the score can be, and where false gives the same, the text is not needed.
function scoreOf([kind, value, test], doc, text = null, hoped = true) {
  if (kind === "found") return value.has(doc) && (!test || (text ? test(text) : hoped)) ? value.get(doc) : undefined;
  if (kind === "not") return scoreOf(value, doc, text, !hoped) === undefined ? 0 : undefined;
  const parts = value.map(inner => scoreOf(inner, doc, text, hoped)), there = parts.filter(part => part !== undefined);
  return there.length && (kind === "or" || there.length === parts.length) ? there.reduce((sum, part) => sum + part) : undefined;
}

// The addresses of the papers whose months, and of one month numbers, are nearest; of equals the lower ones.
function nearest(ids, [, month, number]) {
  const months = name => 12 * name.slice(0, 4) + Number(name.slice(5, 7)), own = name => Number(name.slice(8));
  const far = name => [Math.abs(months(name) - months(month)), Math.abs(own(name) - number), months(name), own(name)];
  const papers = Object.keys(ids).filter(name => !name.startsWith("arxiv:")).map(name => [far(name), ids[name]]);
  const order = ([one], [other]) => one.map((part, i) => part - other[i]).find(Boolean) ?? 0;
  return papers.sort(order).slice(0, NEAREST).map(([, url]) => url);
}

const best = entries => entries.sort((a, b) => b.holding - a.holding || (a.term < b.term ? -1 : 1)).slice(0, EXPANSIONS);

function common(parts) {
  const [first, ...others] = parts, found = new Map();
  for (const [doc, score] of first) if (others.every(part => part.has(doc))) found.set(doc, others.reduce((sum, part) => sum + part.get(doc), score));
  return found;
}

export function withinOne(one, other) {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  if (short.length !== long.length) return short.slice(same) === long.slice(same + 1);
  return short.slice(same + 1) === long.slice(same + 1)
    || short[same] === long[same + 1] && short[same + 1] === long[same] && short.slice(same + 2) === long.slice(same + 2);
}

export function distance(one, other) {
  let before = [], row = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= other.length; j++) {
      let cost = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
      row.push(cost);
    }
    before = above;
  }
  return row[other.length];
}

function suggestion(word, entries) {
  const slips = word.length < 8 ? 1 : 2;
  let meant = null, nearest = slips, most = 0;
  for (const { word: other, holding } of entries) {
    if (Math.abs(other.length - word.length) > slips) continue;
    const far = distance(word, other);
    if (far && (far < nearest || far === nearest && holding > most)) [meant, nearest, most] = [other, far, holding];
  }
  return meant;
}
