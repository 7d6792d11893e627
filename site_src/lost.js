// An address with a paper's id.
const lost = document.querySelector("#lost"), id = /AG-\d{4}\.\d{2}-\d+/i.exec(location.pathname);
if (id) {
  const link = lost.querySelector("a");
  link.textContent = id[0].toUpperCase();
  link.href += link.textContent + "/";
  fetch(link.href, { method: "HEAD" }).then(found => lost.hidden = !found.ok, () => {});
}
