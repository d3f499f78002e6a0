// What createTwin takes, and what the companion answers.
import { createTwin, type Diagnosis, type Twin, type TwinOptions } from "pixel-twin";
import { createTwin as createStreaming } from "pixel-twin/wasm";

const options: TwinOptions = {
  pixelId: ["1234567890", 987654321],
  endpoint: "/twin/events",
  consent: "auto",
  gpc: "limit",
  tcfPurposes: [1, 3, 4],
  dataProcessingOptions: ["LDU"],
  remember: true,
  adopt: true,
  pageViews: "spa",
  routing: "all",
  routes: { Search: "both", Lead: "server" },
  autoIdentify: true,
  debug: true,
};
const twins: Promise<Twin>[] = [createTwin(options), createStreaming(options)];
const [twin] = await Promise.all(twins);

twin?.consent("grant");
twin?.dataLayer("dataLayer", { itemId: "sku", contentType: "product", currency: "EUR" });
const { pixel, lastStatus }: Diagnosis = twin!.diagnose();
if (pixel === "blocked") lastStatus?.toFixed();
twin!.inspect();

const flushed: Promise<void> = twin!.flush();
await flushed;

// @ts-expect-error without a pixel there is nothing to do
createTwin({ endpoint: "/twin/events" });
// @ts-expect-error a misspelt option
createTwin({ pixelId: "1", endPoint: "/twin/events" });
// @ts-expect-error an unknown preset
createTwin({ pixelId: "1", routing: "everything" });
// @ts-expect-error a way, not a preset
createTwin({ pixelId: "1", routes: { Search: "all" } });
// @ts-expect-error `true` is no answer to who grants it
createTwin({ pixelId: "1", consent: true });
// @ts-expect-error the word is grant
twin?.consent("granted");
// @ts-expect-error no state that is not there
if (pixel === "loaded") lastStatus;
