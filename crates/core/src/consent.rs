//! Whether anything may be read, written or sent.

/// The visitor's decision as the page knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consent {
    /// Not said yet: events wait in memory.
    #[default]
    Unknown,
    /// Given.
    Granted,
    /// Refused or taken back: events are dropped.
    Denied,
}
