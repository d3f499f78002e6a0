//! Load for `npm run bench:relay`: `load <host:port> <connections> <seconds> [posts per second]`. Keep-alive connections, each
//! post a Purchase with an id of its own, which ends with the time of the post in Unix ms; without a rate each connection posts as soon as it is answered. Prints JSON: how
//! many were answered 202, and how long that took. With a rate, a post that starts late counts from when it was due.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool of the bench"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

const EM: &str = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";

/// What a connection saw.
#[derive(Default)]
struct Seen {
    micros: Vec<u64>,
    refused: usize,
}

struct Plan {
    address: String,
    end: Instant,
    /// How far apart the posts of one connection are.
    pace: Option<Duration>,
    number: AtomicUsize,
    run: u128,
}

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let connections: u32 = given[1].parse().unwrap();
    let seconds: f64 = given[2].parse().unwrap();
    let rate: Option<f64> = given.get(3).map(|rate| rate.parse().unwrap());
    let start = Instant::now();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let plan = Arc::new(Plan {
        address: given[0].clone(),
        end: start + Duration::from_secs_f64(seconds),
        pace: rate.map(|rate| Duration::from_secs_f64(f64::from(connections) / rate)),
        number: AtomicUsize::new(0),
        run: since.as_millis(),
    });
    let mut tasks = JoinSet::new();
    for place in 0..connections {
        let plan = Arc::clone(&plan);
        let offset = f64::from(place) / f64::from(connections);
        tasks.spawn(async move { visit(&plan, offset).await });
    }
    let seen = tasks.join_all().await;
    let mut micros: Vec<u64> = seen
        .iter()
        .flat_map(|seen| seen.micros.iter().copied())
        .collect();
    micros.sort_unstable();
    let at_ms = |share: f64| {
        let micros = micros.get((micros.len() as f64 * share) as usize);
        micros.map_or(0.0, |micros| *micros as f64 / 1000.0)
    };
    let report = serde_json::json!({
        "accepted": micros.len(),
        "per_s": (micros.len() as f64 / start.elapsed().as_secs_f64()).round(),
        "p50_ms": at_ms(0.5), "p99_ms": at_ms(0.99), "max_ms": at_ms(0.999_999),
        "refused": seen.iter().map(|seen| seen.refused).sum::<usize>(),
    });
    println!("{report}");
}

async fn visit(plan: &Plan, offset: f64) -> Seen {
    let mut seen = Seen::default();
    let mut stream = None;
    let mut due = Instant::now() + plan.pace.unwrap_or_default().mul_f64(offset);
    let mut buffer = vec![0; 4096];
    while Instant::now() < plan.end {
        if plan.pace.is_some() {
            sleep_until(due.into()).await;
        } else {
            due = Instant::now();
        }
        let number = plan.number.fetch_add(1, Ordering::Relaxed);
        let event_id = format!("order_{}_{number}", plan.run);
        match post(&mut stream, &plan.address, &event_id, &mut buffer).await {
            Some(202) => {
                let micros = due.elapsed().as_micros();
                seen.micros.push(u64::try_from(micros).unwrap_or(u64::MAX));
            }
            Some(_) => seen.refused += 1,
            None => {
                seen.refused += 1;
                stream = None;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        due += plan.pace.unwrap_or_default();
    }
    seen
}

/// Posts once. Gives the status; `None` if the connection broke.
async fn post(
    stream: &mut Option<TcpStream>,
    address: &str,
    event_id: &str,
    buffer: &mut [u8],
) -> Option<u16> {
    if stream.is_none() {
        let new = TcpStream::connect(address).await.ok()?;
        new.set_nodelay(true).ok()?;
        *stream = Some(new);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let (now_s, now_ms) = (now.as_secs(), now.as_millis());
    let body = format!(
        r#"{{"data":[{{"event_name":"Purchase","event_time":{now_s},"event_id":"{event_id}_{now_ms}","action_source":"website","event_source_url":"https://shop.example/thanks","user_data":{{"em":"{EM}","ph":"{EM}","fn":"{EM}","ln":"{EM}","zp":"{EM}","fbp":"fb.1.1700000000000.123456789"}},"custom_data":{{"value":99.9,"currency":"USD","content_ids":["sku1","sku2"],"content_type":"product"}}}}]}}"#
    );
    let request = format!(
        "POST /twin/events HTTP/1.1\r\nHost: {address}\r\nUser-Agent: Mozilla/5.0 (Bench)\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let stream = stream.as_mut()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut read = 0;
    loop {
        let more = stream.read(buffer.get_mut(read..)?).await.ok();
        read += more.filter(|more| *more > 0)?;
        let text = std::str::from_utf8(&buffer[..read]).ok()?;
        let Some((head, rest)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            let is_length = key.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.parse::<usize>().ok())?
        });
        if rest.len() >= length.unwrap_or(0) {
            return head.get(9..12)?.parse().ok();
        }
    }
}
