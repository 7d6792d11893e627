// One stream of news for all open pages: browsers keep six connections to a server, and each page would hold one.
import { follow } from "./stream.js";

const pages = new Set();
let last = null;

follow(new URL("events", location), news => {
  last = news;
  for (const page of pages) page.postMessage(news);
});

addEventListener("connect", ({ ports: [page] }) => {
  pages.add(page);
  // All that a page says is that it goes.
  page.onmessage = () => pages.delete(page);
  if (last !== null) page.postMessage(last);
});
