/** What the tests' own pages have on `window`; the code that tests run in a page uses it by name. */
declare var twin: any;
declare var fbq: any;
/** The recording library's list. */
declare var calls: any[][];
/** What `spy` has seen. */
declare var touched: string[];
/** How far the page's clock is off, in ms. */
declare var shift_ms: number;
declare var dataLayer: any[];
declare var gtag: (...call: any[]) => void;
/** The fake TCF platform of `signals.mjs`. */
declare var cmp: { answer: any; asked: number; set(answer: unknown, success?: boolean): void };
declare var Shopify: any;
declare var wp_set_consent: (category: string, value: string) => void;
declare var __tcfapi: any;
/** What the TCF stub has kept. */
declare var kept: any[];
