//! What only a real connection shows: the reset, the peer's address, the live stream, the binary itself.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use twin_standin::{Settings, StandIn, router, serve};

use crate::support::{PIXEL, TOKEN, purchase};

async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(
        listener,
        router(Arc::new(StandIn::new(Settings::default()))),
    ));
    address
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The whole answer, or how the connection broke.
async fn exchange(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    // A picture among them is no text.
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
}

/// A request with one good event.
fn one_purchase() -> String {
    let body = json!({ "data": [purchase(json!({}))] }).to_string();
    let path = format!("/v26.0/{PIXEL}/events?access_token={TOKEN}");
    post(&path, &body)
}

#[tokio::test]
async fn drop_after_accept_stores_the_events_and_resets_the_connection() {
    let address = start().await;
    exchange(
        address,
        &post("/__sim/fault", r#"{"name":"drop_after_accept"}"#),
    )
    .await
    .unwrap();
    let request = one_purchase();
    let broken = exchange(address, &request).await.unwrap_err();
    assert_eq!(broken.kind(), std::io::ErrorKind::ConnectionReset);
    let rows = exchange(address, &get("/api/conversions")).await.unwrap();
    assert!(rows.contains(r#""status":"server only""#), "{rows}");
    let again = exchange(address, &request).await.unwrap();
    assert!(again.starts_with("HTTP/1.1 200"), "{again}");
}

#[tokio::test]
async fn half_stores_the_events_and_cuts_the_answer() {
    let address = start().await;
    exchange(address, &post("/__sim/fault", r#"{"name":"half"}"#))
        .await
        .unwrap();
    let request = one_purchase();
    let cut = exchange(address, &request).await.unwrap();
    let (head, rest) = cut.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(rest.starts_with('{') && !rest.ends_with('}'), "{rest}");
    let length = format!("content-length: {}", rest.len());
    assert!(!head.contains(&length), "{head}");
    let rows = exchange(address, &get("/api/conversions")).await.unwrap();
    assert!(rows.contains(r#""status":"server only""#), "{rows}");
}

#[tokio::test]
async fn a_pixel_event_carries_the_address_of_its_sender() {
    let address = start().await;
    exchange(address, &get(&format!("/tr/?id={PIXEL}&ev=PageView")))
        .await
        .unwrap();
    let rows = exchange(address, &get("/api/conversions")).await.unwrap();
    assert!(
        rows.contains(r#""client_ip_address":"127.0.0.1""#),
        "{rows}"
    );
}

#[tokio::test]
async fn the_live_stream_tells_each_change() {
    let address = start().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(get("/__sim/stream").as_bytes())
        .await
        .unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut next = async |event: &str| loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if line == format!("event: {event}") {
            return lines.next_line().await.unwrap().unwrap();
        }
    };
    next("hello").await;
    exchange(address, &get(&format!("/tr/?id={PIXEL}&ev=PageView&eid=a")))
        .await
        .unwrap();
    let data = next("conversions").await;
    let data: serde_json::Value =
        serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(
        (&data["rows"][0]["event_id"], &data["totals"]["counted"]),
        (&json!("a"), &json!(1))
    );
    exchange(address, &post(&format!("/v26.0/{PIXEL}/events"), "{}"))
        .await
        .unwrap();
    assert!(next("request").await.contains(r#""error_code":200"#));
    exchange(
        address,
        "DELETE /api/conversions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .await
    .unwrap();
    next("clear").await;
}

#[tokio::test]
async fn the_binary_says_one_line_and_a_taken_port_is_one_sentence() {
    let mut first = Command::new(env!("CARGO_BIN_EXE_twin-standin"))
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(first.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    let port = line
        .trim_end()
        .strip_prefix("twin-standin listening on http://localhost:")
        .unwrap()
        .to_owned();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    assert!(
        exchange(address, &get("/api/conversions"))
            .await
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );

    let second = Command::new(env!("CARGO_BIN_EXE_twin-standin"))
        .args(["--port", &port])
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(String::from_utf8(second.stdout).unwrap(), "");
    let complaint = String::from_utf8(second.stderr).unwrap();
    assert_eq!(complaint.lines().count(), 1);
    assert!(
        complaint.contains(&format!("port {port} is taken")),
        "{complaint}"
    );

    let terminated = Command::new("kill")
        .arg(first.id().to_string())
        .status()
        .unwrap();
    assert!(terminated.success());
    assert_eq!(first.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut stdout, &mut rest).unwrap();
    assert_eq!(rest, "");
}
