//! The outbox against a model in memory, written from the rules alone: whatever is asked of it in whatever order, and
//! wherever it dies in between, both say the same. `OUTBOX_CASES` sets how many ways are tried.

mod model;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};
use twin_core::accept::Accepted;

use model::{Model, json, name, says};

use super::sqlite::Sqlite;
use super::{Access, Ask, Intake, Kept, Outbox, Settled, Settlement, Source, Which, open};
use crate::clock::set::SET_MS;

const START_MS: u64 = 1_700_000_000_000;
const HOUR_MS: u64 = 60 * 60 * 1000;

/// What is asked of the outbox, or befalls it.
#[derive(Debug, Clone)]
enum Step {
    /// A half of an event, one of few, so that they meet; how many hours ago it happened, and whether the other half may come.
    Keep {
        id: u8,
        is_shop: bool,
        hours_ago: u64,
        has_other: bool,
        hold_ms: u64,
    },
    /// Takes so many rows to send.
    Claim {
        limit: usize,
    },
    /// Says of a row under way what became of it.
    Settle {
        which: u8,
        how: u8,
    },
    /// Time passes.
    Pass {
        hours: u64,
    },
    Prune,
    Wake,
    Retry,
    Purge,
    /// The process dies, and another opens the files; of a write that was never answered, so many bytes were in the log.
    Crash {
        torn: Vec<u8>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let keep = (0..6u8, any::<bool>(), 0..60u64, any::<bool>(), 0..2u64).prop_map(
        |(id, is_shop, hours_ago, has_other, hold)| Step::Keep {
            id,
            is_shop,
            hours_ago,
            has_other,
            hold_ms: hold * 5_000,
        },
    );
    prop_oneof![
        6 => keep,
        4 => (1..4usize).prop_map(|limit| Step::Claim { limit }),
        5 => (any::<u8>(), 0..4u8).prop_map(|(which, how)| Step::Settle { which, how }),
        2 => prop_oneof![Just(1u64), Just(25), Just(9 * 24), Just(63 * 24)].prop_map(|hours| Step::Pass { hours }),
        1 => Just(Step::Prune),
        1 => Just(Step::Wake),
        1 => Just(Step::Retry),
        1 => Just(Step::Purge),
        2 => vec(any::<u8>(), 0..200).prop_map(|torn| Step::Crash { torn }),
    ]
}

/// The outbox in its folder, and what is under way in the process that has it open.
struct World {
    runtime: Runtime,
    folder: tempfile::TempDir,
    outbox: Option<(Sqlite, std::thread::JoinHandle<()>)>,
    busy: Vec<(i64, i64, u8)>,
    model: Model,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            runtime: Builder::new_current_thread().build().unwrap(),
            folder: tempfile::tempdir().unwrap(),
            outbox: None,
            busy: Vec::new(),
            model: Model {
                now_ms: START_MS,
                ..Model::default()
            },
        };
        SET_MS.set(Some(START_MS));
        world.open();
        world
    }

    fn open(&mut self) {
        let store = open(self.folder.path(), Access::Relay).unwrap();
        self.outbox = Some(Sqlite::start(store).unwrap());
        self.model.wake();
    }

    /// Leaves the files as they are at this moment and takes a copy of them, as a kill would: nothing is closed in it. At the
    /// log's end stand bytes of a transaction that was never finished.
    fn crash(&mut self, torn: &[u8]) {
        let copy = tempfile::tempdir().unwrap();
        for file in fs::read_dir(self.folder.path()).unwrap().flatten() {
            // SQLite's index of its log lives in shared memory and is made anew.
            if !file.path().to_string_lossy().ends_with("-shm") {
                fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
            }
        }
        let log = copy.path().join("relay.sqlite-wal");
        if log.exists() {
            let mut bytes = fs::read(&log).unwrap();
            bytes.extend_from_slice(torn);
            fs::write(&log, bytes).unwrap();
        }
        let (outbox, thread) = self.outbox.take().unwrap();
        drop(outbox);
        thread.join().unwrap();
        self.folder = copy;
        self.busy.clear();
        self.open();
    }

    fn outbox(&self) -> &Sqlite {
        &self.outbox.as_ref().unwrap().0
    }

    fn take(&mut self, step: Step) {
        SET_MS.set(Some(self.model.now_ms));
        match step {
            Step::Keep {
                id,
                is_shop,
                hours_ago,
                has_other,
                hold_ms,
            } => {
                let source = if is_shop {
                    Source::Shop
                } else {
                    Source::Browser
                };
                let expected = if has_other { 3 } else { 0 };
                let at_s = self.model.now_ms / 1000 - hours_ago * 3600;
                let kept = Kept {
                    pixel_id: "1".into(),
                    event: Arc::new(Accepted {
                        event_name: name(id).into(),
                        event_id: id.to_string(),
                        event_time: at_s,
                        json: json(id, source, at_s),
                    }),
                    source,
                    expected,
                    hold_ms,
                    test_event_code: None,
                };
                let intake = Intake {
                    events: vec![kept],
                    ..Intake::default()
                };
                let new = self.runtime.block_on(self.outbox().keep(intake)).unwrap();
                assert_eq!(
                    new,
                    self.model.keep(id, source, hours_ago, expected, hold_ms)
                );
            }
            Step::Claim { limit } => self.claim(limit),
            Step::Settle { which, how } => self.settle(which, how),
            Step::Pass { hours } => self.model.now_ms += hours * HOUR_MS,
            Step::Prune => {
                self.runtime.block_on(self.outbox().prune()).unwrap();
                self.model.prune();
            }
            Step::Wake => {
                self.runtime.block_on(self.outbox().wake()).unwrap();
                self.model.wake();
            }
            Step::Retry => {
                let again = self
                    .runtime
                    .block_on(self.outbox().retry(Which::All))
                    .unwrap();
                let now_ms = self.model.now_ms;
                let mut count = 0;
                for known in self
                    .model
                    .events
                    .values_mut()
                    .filter(|known| known.state == "rejected" && known.says != 0)
                {
                    known.state = "waiting";
                    known.due_ms = now_ms;
                    known.revision += 1;
                    count += 1;
                }
                assert_eq!(again, count);
            }
            Step::Purge => {
                let gone = self
                    .runtime
                    .block_on(self.outbox().purge(Which::All))
                    .unwrap();
                let before = self.model.events.len();
                self.model
                    .events
                    .retain(|_, known| !matches!(known.state, "rejected" | "expired"));
                assert_eq!(gone, before - self.model.events.len());
            }
            Step::Crash { torn } => self.crash(&torn),
        }
    }

    /// What is due and not under way, oldest first, whole.
    fn claim(&mut self, limit: usize) {
        let busy: HashSet<i64> = self.busy.iter().map(|(row, ..)| *row).collect();
        let ask = Ask {
            pixel_id: "1".into(),
            limit,
            max_bytes: 1_000_000,
            busy: Arc::new(busy),
        };
        let claim = self.runtime.block_on(self.outbox().claim(ask)).unwrap();
        let under_way: Vec<u8> = self.busy.iter().map(|(_, _, id)| *id).collect();
        let due = self.model.events.iter().filter(|(id, known)| {
            known.state == "waiting" && known.due_ms <= self.model.now_ms && !under_way.contains(id)
        });
        assert_eq!(claim.rows.len(), due.clone().count().min(limit));
        let mut last_ms = 0;
        for row in claim.rows {
            let event: serde_json::Value = serde_json::from_str(&row.json).unwrap();
            let id: u8 = event["event_id"].as_str().unwrap().parse().unwrap();
            let known = &self.model.events[&id];
            assert!(
                known.state == "waiting"
                    && known.due_ms >= last_ms
                    && known.due_ms <= self.model.now_ms
            );
            last_ms = known.due_ms;
            assert_eq!(
                (
                    says(&row.json),
                    row.revision,
                    row.browser_s,
                    row.event_time_s
                ),
                (
                    known.says,
                    known.revision,
                    known.browser_s,
                    known.event_time_s
                )
            );
            self.busy.push((row.id, row.revision, id));
        }
    }

    fn settle(&mut self, which: u8, how: u8) {
        if self.busy.is_empty() {
            return;
        }
        let (row, revision, id) = self.busy.remove(usize::from(which) % self.busy.len());
        let now_ms = self.model.now_ms;
        let reason = || "because".into();
        let settlement = match how {
            0 => Settlement::Delivered,
            1 => Settlement::Retry {
                next_ms: now_ms + 1000,
                reason: reason(),
            },
            2 => Settlement::Rejected { reason: reason() },
            _ => Settlement::Expired { reason: reason() },
        };
        let settled = [Settled {
            id: row,
            revision,
            settlement,
        }];
        self.runtime
            .block_on(self.outbox().settle(Arc::new(settled)))
            .unwrap();
        // A text that another has replaced settles nothing, and so does one of a row that is gone.
        let Some(known) = self
            .model
            .events
            .get_mut(&id)
            .filter(|known| known.revision == revision)
        else {
            return;
        };
        known.settled_ms = now_ms;
        match how {
            0 => {
                known.state = "delivered";
                if known.expected & !known.sources == 0 {
                    known.says = 0;
                }
            }
            1 => known.due_ms = now_ms + 1000,
            2 => known.state = "rejected",
            _ => (known.state, known.says) = ("expired", 0),
        }
    }

    /// Both know the same events, one row each, in the same states.
    fn compare(&self) {
        let file = rusqlite::Connection::open(self.folder.path().join("relay.sqlite")).unwrap();
        let mut rows = file
            .prepare(
                "SELECT event_id, event_name, state, sources, revision, json, next_ms FROM event",
            )
            .unwrap();
        let found = rows.query_map([], |row| {
            let json: String = row.get(5)?;
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, u8>(3)?,
                row.get::<_, i64>(4)?,
                says(&json),
                row.get::<_, u64>(6)?,
            ))
        });
        let mut found: Vec<_> = found.unwrap().map(Result::unwrap).collect();
        found.sort();
        let expected = self.model.events.iter().map(|(id, known)| {
            (
                id.to_string(),
                name(*id).to_owned(),
                known.state.to_owned(),
                known.sources,
                known.revision,
                known.says,
                known.due_ms,
            )
        });
        assert_eq!(found, expected.collect::<Vec<_>>());
        let counts = self.runtime.block_on(self.outbox().counts()).unwrap();
        let count = |state| {
            self.model
                .events
                .values()
                .filter(|known| known.state == state)
                .count() as u64
        };
        assert_eq!(
            (counts.waiting, counts.rejected, counts.expired),
            (count("waiting"), count("rejected"), count("expired"))
        );
    }
}

impl Drop for World {
    fn drop(&mut self) {
        SET_MS.set(None);
        if let Some((outbox, thread)) = self.outbox.take() {
            drop(outbox);
            let _ = thread.join();
        }
    }
}

fn cases() -> u32 {
    std::env::var("OUTBOX_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_outbox_keeps_its_promises_through_any_crash(steps in vec(step(), 1..40)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
            world.compare();
        }
        assert!(Path::new(world.folder.path()).exists());
    }
}
