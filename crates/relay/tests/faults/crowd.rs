//! Visitors who post as fast as they are answered, and post again what got no 202, as the companion does.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use tokio::task::JoinSet;

use crate::support::{body, purchase};
use crate::world::{Memory, Shared, patiently};

const VISITORS: usize = 16;
/// Events in one post: more of them a second than posts that a test can make.
const AT_ONCE: usize = 5;
/// Each crowd has ids of its own.
static CROWDS: AtomicUsize = AtomicUsize::new(0);

/// A crowd at work.
pub(crate) struct Crowd {
    /// Where the relay is now; it moves with each start.
    place: Arc<Mutex<String>>,
    client: Client,
    is_over: Arc<AtomicBool>,
    offered: Arc<AtomicUsize>,
    number: usize,
    pub(crate) memory: Shared,
    tasks: JoinSet<()>,
}

impl Crowd {
    pub(crate) fn gather(client: &Client, address: &str) -> Self {
        let mut crowd = Self {
            place: Arc::new(Mutex::new(address.to_owned())),
            client: client.clone(),
            is_over: Arc::default(),
            offered: Arc::default(),
            number: CROWDS.fetch_add(1, Ordering::SeqCst),
            memory: Shared::default(),
            tasks: JoinSet::new(),
        };
        for _ in 0..VISITORS {
            let visit = crowd.visitor();
            crowd.tasks.spawn(visit);
        }
        crowd
    }

    fn visitor(&self) -> impl Future<Output = ()> + use<> {
        let (place, client) = (Arc::clone(&self.place), self.client.clone());
        let (is_over, offered) = (Arc::clone(&self.is_over), Arc::clone(&self.offered));
        let (memory, number) = (Arc::clone(&self.memory), self.number);
        async move {
            while !is_over.load(Ordering::SeqCst) {
                let first = offered.fetch_add(AT_ONCE, Ordering::SeqCst);
                let orders = first..first + AT_ONCE;
                let event_ids: Vec<_> = orders
                    .map(|order| format!("order_{number}_{order}"))
                    .collect();
                let place = place.lock().unwrap().clone();
                let is_kept = post(&client, &place, &event_ids).await == Some(202);
                remember(&memory, event_ids, is_kept);
                if !is_kept {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// The relay is somewhere else now.
    pub(crate) fn follow(&self, address: &str) {
        address.clone_into(&mut self.place.lock().unwrap());
    }

    /// How many were answered with 202 so far.
    pub(crate) fn kept(&self) -> usize {
        self.memory.lock().unwrap().kept.len()
    }

    /// Sends everybody home; what got no 202 is posted until it does. Gives the ids of all, each of them kept.
    pub(crate) async fn go_home(mut self) -> Vec<String> {
        self.is_over.store(true, Ordering::SeqCst);
        while self.tasks.join_next().await.is_some() {}
        let Memory { mut kept, open } = std::mem::take(&mut *self.memory.lock().unwrap());
        let place = self.place.lock().unwrap().clone();
        for event_ids in open.chunks(AT_ONCE) {
            patiently("a 202", async || {
                (post(&self.client, &place, event_ids).await == Some(202)).then_some(())
            })
            .await;
            kept.extend_from_slice(event_ids);
        }
        kept
    }
}

fn remember(memory: &Shared, event_ids: Vec<String>, is_kept: bool) {
    let mut memory = memory.lock().unwrap();
    match is_kept {
        true => memory.kept.extend(event_ids),
        false => memory.open.extend(event_ids),
    }
}

/// The status; `None` if there is no answer.
async fn post(client: &Client, address: &str, event_ids: &[String]) -> Option<u16> {
    let events: Vec<_> = event_ids.iter().map(|id| purchase(id)).collect();
    let body = body(&events).to_string();
    let post = client.post(format!("{address}/twin/events")).body(body);
    Some(post.send().await.ok()?.status().as_u16())
}
