// The page of results and the palette. Text from the archive reaches the page as text nodes only.
const folder = new URL("../search/", import.meta.url);
const page = document.querySelector("#results");
const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter(child => child || child === 0));
  return element;
};

// --- the worker, started by the first question

let worker, asked = 0;
const waiting = new Map();
const ask = (text, options) => send({ text, options });
function send(message) {
  if (!worker) {
    worker = new Worker(new URL("./search-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
    worker.onerror = () => {
      for (const answer of waiting.values()) answer({ problem: "failed" });
      waiting.clear();
      // A worker that failed to load never answers; the next question starts another.
      worker.terminate();
      worker = undefined;
    };
  }
  const id = ++asked;
  worker.postMessage({ ...message, id, folder: folder.href });
  return new Promise(resolve => waiting.set(id, resolve));
}

// --- words and rows

let template = document.querySelector("#palette");
const words = key => template.dataset[key] ?? "";
const number = value => value.toLocaleString("en").replaceAll(",", words("thousands"));
const fill = (key, values) => words(key).replace(/\{(\w+)\}/g, (_, name) => typeof values[name] === "number" ? number(values[name]) : values[name]);
const camel = (group, value) => group + value[0].toUpperCase() + value.slice(1);
const day = date => {
  const [year, at, own] = date.split("-"), month = words("months").split(" ")[at - 1];
  return month ? fill(own ? "day" : "month", { day: String(+own), month, year }) : date;
};
const marked = pieces => pieces.map(([text, mark]) => mark ? make("mark", "", text) : text);
const counts = ({ kind, counts: [a, b] }) => a === undefined || kind === "paper" && !a ? "" : fill(camel("counts", kind), { a, b });
const facts = hit => [words(camel("kind", hit.kind)), hit.kind === "paper" ? hit.url.split("/")[1] : hit.category, hit.date && day(hit.date), counts(hit)].filter(Boolean).join("\u2002·\u2002");
const about = hit => [hit.rejected && make("span", "label", words("rejected")), hit.rejected && " ", facts(hit)];
const address = url => new URL(`../${url}`, folder).href;
const link = (hit, ...children) => {
  const a = make("a", "", ...children);
  a.href = address(hit.url);
  return a;
};

// An answer's strip, as agsite/search/strips.py writes it: runs of columns, then distances of citations.
const SVG = "http://www.w3.org/2000/svg", COLUMNS = 128, STEPS = 30;
const code = char => char.charCodeAt() - (char > "\\" ? 36 : 35);
function strip([runs, lines]) {
  const paths = { b: "", u: "", g: "", l1: "", l2: "", l3: "" };
  let at = 0;
  for (const char of runs) {
    const kind = "bug"[Math.floor(code(char) / STEPS)], width = code(char) % STEPS + 1;
    paths[kind] += kind === "u" ? `M${at} 14h${width}` : kind === "b" ? `M${at} 0h${width}v28h-${width}z` : `M${at} 5h${width}v18h-${width}z`;
    at += width;
  }
  at = 0;
  for (const char of lines) {
    at += code(char) === 3 * STEPS ? STEPS : code(char) % STEPS;
    if (code(char) < 3 * STEPS) paths[`l${Math.floor(code(char) / STEPS) + 1}`] += `M${at} 0v28`;
  }
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["class", "mini"], ["viewBox", `0 0 ${COLUMNS} 28`], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  for (const [kind, d] of Object.entries(paths)) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", kind);
    path.setAttribute("d", d);
    if (d) svg.append(path);
  }
  return svg;
}

// --- excerpts: what is stored of a text is its beginning. Where neither that nor the title has a word that was asked for,
// the text is looked into when the row comes near, and the excerpt exchanged for its best passage.

const ROOMS = [150, 125, 100];
const searched = new WeakMap();
const near = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    improve(target, searched.get(target));
  }
}, { rootMargin: "50% 0px" });

function excerpt(tag, className, hit, asked, rooms) {
  if (!hit.text.length) return "";
  const element = make(tag, className, ...marked(hit.text));
  const bare = hit.cut && (asked.terms.size || asked.starts.length) && ![...hit.title, ...hit.text].some(([, mark]) => mark);
  if (bare) {
    searched.set(element, { doc: hit.doc, asked, rooms });
    near.observe(element);
  }
  return element;
}

