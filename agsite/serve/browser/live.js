// Part of the preview server, never of the site: reloads a page that changed and shows what is wrong with the archive.
const tag = document.querySelector("script[data-page]");
const own = new URL(".", tag.src);
const key = "agsite-scroll:" + location.pathname;

// A file that is half written shows as a short page or none for a moment; the place outlasts that.
const kept = Number(sessionStorage.getItem(key));
// At the top there is nothing to go back to, and whoever scrolled before this ran would be taken back.
if (kept > 0) {
  history.scrollRestoration = "manual";
  const place = () => {
    scrollTo({ top: kept, behavior: "instant" });
    if (Math.abs(scrollY - kept) < 2) sessionStorage.removeItem(key);
  };
  place();
  // Once more where the page was too short for it; else whoever scrolled meanwhile would be taken back.
  addEventListener("load", () => sessionStorage.getItem(key) === null || place(), { once: true });
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

const show = ({ trouble, findings }) => {
  document.querySelector("agsite-news")?.remove();
  const wrong = findings.filter(finding => finding.severity !== "note");
  if (!trouble && !wrong.length) return;
  const panel = document.createElement("agsite-news");
  panel.setAttribute("role", "status");
  const close = element("button", "Close");
  close.type = "button";
  close.addEventListener("click", () => panel.remove());
  panel.append(close);
  if (trouble) panel.append(element("p", trouble));
  const rows = wrong.slice(0, 20).map(({ path, line, column, severity, code, message, help }) =>
    element("li", `${[path, line, column].filter(Boolean).join(":")} ${severity} ${code} ${message}`, element("small", help)));
  panel.append(element("ul", "", ...rows));
  if (wrong.length > rows.length) panel.append(element("p", `and ${wrong.length - rows.length} more, in the terminal`));
  document.body.append(panel);
};

let version = null;
const listen = () => {
  const events = new EventSource(new URL("events", own));
  addEventListener("pagehide", () => events.close(), { once: true });
  events.onmessage = async event => {
    const status = JSON.parse(event.data);
    show(status);
    if (status.version === version && tag.dataset.page !== "broken") return;
    version = status.version;
    if (await changed()) {
      if (!kept || sessionStorage.getItem(key) === null) sessionStorage.setItem(key, scrollY);
      events.close();
      location.reload();
    }
  };
};
listen();
