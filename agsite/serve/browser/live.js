// Part of the preview server, never of the site: reloads a page that changed and shows what is wrong with the archive.
import { follow } from "./stream.js";

const tag = document.querySelector("script[data-page]");
const own = new URL(".", tag.src);
const key = "agsite-scroll:" + location.pathname;

// Where each block begins, by its text; those that say the same cannot be told apart.
const tops = () => {
  const blocks = Map.groupBy(document.querySelectorAll("main :is(h1,h2,h3,h4,p,li,pre,tr)"), block => block.textContent);
  return new Map([...blocks].filter(([, same]) => same.length === 1).map(([text, [block]]) => [text, block.getBoundingClientRect().top]));
};

// A place is more than a number of pixels: what is written above what one reads moves it, and so do fonts that come late.
const placeNow = () => ({ y: scrollY, seen: [...tops()].filter(([, top]) => top >= 0 && top < innerHeight) });

// A file that is half written shows as a short page or none for a moment; the place outlasts that.
const kept = JSON.parse(sessionStorage.getItem(key));
if (kept) {
  history.scrollRestoration = "manual";
  const place = () => {
    const now = tops();
    const still = kept.seen.find(([text]) => now.has(text));
    const wanted = still ? scrollY + now.get(still[0]) - still[1] : kept.y;
    scrollTo({ top: wanted, behavior: "instant" });
    if (Math.abs(scrollY - wanted) < 2) sessionStorage.removeItem(key);
    return scrollY;
  };
  const placed = place();
  // Once more with all fonts, unless the page has moved meanwhile: with its reader, who would be taken back, or by the browser,
  // which keeps what is read in place. Not every browser does.
  addEventListener("load", async () => {
    await document.fonts.ready;
    if (scrollY === placed) place();
  }, { once: true });
  // Not sooner: what the browser remembers may be the place on a page that was short for a moment.
  addEventListener("pagehide", () => { history.scrollRestoration = "auto"; }, { once: true });
}

document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("live.css", own) }));

const changed = async () => {
  const page = await (await fetch(location.href, { cache: "no-store" })).text();
  const found = /data-page="([0-9a-z]+)"/.exec(page);
  return found !== null && found[1] !== tag.dataset.page;
};

const element = (name, text, ...children) => {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
};

// What was closed stays so until something new is wrong, on all pages of the tab.
const closed = "agsite-closed";
const isClosed = ({ run, newest }) => {
  const then = JSON.parse(sessionStorage.getItem(closed));
  return then?.run === run && newest <= then.newest;
};

const show = status => {
  document.querySelector("agsite-news")?.remove();
  const { run, newest, trouble, findings } = status;
  if (isClosed(status) || (!trouble && !findings.length)) return;
  const panel = document.createElement("agsite-news");
  panel.setAttribute("role", "status");
  const close = element("button", "Close");
  close.type = "button";
  close.addEventListener("click", () => {
    sessionStorage.setItem(closed, JSON.stringify({ run, newest }));
    panel.remove();
  });
  panel.append(close);
  if (trouble) panel.append(element("p", trouble));
  const rows = findings.slice(0, 20).map(({ path, line, column, severity, code, message, help }) =>
    element("li", `${[path, line, column].filter(Boolean).join(":")} ${severity} ${code} ${message}`, element("small", help)));
  panel.append(element("ul", "", ...rows));
  if (findings.length > rows.length) panel.append(element("p", `and ${findings.length - rows.length} more, in the terminal`));
  document.body.append(panel);
};

let state = null;
const hear = async news => {
  const status = JSON.parse(news);
  show(status);
  const now = `${status.run} ${status.version}`;
  if (now === state) return;
  state = now;
  if (await changed()) {
    // At the top there is nothing to go back to.
    if (scrollY > 0 && sessionStorage.getItem(key) === null) sessionStorage.setItem(key, JSON.stringify(placeNow()));
    location.reload();
  }
};

// Some browsers of phones let pages share nothing.
const listen = () => {
  if (!("SharedWorker" in window)) return follow(new URL("events", own), hear);
  const { port } = new SharedWorker(new URL("news.js", own), { type: "module" });
  port.onmessage = event => hear(event.data);
  return () => {
    port.postMessage("I go");
    port.close();
  };
};

let leave = listen();
addEventListener("pagehide", () => leave());
// A page that one comes back to is as it was left.
addEventListener("pageshow", event => { if (event.persisted) leave = listen(); });
