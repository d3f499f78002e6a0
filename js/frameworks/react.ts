/**
 * For React 17 and newer: a provider that starts the companion, and hooks to call it. Nothing happens on a server.
 */

"use client";

import { createContext, createElement, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { createTwin } from "../index.js";
import type { EventName, EventOptions, ParamsOf, Twin, TwinOptions } from "../types.js";

const Context = createContext<Promise<Twin> | undefined>(undefined);

/** Starts the companion when it is first shown; later changes of `options` have no effect. */
export function TwinProvider({ options, children }: { options: TwinOptions; children?: ReactNode }) {
  const [{ twin, start }] = useState(() => {
    let start!: () => void;
    const shown = new Promise<void>((resolve) => (start = resolve));
    return { twin: shown.then(() => createTwin(options)), start };
  });
  // Strict mode runs effects twice, and a promise settles once.
  useEffect(start, []);
  return createElement(Context.Provider, { value: twin }, children);
}

/** The companion, for event handlers: `(await twin).track("AddToCart", …)`. It settles once the page is shown. */
export function useTwin(): Promise<Twin> {
  const twin = useContext(Context);
  if (!twin) throw new Error("useTwin() needs a <TwinProvider> above it.");
  return twin;
}

/** Tracks when the component is shown, and again when what is tracked changes; once also in strict mode. `null`: not yet. */
export function useTrack<Name extends EventName>(name: Name | null, params?: ParamsOf<Name>, options?: EventOptions): void {
  const twin = useTwin();
  const tracked = useRef("");
  const key = JSON.stringify([name, params, options]);
  useEffect(() => {
    if (!name || tracked.current === key) return;
    tracked.current = key;
    void twin.then(({ track }) => track(name, params, options));
  }, [twin, key]);
}
