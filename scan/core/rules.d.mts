/** What the rules say of an event's name and parameters: a notice's name (`crates/core/src/notice.rs`), and the place. */
export function checkEvent(name: string, parameters: Record<string, unknown>): { code: string; field: string }[];
/** Whether Meta knows an event by that name. */
export function isStandard(name: string): boolean;
/** The address as it may be told if it holds something personal; else empty. */
export function discreet(url: string): string;
/** Of an fbp or fbc: whether it is well-formed, and the domain that its index names. */
export function checkCookie(name: "_fbp" | "_fbc", value: string, host: string): { isValid: boolean; domain: string };
/** An estimate of Meta's Event Match Quality, 1 to 10, from the customer fields that arrive; and those that are missing, the largest gain first. */
export function estimate(fields: readonly string[]): { score: number; missing: string[] };
