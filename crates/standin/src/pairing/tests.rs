//! Pairing without HTTP: chosen cases, and properties over any stream of messages.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;
use crate::clock::DAY_MS;
use crate::conversion::Status;
use crate::lints::Lints;
use crate::message::Person;

const START_MS: i64 = 1_795_000_000_000;

fn message(source: Source, at_ms: i64, event_id: Option<&str>, fbp: Option<&str>) -> Message {
    Message {
        source,
        pixel_id: "1".into(),
        event_name: "Purchase".into(),
        event_id: event_id.map(str::to_owned),
        received_ms: START_MS + at_ms,
        person: Person {
            fbp: fbp.map(str::to_owned),
            ..Person::default()
        },
        page: None,
        amount: None,
        test_event_code: None,
        lints: Lints::default(),
        fields: serde_json::Map::new(),
    }
}

fn ledger(same_source: SameSource) -> Ledger {
    Ledger::new(same_source, MOST_MESSAGES)
}

fn statuses(ledger: &Ledger) -> Vec<Status> {
    ledger.newest_first().map(Conversion::status).collect()
}

use Source::{Browser, Server};

#[test]
fn the_window_is_48_hours_to_the_millisecond() {
    for (gap_ms, expected) in [(WINDOW_MS, 1), (WINDOW_MS + 1, 2)] {
        let mut ledger = ledger(SameSource::Count);
        ledger.receive(message(Browser, 0, Some("a"), None));
        ledger.receive(message(Server, gap_ms, Some("a"), None));
        assert_eq!(ledger.newest_first().count(), expected, "{gap_ms}");
    }
}

#[test]
fn the_browser_is_kept_when_it_comes_within_five_minutes_of_the_server() {
    let minute_ms = 60_000;
    for (gap_ms, kept) in [(5 * minute_ms, Browser), (5 * minute_ms + 1, Server)] {
        let mut ledger = ledger(SameSource::Count);
        ledger.receive(message(Server, 0, Some("a"), None));
        ledger.receive(message(Browser, gap_ms, Some("a"), None));
        assert_eq!(ledger.newest_first().next().unwrap().kept, kept, "{gap_ms}");
    }
}

#[test]
fn the_window_runs_from_the_first_receipt_not_from_the_last() {
    let mut ledger = ledger(SameSource::Dedup);
    ledger.receive(message(Browser, 0, Some("a"), None));
    ledger.receive(message(Browser, WINDOW_MS - 1, Some("a"), None));
    let late = ledger.receive(message(Server, WINDOW_MS + 1, Some("a"), None));
    assert_eq!(late.verdict, Verdict::Counted);
}

#[test]
fn after_the_window_an_id_starts_anew() {
    let mut ledger = ledger(SameSource::Dedup);
    ledger.receive(message(Browser, 0, Some("a"), None));
    ledger.receive(message(Browser, 3 * DAY_MS, Some("a"), None));
    ledger.receive(message(Server, 3 * DAY_MS + 1, Some("a"), None));
    assert_eq!(
        statuses(&ledger),
        [Status::Deduplicated, Status::BrowserOnly]
    );
}

#[test]
fn names_and_datasets_are_part_of_the_key() {
    let mut ledger = ledger(SameSource::Dedup);
    ledger.receive(message(Browser, 0, Some("a"), None));
    ledger.receive(Message {
        event_name: "Lead".into(),
        ..message(Server, 1, Some("a"), None)
    });
    ledger.receive(Message {
        pixel_id: "2".into(),
        ..message(Server, 2, Some("a"), None)
    });
    assert_eq!(
        statuses(&ledger),
        [Status::ServerOnly, Status::ServerOnly, Status::BrowserOnly]
    );
}

