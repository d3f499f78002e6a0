/**
 * For Vue 3: a plugin that starts the companion, and a function to call it. Nothing happens on a server.
 */

import { inject, type InjectionKey, type Plugin } from "vue";
import { createTwin } from "../index.js";
import type { Twin, TwinOptions } from "../types.js";

const KEY: InjectionKey<Promise<Twin>> = Symbol("pixel-twin");

/** `app.use(twin, { pixelId: "1234567890", endpoint: "/twin/events" })`; in templates `$twin`. */
export const twin: Plugin<[TwinOptions]> = {
  install(app, options) {
    const twin = createTwin(options);
    app.provide(KEY, twin);
    app.config.globalProperties["$twin"] = twin;
  },
};

/** The companion, in `setup`: `const twin = useTwin()`, then `(await twin).track("AddToCart", …)`. */
export function useTwin(): Promise<Twin> {
  const twin = inject(KEY);
  if (!twin) throw new Error("useTwin() needs app.use(twin, options).");
  return twin;
}

declare module "vue" {
  interface ComponentCustomProperties {
    $twin: Promise<Twin>;
  }
}
