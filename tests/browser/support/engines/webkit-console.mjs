/**
 * WebKit's console: neither WebDriver nor MiniBrowser hands it out (a private session writes nothing to stdout), so that
 * each page tells what is written and thrown. Frames without an address of their own, such as srcdoc, stay unheard, and so do
 * pages whose connect-src leaves out their own origin.
 */

/** Under this path of the page's own origin, which its policies will mostly allow. */
const PATH = "/.console-of-the-tests";

/** Runs first in each page. @param {string} path */
function tell(path) {
  const send = navigator.sendBeacon.bind(navigator);
  const write = (/** @type {string} */ level, /** @type {unknown[]} */ values) => void send(path, `${level} ${values.map(String).join(" ")}`);
  for (const level of /** @type {const} */ (["error", "warn"])) {
    const original = console[level];
    console[level] = (...values) => {
      write(level, values);
      original.apply(console, values);
    };
  }
  addEventListener("error", (event) => event instanceof ErrorEvent && write("error", [event.error ?? event.message]));
  addEventListener("unhandledrejection", (event) => write("error", [event.reason]));
}

/** Listens at a visitor's door. @param {import("../proxy.mjs").Door} door @param {import("./engine.mjs").Listener} listener */
export function listen(door, { onError, onWarning }) {
  door.scripts.push(`(${tell})(${JSON.stringify(PATH)});`);
  door.overhear = ({ url, body }) => {
    if (new URL(url).pathname !== PATH) return false;
    const [level = "", ...words] = body.split(" ");
    (level === "error" ? onError : onWarning)(words.join(" "));
    return true;
  };
}
