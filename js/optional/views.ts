/**
 * The views of a single-page shop, which follow each other without a load, for `pageViews: "spa"`.
 */

/**
 * Starts.
 * @param viewed called after each change of the page's address, with the one before
 */
export default function views(viewed: (referrer: string) => void): void {
  let address = location.href;
  const look = () => {
    const before = address;
    address = location.href;
    if (address !== before) viewed(before);
  };
  for (const name of ["pushState", "replaceState"] as const) {
    const change = history[name];
    try {
      history[name] = function (this: History, ...given) {
        change.apply(this, given);
        look();
      };
    } catch {
      // A page may have frozen it; its changes are then seen when the visitor goes back.
    }
  }
  addEventListener("popstate", look);
}