async function improve(element, { rooms, ...wanted }) {
  for (const room of rooms) {
    const { found } = await send({ passage: { ...wanted, room } });
    if (!element.isConnected || !found?.some(([, mark]) => mark) || exchanged(element, found)) return;
  }
}

// What is below must not move: an excerpt keeps its height, and one that would need more is not taken.
function exchanged(element, pieces) {
  const before = [...element.childNodes], height = () => element.getBoundingClientRect().height, own = height();
  element.replaceChildren(...marked(pieces));
  const fits = height() <= own;
  if (!fits) element.replaceChildren(...before);
  else if (height() < own) element.style.minHeight = `${own}px`;
  return fits;
}

function forget() {
  near.disconnect();
  worker?.postMessage({});
}

function row(hit, asked) {
  const ring = hit.kind === "question" && make("span", "ring");
  if (ring) ring.setAttribute("aria-hidden", "true");
  const body = make("div", "", make("p", "q", ring, ring && " ", link(hit, ...marked(hit.title))), make("p", "meta", ...about(hit)));
  body.append(excerpt("p", "note", hit, asked, ROOMS));
  return make("li", "", body, hit.strip && strip(hit.strip.split(" ")));
}

// Little words, and a letter or two, are how a question begins.
const begins = found => [...found.asked.terms].every(term => term.length < 3);

function outcome(found, sort, typing) {
  if (found.problem) return words(found.problem) || words("failed");
  if (found.missing) return fill("missing", { q: found.missing }) + (found.hits.length ? ` ${words("nearest")}` : "");
  if (!found.total) return typing && begins(found) ? words("ask") : fill("none", { q: found.text });
  const newest = sort === "date";
  if (!found.exact) return fill(newest ? "someNewest" : "some", { n: found.hits.length });
  return found.total === 1 ? words("one") : fill(newest ? "newest" : "many", { n: found.total });
}

// Arrows walk from the field through the links and back.
function walk(event, field, list) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [field, ...list.querySelectorAll("li a")], at = stops.indexOf(document.activeElement);
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

const soon = (wait, action) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
};

// --- the page of results

const FACETS = ["kind", "category", "evidence", "model", "year"];
const STEP = 10, VALUES = 12;

