// The live stream, and what to do without it: read everything again each second.

const RETRY_MS = 1000;

/**
 * Keeps listening for ever.
 * `load()` reads everything and rejects when the stand-in is gone; it is called after each new connection.
 * `take(event, data)` gets each live message. `tell(state)` gets 'live', 'polling' or 'lost'.
 */
export function connect({ load, take, tell }) {
  const open = () => {
    const stream = new EventSource('/__sim/stream');
    const again = async () => {
      stream.close();
      try {
        await load();
        tell('polling');
      } catch {
        tell('lost');
      }
      setTimeout(open, RETRY_MS);
    };
    stream.addEventListener('error', again, { once: true });
    // Messages that come while everything is being read are newer than what is read: they wait.
    let waiting = [];
    const receive = (event) => ({ data }) => {
      if (waiting) waiting.push([event, JSON.parse(data)]);
      else take(event, JSON.parse(data));
    };
    const refresh = async () => {
      waiting = [];
      try {
        await load();
      } catch {
        return;
      }
      const messages = waiting;
      waiting = null;
      for (const [event, data] of messages) take(event, data);
      tell('live');
    };
    for (const event of ['conversions', 'request', 'clear']) stream.addEventListener(event, receive(event));
    stream.addEventListener('hello', refresh);
    stream.addEventListener('resync', refresh);
  };
  open();
}
