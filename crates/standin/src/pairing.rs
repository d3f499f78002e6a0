//! Which messages are the same conversion: Meta's deduplication, per dataset.
//!
//! Source: Meta, *Handling duplicate Pixel and Conversions API events*. By (event_name, event_id), exactly, within 48 hours
//! of the first receipt; without ids by fbp and external_id, and only if the Pixel event came first.

mod index;

use std::collections::VecDeque;

use crate::clock::HOUR_MS;
use crate::config::SameSource;
use crate::conversion::{Conversion, Miss, Repeat};
use crate::hints;
use crate::message::{Message, Reason, Source};
use index::Index;

/// From the receipt of the first message.
pub(crate) const WINDOW_MS: i64 = 48 * HOUR_MS;
/// Most messages held; the oldest conversions go first.
pub(crate) const MOST_MESSAGES: usize = 100_000;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A conversion of its own.
    Counted,
    /// The twin of an earlier message of the other side.
    Twin(Reason),
    /// Recognized and not counted; its conversion had a message of this side already.
    Repeat(Reason),
}

/// What became of a message, and what changed by it.
#[derive(Debug)]
pub(crate) struct Receipt {
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// The conversion it belongs to.
    pub(crate) number: u64,
    /// Other conversions whose hints may have changed.
    pub(crate) touched: Vec<u64>,
}

/// All conversions since the last clear, oldest first.
#[derive(Debug)]
pub(crate) struct Ledger {
    same_source: SameSource,
    most_messages: usize,
    conversions: VecDeque<Conversion>,
    /// The number of the next conversion.
    next: u64,
    messages: usize,
    index: Index,
}

impl Ledger {
    /// An empty one that holds at most `most_messages`.
    pub(crate) fn new(same_source: SameSource, most_messages: usize) -> Self {
        Self {
            same_source,
            most_messages,
            conversions: VecDeque::new(),
            next: 0,
            messages: 0,
            index: Index::default(),
        }
    }

    /// Takes a message in.
    pub(crate) fn receive(&mut self, message: Message) -> Receipt {
        let found = self
            .find_by_id(&message)
            .or_else(|| self.find_by_person(&message));
        let receipt = match found {
            Some((number, reason)) => self.join(number, reason, message),
            None => self.open(message, false),
        };
        self.messages += 1;
        self.evict();
        receipt
    }

    /// Forgets everything; numbers go on.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            next: self.next,
            ..Self::new(self.same_source, self.most_messages)
        };
    }

    /// The conversion of this number, unless it was forgotten.
    pub(crate) fn get(&self, number: u64) -> Option<&Conversion> {
        self.conversions.get(self.position(number)?)
    }

    /// All conversions, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Conversion> {
        self.conversions.iter().rev()
    }

    /// The conversion that had this message's name and id when its 48 hours were over, if there is one.
    pub(crate) fn expired_namesake(&self, message: &Message) -> Option<u64> {
        let entry = self.index.by_id(message)?;
        (!entry.is_open(message)).then_some(entry.number)
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Conversion> {
        let position = self.position(number)?;
        self.conversions.get_mut(position)
    }

    fn position(&self, number: u64) -> Option<usize> {
        let first = self.next - self.conversions.len() as u64;
        usize::try_from(number.checked_sub(first)?).ok()
    }

    fn find_by_id(&self, message: &Message) -> Option<(u64, Reason)> {
        let entry = self.index.by_id(message)?;
        entry
            .is_open(message)
            .then_some((entry.number, Reason::EventId))
    }

    /// Without a shared id a server event pairs with an earlier Pixel event, if at least one of them has no id at all:
    /// otherwise all page views of a visitor would be one.
    fn find_by_person(&self, message: &Message) -> Option<(u64, Reason)> {
        if message.source == Source::Browser {
            return None;
        }
        let candidates = || {
            self.index.same_visitor(message).filter_map(|number| {
                let conversion = self.get(number)?;
                let browser = conversion.browser.as_ref()?;
                let reason = browser.person.agreement(&message.person)?;
                (message.received_ms - browser.received_ms < WINDOW_MS)
                    .then_some((conversion, reason))
            })
        };
        let free = candidates().find(|(conversion, _)| conversion.server.is_none());
        free.or_else(|| candidates().next())
            .map(|(conversion, reason)| (conversion.number, reason))
    }

    fn join(&mut self, number: u64, reason: Reason, message: Message) -> Receipt {
        let Some(conversion) = self.get(number) else {
            return self.open(message, false);
        };
        let touched = conversion.misses.iter().map(|miss| miss.other).collect();
        if conversion.side(message.source).is_none() {
            self.index.remember(number, &message);
            if let Some(conversion) = self.get_mut(number) {
                conversion.add_twin(message, reason);
            }
            return Receipt {
                verdict: Verdict::Twin(reason),
                number,
                touched,
            };
        }
        if self.same_source == SameSource::Count {
            return self.open(message, true);
        }
        if let Some(conversion) = self.get_mut(number) {
            conversion.repeats.push(Repeat::of(message, reason));
        }
        Receipt {
            verdict: Verdict::Repeat(reason),
            number,
            touched,
        }
    }

    fn open(&mut self, message: Message, is_counted_repeat: bool) -> Receipt {
        let number = self.next;
        let misses = if is_counted_repeat {
            Vec::new()
        } else {
            hints::misses(&message, self)
        };
        let touched = misses.iter().map(|miss| miss.other).collect();
        for miss in &misses {
            if let Some(other) = self.get_mut(miss.other) {
                other.misses.push(Miss {
                    other: number,
                    why: miss.why,
                });
                hints::keep_best(&mut other.misses);
            }
        }
        if !is_counted_repeat {
            self.index.remember(number, &message);
        }
        self.next += 1;
        self.conversions.push_back(Conversion {
            is_counted_repeat,
            misses,
            ..Conversion::new(number, message)
        });
        Receipt {
            verdict: Verdict::Counted,
            number,
            touched,
        }
    }

    fn evict(&mut self) {
        while self.messages > self.most_messages {
            let Some(oldest) = self.conversions.pop_front() else {
                return;
            };
            self.messages -= oldest.messages();
            for message in [oldest.browser, oldest.server].into_iter().flatten() {
                self.index.forget(oldest.number, &message);
            }
        }
    }
}

#[cfg(test)]
mod tests;