function resultsPage() {
  const { title } = document;
  const form = document.querySelector("#find"), field = form.querySelector("input");
  const filters = page.querySelector("details"), status = page.querySelector("[role=status]"), list = page.querySelector("ul.list");
  const more = page.querySelector("button"), browse = page.querySelector(".browse"), newest = filters.querySelector("[name=sort]");
  // A draft is an address that was not asked for, but followed what was being typed.
  let state, drawn, draft, here, latest = 0;

  function read() {
    draft = false;
    here = location.search;
    const given = new URL(location).searchParams, { limit = STEP, height = 0 } = history.state ?? {};
    state = { q: given.get("q") || "", sort: given.get("sort") === "date" ? "date" : "relevance", limit, filters: {} };
    for (const name of FACETS) state.filters[name] = given.getAll(name);
    field.value = state.q;
    newest.checked = state.sort === "date";
    // Room for the rows that come again, so that the browser can go back to where one was.
    list.style.minHeight = `${height}px`;
  }

  const remember = () => history.replaceState({ limit: state.limit, height: list.offsetHeight }, "");

  // What is typed after a search is a new step in the history, and all that is typed until Enter is one.
  function write(typing, over = draft) {
    const url = new URL(location);
    url.search = "";
    if (state.q) url.searchParams.set("q", state.q);
    for (const name of FACETS) for (const value of state.filters[name]) url.searchParams.append(name, value);
    if (state.sort === "date") url.searchParams.set("sort", "date");
    if (url.href !== location.href) history[over ? "replaceState" : "pushState"](null, "", url);
    here = location.search;
    draft = typing;
  }

  // The first rows may be kept.
  async function run(typing, kept = 0) {
    const turn = ++latest;
    document.title = (state.q.trim() && `${state.q} · `) + title;
    if (!kept) forget();
    if (!state.q.trim()) {
      list.replaceChildren();
      list.style.minHeight = "";
      status.textContent = words("ask");
      filters.hidden = more.hidden = true;
      browse.hidden = false;
      return;
    }
    const slow = setTimeout(() => turn === latest && status.replaceChildren(words("searching")), 400);
    const { year, ...chosen } = state.filters;
    const options = { sort: state.sort, limit: state.limit, filters: { ...chosen, date: year } };
    const answer = await ask(state.q, options);
    clearTimeout(slow);
    if (turn !== latest) return;
    const found = answer.found ?? { problem: answer.problem, hits: [], total: 0 };
    if (found.goto && !typing) return location.replace(address(found.goto));
    show(found.goto ? { ...found, total: 1, hits: [] } : found, kept, typing);
    drawn = state;
    if (found.problem || found.goto || found.missing) {
      filters.hidden = true;
      return;
    }
    const counted = await ask(state.q, { ...options, facets: true });
    if (turn === latest && counted.found) showFacets(counted.found);
  }

  function show(found, kept, typing) {
    while (list.children.length > kept) list.lastChild.remove();
    list.append(...found.hits.slice(kept).map(hit => row(hit, found.asked)));
    list.style.minHeight = "";
    const jump = found.goto ? [link({ url: found.goto }, found.text)] : [];
    status.replaceChildren(outcome(found, state.sort, typing), ...jump.flatMap(a => [" ", a]));
    if (found.suggestion) status.append(" ", words("meant"), " ", again(found.suggestion, () => ({ ...state, q: found.suggestion })), "?");
    if (!found.total && found.filtered) status.append(" ", again(words("off"), () => ({ ...state, filters: Object.fromEntries(FACETS.map(name => [name, []])) })));
    more.hidden = found.exact ? found.hits.length >= found.total : found.hits.length < state.limit;
    browse.hidden = found.total > 0;
  }

  function again(text, next) {
    const button = make("button", "btn", text);
    button.type = "button";
    button.addEventListener("click", () => {
      state = { ...next(), limit: STEP };
      field.value = state.q;
      write(false, false);
      run();
      field.focus();
    });
    return button;
  }

  // What turns out not to have a phrase is counted until its text is read.
  function showFacets({ facets, settled }) {
    const years = {};
    for (const [month, count] of Object.entries(facets.month)) years[month.slice(0, 4)] = (years[month.slice(0, 4)] || 0) + count;
    const fixed = { kind: ["answer", "paper", "question"], evidence: ["half", "gap"], year: Object.keys(years).sort().reverse() };
    const groups = Object.fromEntries(FACETS.map(name => [name, ordered(name === "year" ? years : facets[name], fixed[name])]));
    const focused = document.activeElement?.name && [document.activeElement.name, document.activeElement.value];
    const sets = FACETS.map(name => facet(name, groups[name], settled)).filter(Boolean);
    filters.replaceChildren(filters.querySelector("summary"), filters.querySelector(".sort"), ...sets);
    filters.hidden = !sets.length;
    if (focused) [...filters.querySelectorAll("input")].find(box => box.name === focused[0] && box.value === focused[1])?.focus();
  }

  function ordered(values, order) {
    return order ? order.filter(value => values[value]).map(value => [value, values[value]]) : Object.entries(values);
  }

  // Facets of which a reader asked to see every value.
  const whole = new Set();

  function facet(name, rows, settled) {
    const ticked = state.filters[name];
    for (const value of ticked) if (!rows.some(([other]) => other === value)) rows.push([value, 0]);
    if (!rows.length) return null;
    const set = make("fieldset", "facet", make("legend", "", words(camel("facet", name))));
    const shown = rows.filter(([value], at) => at < VALUES || whole.has(name) || ticked.includes(value));
    for (const [value, count] of shown) {
      const box = make("input");
      Object.assign(box, { type: "checkbox", name, value, checked: ticked.includes(value) });
      const text = name === "kind" ? words(camel("kind", value)) : name === "evidence" ? words(camel("evidence", value)) : value;
      set.append(make("label", "", box, text, make("span", "num", (settled ? "" : "≤\u202f") + number(count))));
    }
    if (shown.length < rows.length) {
      const rest = make("button", "btn", fill("rest", { n: rows.length - shown.length }));
      rest.type = "button";
      rest.addEventListener("click", () => {
        whole.add(name);
        const all = facet(name, rows, settled);
        set.replaceWith(all);
        [...all.querySelectorAll("input")].find(box => !shown.some(([value]) => value === box.value)).focus();
      });
      set.append(make("p", "lead", rest));
    }
    return set;
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    state = { ...state, q: field.value, limit: STEP };
    write(false);
    run();
  });
  field.addEventListener("input", soon(120, () => {
    if (field.value === state.q) return;
    state = { ...state, q: field.value, limit: STEP };
    write(true);
    run(true);
  }));
  filters.addEventListener("change", ({ target }) => {
    if (target.name === "sort") state = { ...state, sort: target.checked ? "date" : "relevance" };
    else {
      const others = state.filters[target.name].filter(value => value !== target.value);
      state = { ...state, filters: { ...state.filters, [target.name]: target.checked ? [...others, target.value] : others } };
    }
    state.limit = STEP;
    write(false, false);
    run();
  });
  more.addEventListener("click", async () => {
    const shown = list.children.length, kept = drawn === state ? shown : 0;
    state = { ...state, limit: state.limit + STEP };
    await run(false, kept);
    remember();
    list.children[shown]?.querySelector("a").focus();
  });
  list.addEventListener("click", remember);
  document.querySelector("main").addEventListener("keydown", event => walk(event, field, list));
  addEventListener("popstate", () => {
    // A link within the page is no search.
    if (location.search === here) return remember();
    read();
    run();
  });
  filters.open = matchMedia("(min-width:60rem)").matches;
  read();
  run();
  if (!state.q) field.focus();
}

