// The passage of a text that shows best why it was found, chosen as agsite/search/passages.py does; tests hold the two together.
import { stemOf, words } from "./search-terms.js";

const LEAD = 4;
const WORD = /[\p{L}\p{N}]+/gu, SENTENCE_END = /[.?!·]["')\]\u2019\u201d]*$/;

// What a word of a text stands for; `asked` has `terms` and `starts`, beginnings of words.
function part(word, { terms, starts }) {
  for (const one of words(word)) {
    const found = terms.has(stemOf(one)) ? stemOf(one) : starts.find(start => one.startsWith(start));
    if (found) return found;
  }
  return "";
}

// A text in pieces, each with whether it was asked for.
export function marked(text, asked) {
  const pieces = [];
  let at = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!part(word, asked)) continue;
    pieces.push([text.slice(at, index), false], [word, true]);
    at = index + word.length;
  }
  pieces.push([text.slice(at), false]);
  return pieces.filter(([piece]) => piece);
}

// Characters are counted as Python counts them.
export function passage(text, asked, room) {
  const tokens = text.split(" "), at = [0];
  for (const token of tokens) at.push(at.at(-1) + [...token].length + 1);
  const lead = Math.floor(room / LEAD), from = place => at.findIndex(own => own >= place);
  const best = bestOf(tokens.map(token => new Set((token.match(WORD) || []).map(word => part(word, asked)).filter(Boolean))), at, room - lead);
  const first = Math.min(beginning(tokens, best, from(at[best] - lead)), from(at.at(-1) - 1 - room));
  const end = Math.max(first + 1, at.findLastIndex(own => own <= at[first] + room + 1));
  let shown = [...tokens.slice(first, end).join(" ")];
  if (end < tokens.length || shown.length > room) shown = [shown.slice(0, room).join("").replace(/[ ,;:.·]+$/, ""), "…"];
  return marked((first ? "…" : "") + shown.join(""), asked);
}

// Where the stretch begins that has the most different words, closest together.
function bestOf(parts, at, reach) {
  const places = [...parts.keys()].filter(number => parts[number].size);
  let best = 0, most = 0, apart = 0;
  places.forEach((number, index) => {
    const found = new Set(parts[number]);
    let last = number;
    for (let after = index + 1; after < places.length; after++) {
      const other = places[after];
      if (at[other + 1] - 1 - at[number] > reach) break;
      const before = found.size;
      for (const one of parts[other]) found.add(one);
      if (found.size > before) last = other;
    }
    if (found.size > most || found.size === most && last - number < apart) [best, most, apart] = [number, found.size, last - number];
  });
  return best;
}

function beginning(tokens, best, farthest) {
  for (let number = best; number >= farthest; number--) if (!number || SENTENCE_END.test(tokens[number - 1])) return number;
  return farthest;
}
