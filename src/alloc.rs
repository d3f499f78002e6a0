//! Memory of the module: a bump, wound back when the outermost call has ended.
//!
//! Nothing outlives a call, so nothing has to be freed one by one: no allocator's bookkeeping and no
//! drop code in the bundle (a tenth of its bytes), nothing that could leak, and no state that a later call could find
//! broken.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

struct Bump;

#[global_allocator]
static BUMP: Bump = Bump;

unsafe extern "C" {
    /// The linker's name for where memory is free.
    static __heap_base: u8;
}

const BASE: *mut u8 = (&raw const __heap_base).cast_mut();
/// Where the next block begins.
static TOP: AtomicPtr<u8> = AtomicPtr::new(BASE);
/// Calls into the module that have not ended: `fbq` is the page's code and may call us back.
static DEPTH: AtomicUsize = AtomicUsize::new(0);

const PAGE_BYTES: usize = 65_536;

// SAFETY: blocks are cut one after the other from memory that the module itself has grown, so they never overlap. They
// stay valid until `scope` winds back, when no call, and so no reference into them, is left.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = TOP.load(Relaxed) as usize;
        let start = start.next_multiple_of(layout.align());
        let top = start + layout.size();
        let missing = top.saturating_sub(memory_size(0) * PAGE_BYTES);
        if missing > 0 && memory_grow(0, missing.div_ceil(PAGE_BYTES)) == usize::MAX {
            return core::ptr::null_mut();
        }
        TOP.store(top as *mut u8, Relaxed);
        start as *mut u8
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

/// Runs a call into the module; after the outermost, memory is wound back.
pub(crate) fn scope(call: impl FnOnce()) {
    DEPTH.fetch_add(1, Relaxed);
    call();
    if DEPTH.fetch_sub(1, Relaxed) == 1 {
        TOP.store(BASE, Relaxed);
    }
}
