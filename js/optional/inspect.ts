/**
 * The inspector: a panel in the page that shows each event, both its twins, and what became of them.
 */

import type { Step } from "../heard.js";
import type { part } from "../parts.js";
import type { Diagnosis, Twin } from "../types.js";
import { Hits } from "./inspect/hits.js";
import { Log } from "./inspect/log.js";
import { Panel } from "./inspect/panel.js";
import { report } from "./inspect/report.js";
import { type Knowledge, lines } from "./inspect/status.js";

/** What the tab keeps: the code of test events, or an empty text, as long as the inspector is in use. */
const KEPT = "_twin_inspect";
/** How often is looked for news, in ms; and every how many looks even if there is none: consent, Meta's script. */
const LOOK_MS = 300;
const EVERY = 4;

let open: (() => void) | undefined;

/**
 * Opens it, or opens it again.
 *
 * @param heard what the companion has done so far, and does from now on
 * @param estimate what fields are worth: tenths, then what would add most
 * @param load brings the sentences of the notices
 * @param test marks all posts with a code from now on
 */
export default function inspect(twin: Twin, heard: Step[], estimate: Knowledge["estimate"], load: typeof part, test: (code: string) => unknown): void {
  if (open) return open();
  let texts: readonly (readonly [name: string, text: string])[] = [];
  let isStale = true;
  let looks = 0;
  const news = () => void (isStale = true);
  const log = new Log(heard, news);
  const hits = new Hits(news);
  let diagnosis: Diagnosis;
  let known: Knowledge;
  // Nothing is read or stored before consent, and nothing stays once it is taken back.
  let mayKeep = twin.diagnose().consent === "granted";
  const kept = mayKeep ? stored() : undefined;
  let code = kept ?? "";
  const end = new AbortController();

  const panel = new Panel({
    copy: () => report(diagnosis, lines(known)),
    close() {
      clearInterval(timer);
      end.abort();
      log.end();
      panel.remove();
      code = "";
      test("");
      if (mayKeep) keep(undefined);
      open = undefined;
    },
    test(next) {
      code = next;
      test(next);
      news();
      look();
    },
  });

  const look = () => {
    if (!isStale && ++looks % EVERY) return panel.stay();
    isStale = false;
    diagnosis = twin.diagnose();
    // Debug mode has loaded the names itself.
    diagnosis.notices = diagnosis.notices.map(({ code, field, text }) => ({ code: texts[Number(code)]?.[0] ?? code, field, text: text || (texts[Number(code)]?.[1] ?? "") }));
    known = { log, hits, diagnosis, estimate, sentence: (code) => texts.find(([name]) => name === code)?.[1] ?? "" };
    const might = mayKeep;
    mayKeep = diagnosis.consent === "granted";
    if (mayKeep) keep(code);
    else if (might) keep(undefined);
    panel.show(lines(known), known, code);
  };
  const safely = () => {
    try {
      look();
    } catch {
      // The page may have taken away what we need. The next look may find it.
    }
  };
  const timer = setInterval(safely, LOOK_MS);
  // The page may be left right after consent was taken back.
  addEventListener("pagehide", () => { isStale = true; safely(); }, { signal: end.signal });
  void load("texts").then((its) => {
    texts = its ?? [];
    news();
  });
  open = () => panel.open(true);
  // By its address or by the tab it comes along with the page; nobody has asked for the keyboard then.
  panel.open(kept === undefined && !/[?&]twin-inspect\b/.test(location.search));
  safely();
}

/** What the tab keeps; nothing where it can't be read. */
function stored(): string | undefined {
  try {
    return sessionStorage.getItem(KEPT) ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(code: string | undefined): void {
  try {
    if (code === undefined) sessionStorage.removeItem(KEPT);
    else if (stored() !== code) sessionStorage.setItem(KEPT, code);
  } catch {
    // Where nothing can be stored, the address has to say it on each page.
  }
}
