//! The module's only two ways out: it asks the page, and it tells the page. `js/page.ts` answers and acts.
//!
//! Only numbers and text cross: no object of the page's ever comes in here, and there is next to no glue.

use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

use twin_core::platform::Platform;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "../js/page.js")]
extern "C" {
    /// The answer is [`given`] when it returns. `what`: a place in the page's list of answers, or where the steps of a
    /// rule stand; those are read only once.
    #[wasm_bindgen(js_name = ask)]
    fn ask_page(what: *const u8, what_bytes: usize, text: *const u8, bytes: usize);
    #[wasm_bindgen(js_name = tell)]
    fn tell_page(what: u8, text: *const u8, bytes: usize);
    /// 32 bits from the platform's CSPRNG.
    pub(crate) fn random() -> u32;
}

/// Where the text is that the page gave last, and its length in bytes.
static GIVEN: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static GIVEN_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Makes room for a text, which the page then writes there as UTF-8.
pub(crate) fn room(bytes: usize) -> *mut u8 {
    let room = Vec::with_capacity(bytes).leak().as_mut_ptr();
    GIVEN.store(room, Relaxed);
    GIVEN_BYTES.store(bytes, Relaxed);
    room
}

/// Takes the text that the page gave last.
pub(crate) fn given() -> String {
    let text = GIVEN.swap(ptr::null_mut(), Relaxed);
    if text.is_null() {
        return String::new();
    }
    let bytes = GIVEN_BYTES.load(Relaxed);
    // SAFETY: `room` allocated so many bytes for it and nobody else has them. `js/page.ts` fills them all before it calls
    // or returns, and what it writes is made by `TextEncoder`, which knows only UTF-8.
    unsafe { String::from_raw_parts(text, bytes, bytes) }
}

fn ask(what: usize, text: &str) -> String {
    ask_page(ptr::without_provenance(what), 0, text.as_ptr(), text.len());
    given()
}

fn tell(what: u8, text: &str) {
    tell_page(what, text.as_ptr(), text.len());
}

// The numbers are places in the lists of `js/page.ts`.

/// `document.cookie`. Chromium asks another process each time: once per event is enough.
pub(crate) fn cookies() -> String {
    ask(0, "")
}

/// Sets a cookie, then gives `document.cookie`.
pub(crate) fn set_cookie(cookie: &str) -> String {
    ask(1, cookie)
}

/// The page's host name.
pub(crate) fn host() -> String {
    ask(2, "")
}

/// What is stored under a key: `fired` for [`remember_fired`], `id` for [`remember_id`].
pub(crate) fn stored(key: &str) -> String {
    ask(3, key)
}

/// Stores which events were fired.
pub(crate) fn remember_fired(fired: &str) {
    tell(0, fired);
}

/// Takes a server event in, as JSON, into storage first; it is posted when the page's running code has ended.
pub(crate) fn keep(event: &str) {
    tell(1, event);
}

/// Calls `fbq`; see `js/pixel.ts` for the order of what is joined.
pub(crate) fn fire(call: &str) {
    tell(2, call);
}

/// Answers what the page has asked the module.
pub(crate) fn answer(text: &str) {
    tell(3, text);
}

/// Stores fbp and fbc for later pages.
pub(crate) fn remember_id(id: &str) {
    tell(4, id);
}

/// Tells for `diagnose` where fbp and fbc come from.
pub(crate) fn sources(sources: &str) {
    tell(5, sources);
}

/// Deletes the cookies of a name wherever they may be.
pub(crate) fn expire(name: &str) {
    tell(6, name);
}

/// Sets a cookie, once per page: its 90 days begin anew.
pub(crate) fn renew(cookie: &str) {
    tell(7, cookie);
}

/// Tells for `diagnose` which customer fields the event carries.
pub(crate) fn matched(keys: &str) {
    tell(8, keys);
}

/// Tells the page's developer; how often and in what words is decided in `js/notices.ts`.
pub(crate) fn report(code: u8, field: &str) {
    tell(9 + code, field);
}

/// The browser's user agent.
pub(crate) fn user_agent() -> String {
    ask(4, "")
}

/// The browser's own regular expressions, Unicode tables and number reader.
pub(crate) struct Browser;

impl Platform for Browser {
    fn rewrite(&self, text: &str, steps: &'static str) -> String {
        ask_page(steps.as_ptr(), steps.len(), text.as_ptr(), text.len());
        given()
    }

    fn names(&self, of: &str) -> String {
        ask(5, of)
    }
}
