// The helpers for React and Vue.
import type { Twin } from "pixel-twin";
import { TwinProvider, useTrack, useTwin } from "pixel-twin/react";
import { twin, useTwin as useVueTwin } from "pixel-twin/vue";
import { createElement } from "react";
import { type ComponentPublicInstance, createApp } from "vue";

createElement(TwinProvider, { options: { pixelId: "1234567890", endpoint: "/twin/events" } }, "children");
// @ts-expect-error the options are needed
createElement(TwinProvider, {});

export function ThankYou() {
  const twin: Promise<Twin> = useTwin();
  useTrack("Purchase", { value: 100, currency: "USD" }, { orderId: "12345" });
  useTrack(null);
  // @ts-expect-error as with track
  useTrack("Purchase", { value: 100 });
  return twin;
}

createApp({}).use(twin, { pixelId: "1234567890" });
// @ts-expect-error the options are needed
createApp({}).use(twin);
// @ts-expect-error a misspelt option
createApp({}).use(twin, { pixelId: "1", endPoint: "/twin/events" });

export const setup = (): Promise<Twin> => useVueTwin();
export const inTemplate = (component: ComponentPublicInstance): Promise<Twin> => component.$twin;
