// The stream of news, which outlasts the server: it is opened again where that ends, or is still reading.
export const follow = (url, hear) => {
  let events, pause;
  const open = () => {
    events = new EventSource(url);
    events.onmessage = event => hear(event.data);
    // After an answer that is an error the browser does not ask again by itself.
    events.onerror = () => { if (events.readyState === EventSource.CLOSED) pause = setTimeout(open, 500); };
  };
  open();
  return () => {
    clearTimeout(pause);
    events.close();
  };
};