// --- the palette: site.js has opened a bare field, which keeps what is typed and gets its words, rows and style here

let furnished;
export const furnish = field => page ? null : furnished ??= fit(field.closest("dialog"), field);

async function fit(palette, field) {
  // What every question needs comes while the first one is typed.
  send({});
  const [html] = await Promise.all([fetch(folder).then(answer => answer.text()), styled()]);
  const parts = new DOMParser().parseFromString(html, "text/html");
  template = document.adoptNode(parts.querySelector("#palette"));
  const lists = [...parts.querySelectorAll(".browse a")].map(list => {
    const a = make("a", "", list.textContent);
    a.href = new URL(list.getAttribute("href"), folder);
    return make("li", "", a);
  });
  const whole = document.importNode(template.content, true).firstElementChild;
  for (const [bare, full] of [[palette, whole], [field, whole.querySelector("input")]]) {
    for (const { name, value } of full.attributes) bare.setAttribute(name, value);
  }
  // What site.js says of a search that failed before.
  while (field.form.nextSibling) field.form.nextSibling.remove();
  palette.append(...[...whole.children].slice(1));
  enliven(palette, field, lists);
}

function styled() {
  const style = Object.assign(make("link"), { rel: "stylesheet", href: new URL("./search.css", import.meta.url) });
  document.head.append(style);
  return new Promise(done => style.onload = style.onerror = done);
}

// `lists` are rows that lead to everything there is, for when the search cannot be loaded.
function enliven(palette, field, lists) {
  const list = palette.querySelector("ul"), status = palette.querySelector("[role=status]");
  let latest = 0, shown;
  // One line of an excerpt is shown: half of it on a phone.
  const room = innerWidth < 640 ? 48 : 90;
  const rowOf = hit => make("li", "", link(hit, ...marked(hit.title), make("span", "meta", ...about(hit)), excerpt("span", "meta line", hit, shown.asked, [room])));
  const rows = () => {
    if (shown.goto) return [make("li", "", link({ url: shown.goto }, shown.text))];
    return shown.problem === "failed" ? lists : shown.hits.map(rowOf);
  };
  const run = async () => {
    const turn = ++latest, text = field.value;
    forget();
    const slow = setTimeout(() => turn === latest && status.replaceChildren(words("searching")), 400);
    const answer = text.trim() ? await ask(text, { limit: 6, room }) : { found: { hits: [], total: -1 } };
    clearTimeout(slow);
    if (turn !== latest) return;
    shown = answer.found ?? { problem: answer.problem, hits: [], total: 0 };
    list.replaceChildren(...rows());
    status.textContent = shown.total < 0 || shown.goto ? "" : outcome(shown, "relevance", true) + (shown.suggestion ? ` ${words("meant")} ${shown.suggestion}?` : "");
  };
  field.addEventListener("input", soon(120, run));
  palette.addEventListener("keydown", event => walk(event, field, list));
  palette.addEventListener("click", event => event.target === palette && palette.close());
  // The form leads to the page of results, but for an id that is already found.
  palette.querySelector("form").addEventListener("submit", event => {
    if (!shown?.goto || shown.text !== field.value) return;
    event.preventDefault();
    location.href = address(shown.goto);
  });
  if (field.value) run();
}

if (page) resultsPage();