#[test]
fn a_repeat_of_one_side_is_counted_or_not_as_set() {
    for (policy, rows, repeats) in [(SameSource::Count, 2, 0), (SameSource::Dedup, 1, 1)] {
        let mut ledger = ledger(policy);
        ledger.receive(message(Server, 0, Some("a"), None));
        ledger.receive(message(Server, 1, Some("a"), None));
        assert_eq!(ledger.newest_first().count(), rows, "{policy:?}");
        let oldest = ledger.newest_first().last().unwrap();
        assert_eq!(oldest.repeats.len(), repeats, "{policy:?}");
        // Either way the twin still finds the first of them.
        ledger.receive(message(Browser, 2, Some("a"), None));
        assert_eq!(
            ledger.newest_first().last().unwrap().status(),
            Status::Deduplicated
        );
    }
}

#[test]
fn without_a_shared_id_only_a_server_event_after_the_browser_event_pairs() {
    use Verdict::{Counted, Twin};
    let by_fbp = Twin(Reason::Fbp);
    let cases = [
        ((Browser, None), (Server, None), by_fbp),
        ((Browser, Some("a")), (Server, None), by_fbp),
        ((Browser, None), (Server, Some("a")), by_fbp),
        ((Browser, Some("a")), (Server, Some("b")), Counted),
        ((Server, None), (Browser, None), Counted),
        ((Server, Some("a")), (Browser, None), Counted),
        ((Browser, None), (Browser, None), Counted),
        ((Server, None), (Server, None), Counted),
    ];
    for ((first, first_id), (second, second_id), expected) in cases {
        let mut ledger = ledger(SameSource::Dedup);
        ledger.receive(message(first, 0, first_id, Some("fb.1.2.3")));
        let receipt = ledger.receive(message(second, 1, second_id, Some("fb.1.2.3")));
        assert_eq!(
            receipt.verdict, expected,
            "{first:?} {first_id:?} then {second:?} {second_id:?}"
        );
    }
}

#[test]
fn without_ids_the_window_is_open_at_48_hours() {
    for (gap_ms, expected) in [(WINDOW_MS - 1, 1), (WINDOW_MS, 2)] {
        let mut ledger = ledger(SameSource::Dedup);
        ledger.receive(message(Browser, 0, None, Some("f")));
        ledger.receive(message(Server, gap_ms, None, Some("f")));
        assert_eq!(ledger.newest_first().count(), expected, "{gap_ms}");
    }
}

#[test]
fn a_server_event_takes_the_newest_browser_event_that_is_still_alone() {
    let mut ledger = ledger(SameSource::Dedup);
    for at_ms in 0..3 {
        ledger.receive(message(Browser, at_ms, None, Some("f")));
    }
    let paired: Vec<u64> = (3..6)
        .map(|at_ms| {
            ledger
                .receive(message(Server, at_ms, None, Some("f")))
                .number
        })
        .collect();
    assert_eq!(paired, [2, 1, 0]);
    let fourth = ledger.receive(message(Server, 6, None, Some("f")));
    assert_eq!(fourth.verdict, Verdict::Repeat(Reason::Fbp));
}

#[test]
fn memory_is_bounded_and_what_was_forgotten_is_not_found() {
    let mut ledger = Ledger::new(SameSource::Dedup, 10);
    for number in 0..25 {
        ledger.receive(message(
            Browser,
            number,
            Some(&format!("id{number}")),
            Some("f"),
        ));
    }
    assert_eq!(ledger.newest_first().count(), 10);
    let (by_id, by_person) = ledger.index.numbers();
    assert_eq!((by_id.len(), by_person.len()), (10, 10));
    let forgotten = ledger.receive(message(Server, 30, Some("id3"), None));
    assert_eq!(forgotten.verdict, Verdict::Counted);
    let known = ledger.receive(message(Server, 31, Some("id24"), None));
    assert_eq!(known.verdict, Verdict::Twin(Reason::EventId));
    ledger.clear();
    assert_eq!(ledger.newest_first().count(), 0);
    assert_eq!(
        ledger
            .receive(message(Server, 32, Some("id24"), None))
            .number,
        26
    );
}

