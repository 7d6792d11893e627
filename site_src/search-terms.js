// Text to terms, exactly as agsite/search/analysis.py does it; tests hold the two together.
import { stem } from "./vendor/porter2/porter2.js";

const SILENT = new Set(("a an and are as at be been but by can could did do does for from had has have how if in into is it "
  + "its may might more no not of on only or our s should so such t than that the their them then there these they this "
  + "those to us was we were what when where which who why will with would yet you your").split(" "));
const LONGEST = 40;
const GREEK = ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau "
  + "upsilon phi chi psi omega").split(" ");
const LETTERS = {
  "\u2019": "'", "\u03d5": " phi ", "\u03f5": " epsilon ",
  ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ß: "ss", ı: "i",
};
GREEK.forEach((name, i) => LETTERS[String.fromCharCode(0x3b1 + i)] = ` ${name} `);

const fold = text => {
  if (/[^\0-\x7f]/.test(text)) {
    text = text.normalize("NFKD").toLowerCase().replace(/[\u03b1-\u03c9\u2019\u03d5\u03f5łøđðþæœßı]/g, c => LETTERS[c]).replace(/\p{M}/gu, "");
  } else text = text.toLowerCase();
  return text.replace(/'s(?![A-Za-z0-9_])/g, "");
};

export const words = text => fold(text).match(/[\p{L}\p{N}]+/gu) || [];

const stems = new Map();
export function stemOf(word) {
  let found = stems.get(word);
  if (found === undefined) stems.set(word, found = SILENT.has(word) || [...word].length > LONGEST ? "" : stem(word));
  return found;
}

export const terms = text => words(text).map(stemOf).filter(Boolean);

// Markdown to prose. Brackets that nothing closes, and rows of spaces, are not each followed to the end of the text.
const CITATIONS = /(?<![ \t])[ \t]*[[(]AG-[^\])]{0,2000}[\])]/gu;
const LINK = /!?\[([^\]]{0,1000})\]\([^)\s]{0,2000}(?:\s"[^"]{0,1000}")?\)/gu;
const BEGINNING = /\n(?:[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\p{Nd}+[.)][ \t]+|```[^\n]*(?=\n)|-{3,}(?=\n))|(?:[ \t]*\t)?[ :|\-][ :\-]*\|[ :|\-]*(?=\n))/gu;
const HEADING = /(\n[ \t]*#{1,6}[ \t][^\n]*)(?=\n)/g;
const ROW = /\n[ \t]*\|([^\n]*)/g;
const EMPHASIS = /\*{2,}|\*(?![ \t])([^*\n]*[^ \t*\n])\*/g;
const FORMATTING = /\\(?:mathrm|mathbf|mathcal|mathbb|mathit|text|textrm|textit|textbf|operatorname|left|right|frac|dfrac|tfrac|sqrt|quad|qquad|begin|end|label|rm|bf|it|big|Big|bigl|bigr|[,;:! ])(?![A-Za-z])/g;
// White space is what Python takes for it.
const SPACE = /(?:[^\S\ufeff]|[\x1c-\x1f\x85])+/;

function cells(_, row) {
  return row.split(/(?<!\\)\|/).map((cell) => (/[^ \t`$]/.test(cell) ? `\n${cell} ·` : "")).join("");
}

export function clean(markdown) {
  let text = `\n${markdown.replace(CITATIONS, "").replace(LINK, "$1")}\n`;
  text = text.replace(HEADING, "$1 ·").replace(BEGINNING, "\n").replace(ROW, cells).replace(EMPHASIS, "$1").replace(/[`$|]+/g, "");
  if (text.includes("\\")) text = text.replace(FORMATTING, " ").replace(/\\([A-Za-z]+)/g, "$1").replace(/[{}]/g, "");
  return text.split(SPACE).filter(Boolean).join(" ");
}
