//! Finds conversions: by name and id, and by name and visitor. Knows numbers only; what they mean is the ledger's.

use std::collections::{HashMap, VecDeque};

use super::WINDOW_MS;
use crate::message::{Message, Person, Source};

/// Both ways to find a conversion.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_id: HashMap<IdKey, Entry>,
    /// Conversions with a Pixel event, oldest first.
    by_person: HashMap<PersonKey, VecDeque<u64>>,
}

/// What an id stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The conversion.
    pub(super) number: u64,
    first_received_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct IdKey {
    pixel_id: String,
    event_name: String,
    event_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct PersonKey {
    pixel_id: String,
    event_name: String,
    identifier: Identifier,
    /// Whether the Pixel event has an id: a server event that has one need not look at these.
    has_id: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Identifier {
    Fbp(String),
    ExternalId(String),
}

impl Entry {
    /// True while this message comes within 48 hours of the first one with the id.
    pub(super) fn is_open(self, message: &Message) -> bool {
        message.received_ms - self.first_received_ms <= WINDOW_MS
    }
}

impl Index {
    /// The newest conversion of this message's name and id, its 48 hours over or not.
    pub(super) fn by_id(&self, message: &Message) -> Option<Entry> {
        self.by_id.get(&id_key(message)?).copied()
    }

    /// Conversions whose Pixel event shares this message's name and an identifier, newest first. Where both messages have
    /// an id it decided already: such conversions are left out.
    pub(super) fn same_visitor(&self, message: &Message) -> impl Iterator<Item = u64> {
        person_keys(message, false)
            .chain(person_keys(message, true).filter(|_| message.event_id.is_none()))
            .filter_map(|key| self.by_person.get(&key))
            .flat_map(|numbers| numbers.iter().rev().copied())
    }

    /// Makes a message findable. An id keeps its first receipt, unless that was more than 48 hours ago.
    pub(super) fn remember(&mut self, number: u64, message: &Message) {
        if let Some(key) = id_key(message) {
            let new = Entry {
                number,
                first_received_ms: message.received_ms,
            };
            let entry = self.by_id.entry(key).or_insert(new);
            if !entry.is_open(message) {
                *entry = new;
            }
        }
        if message.source == Source::Browser {
            for key in person_keys(message, message.event_id.is_some()) {
                self.by_person.entry(key).or_default().push_back(number);
            }
        }
    }

    /// Takes back what [`Index::remember`] did.
    pub(super) fn forget(&mut self, number: u64, message: &Message) {
        if let Some(key) = id_key(message)
            && self
                .by_id
                .get(&key)
                .is_some_and(|entry| entry.number == number)
        {
            self.by_id.remove(&key);
        }
        if message.source == Source::Browser {
            for key in person_keys(message, message.event_id.is_some()) {
                self.forget_person(number, &key);
            }
        }
    }

    fn forget_person(&mut self, number: u64, key: &PersonKey) {
        let Some(numbers) = self.by_person.get_mut(key) else {
            return;
        };
        // The oldest conversion stands in front, unless its Pixel event came late.
        if numbers.front() == Some(&number) {
            numbers.pop_front();
        } else {
            numbers.retain(|&other| other != number);
        }
        if numbers.is_empty() {
            self.by_person.remove(key);
        }
    }

    /// Every number that can be found, for tests that it leads somewhere: by id, by visitor.
    #[cfg(test)]
    pub(super) fn numbers(&self) -> (Vec<u64>, Vec<u64>) {
        let by_id = self.by_id.values().map(|entry| entry.number).collect();
        (by_id, self.by_person.values().flatten().copied().collect())
    }
}

fn id_key(message: &Message) -> Option<IdKey> {
    Some(IdKey {
        pixel_id: message.pixel_id.clone(),
        event_name: message.event_name.clone(),
        event_id: message.event_id.clone()?,
    })
}

fn person_keys(message: &Message, has_id: bool) -> impl Iterator<Item = PersonKey> {
    let Person {
        fbp, external_ids, ..
    } = &message.person;
    let fbp = fbp.iter().cloned().map(Identifier::Fbp);
    fbp.chain(external_ids.iter().cloned().map(Identifier::ExternalId))
        .map(move |identifier| PersonKey {
            pixel_id: message.pixel_id.clone(),
            event_name: message.event_name.clone(),
            identifier,
            has_id,
        })
}