/// A message of any side with one of few ids, or one of few visitors.
fn any_message() -> impl Strategy<Value = (Source, Option<u8>, Option<u8>, i64)> {
    let source = prop_oneof![Just(Browser), Just(Server)];
    (
        source,
        prop::option::of(0..4_u8),
        prop::option::of(0..3_u8),
        0..20_i64,
    )
}

fn stream(parts: Vec<(Source, Option<u8>, Option<u8>, i64)>) -> Vec<Message> {
    let mut at_ms = 0;
    parts
        .into_iter()
        .map(|(source, id, fbp, hours)| {
            at_ms += hours * HOUR_MS;
            let (id, fbp) = (
                id.map(|id| format!("id{id}")),
                fbp.map(|fbp| format!("f{fbp}")),
            );
            message(source, at_ms, id.as_deref(), fbp.as_deref())
        })
        .collect()
}

proptest! {
    /// Within the window and with ids throughout, the order of arrival changes nothing.
    #[test]
    fn with_ids_each_is_counted_once_in_any_order(parts in prop::collection::vec((any::<bool>(), 0..6_u8), 0..40)) {
        let messages: Vec<Message> = parts
            .iter()
            .enumerate()
            .map(|(at_ms, (from_browser, id))| {
                let source = if *from_browser { Browser } else { Server };
                message(source, i64::try_from(at_ms).unwrap(), Some(&format!("id{id}")), Some("f"))
            })
            .collect();
        let ids: HashSet<&u8> = parts.iter().map(|(_, id)| id).collect();
        let mut sides: HashMap<&u8, HashSet<bool>> = HashMap::new();
        for (from_browser, id) in &parts {
            sides.entry(id).or_default().insert(*from_browser);
        }
        let pairs = sides.values().filter(|sides| sides.len() == 2).count();

        let (mut dedup, mut count) = (ledger(SameSource::Dedup), ledger(SameSource::Count));
        for message in &messages {
            dedup.receive(message.clone());
            count.receive(message.clone());
        }
        prop_assert_eq!(dedup.newest_first().count(), ids.len());
        prop_assert_eq!(count.newest_first().count(), messages.len() - pairs);
    }

    /// No message is lost or held twice, and twins keep the documented terms.
    #[test]
    fn any_stream_is_booked_completely_and_by_the_rules(parts in prop::collection::vec(any_message(), 0..60)) {
        let messages = stream(parts);
        let mut ledger = ledger(SameSource::Dedup);
        for message in &messages {
            ledger.receive(message.clone());
        }
        let held: usize = ledger.newest_first().map(Conversion::messages).sum();
        prop_assert_eq!(held, messages.len());
        for conversion in ledger.newest_first() {
            let (Some(browser), Some(server)) = (&conversion.browser, &conversion.server) else { continue };
            let gap_ms = (browser.received_ms - server.received_ms).abs();
            prop_assert!(gap_ms <= WINDOW_MS);
            match conversion.reason.unwrap() {
                Reason::EventId => prop_assert!(browser.event_id.is_some()),
                Reason::Fbp | Reason::ExternalId => {
                    prop_assert!(browser.received_ms <= server.received_ms);
                    prop_assert!(browser.event_id.is_none() || server.event_id.is_none());
                    prop_assert_eq!(&browser.person.fbp, &server.person.fbp);
                }
            }
        }
    }

    /// Forgetting keeps the index and the list in step.
    #[test]
    fn a_small_memory_never_breaks(parts in prop::collection::vec(any_message(), 0..80)) {
        let mut ledger = Ledger::new(SameSource::Dedup, 7);
        for message in stream(parts) {
            let receipt = ledger.receive(message);
            prop_assert!(ledger.messages <= 7);
            prop_assert!(ledger.get(receipt.number).is_some() || receipt.verdict != Verdict::Counted);
        }
        let (by_id, by_person) = ledger.index.numbers();
        for number in by_id {
            prop_assert!(ledger.get(number).is_some());
        }
        for number in by_person {
            prop_assert!(ledger.get(number).is_some_and(|conversion| conversion.browser.is_some()));
        }
    }
}
