// Searches beside the page, so that typing never waits.
import { Search } from "./search-scorer.js";

const deflated = async response => new Uint8Array(await new Response(response.body.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
const files = base => async (path, signal) => {
  const response = await fetch(new URL(path, base), path === "meta.json" ? { cache: "no-cache" } : { signal });
  if (response.status === 404 && path.startsWith("../")) return null;
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return path.endsWith(".bin") ? deflated(response) : new Uint8Array(await response.arrayBuffer());
};

let search, base, reading = new AbortController();
addEventListener("message", async ({ data: { id, folder, text, options, passage } }) => {
  if (!id) {
    reading.abort();
    reading = new AbortController();
    return;
  }
  if (!search || base !== folder) search = new Search(files(base = folder));
  // An excerpt that cannot be had leaves the one that is there.
  if (passage) return postMessage({ id, found: await search.passage(passage, reading.signal).catch(() => null) });
  try {
    postMessage({ id, found: text === undefined ? await search.ready : await search.search(text, options) });
  } catch (error) {
    // What could not be fetched may be there the next time.
    if (error.constructor.name !== "QueryError") search = undefined;
    postMessage({ id, problem: error.constructor.name === "QueryError" ? error.message : "failed", detail: String(error) });
  }
});
