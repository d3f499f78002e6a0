//! How it starts, and what it says when it can't.

use crate::support::graph::{Graph, ok};
use crate::support::process::{Setup, TOKEN};

const NOWHERE: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = Setup::new(NOWHERE)
        .set("TWIN_LISTEN", &address)
        .fails(&[])
        .await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("{address} is taken by another program")),
        "{said}"
    );
    assert!(said.contains("TWIN_LISTEN"), "{said}");
}

#[tokio::test]
async fn a_bad_configuration_is_one_sentence_on_stderr() {
    for (name, value, expected) in [
        (
            "TWIN_PIXEL_ID",
            "12a",
            "twin-relay: pixel_id has the value \"12a\"",
        ),
        ("TWIN_PIXEL_ID", "", "twin-relay: pixel_id is missing"),
        (
            "TWIN_ACCESS_TOKEN",
            "",
            "twin-relay: access_token is missing",
        ),
        (
            "TWIN_ALLOWED_ORIGINS",
            "*",
            "twin-relay: allowed_origins has the value \"*\"",
        ),
    ] {
        let (code, said) = Setup::new(NOWHERE).set(name, value).fails(&[]).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.starts_with(expected), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(!said.contains(TOKEN));
    }
    let setup = Setup::new(NOWHERE);
    std::fs::write(setup.path("relay.toml"), "pixelid = \"1\"\n").unwrap();
    let (code, said) = setup.fails(&["--config", "relay.toml"]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("twin-relay: pixelid is not a key"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_configures_it() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let file = setup.path("relay.toml");
    std::fs::write(&file, "graph_version = \"v25.0\"\ntrusted_proxies = []\n").unwrap();
    let relay = setup.set("TWIN_CONFIG", file.to_str().unwrap()).start();
    relay.take(&["order_1"]).await;
    graph.has("order_1").await;
    assert!(graph.calls()[0].uri.starts_with("/v25.0/"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let setup = Setup::new(NOWHERE);
    std::fs::write(setup.path("file"), "").unwrap();
    let below = setup.path("file/data");
    let (code, said) = setup
        .set("TWIN_DATA_DIR", below.to_str().unwrap())
        .fails(&[])
        .await;
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("twin-relay: data_dir ") && said.contains("can't be written"),
        "{said}"
    );

    // A file that is no outbox.
    let setup = Setup::new(NOWHERE);
    std::fs::create_dir(setup.path("data")).unwrap();
    std::fs::write(setup.path("data/relay.sqlite"), "x".repeat(5000)).unwrap();
    let (code, said) = setup.fails(&[]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("not a database"), "{said}");
}

#[tokio::test]
async fn two_relays_do_not_share_an_outbox() {
    let setup = Setup::new(NOWHERE);
    let relay = setup.start();
    let (code, said) = setup.fails(&[]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("in use by another twin-relay"), "{said}");
    // The system lets go of the lock after a kill.
    relay.kill();
    setup.start();
}

#[tokio::test]
async fn the_outbox_of_a_later_version_is_left_alone() {
    let setup = Setup::new(NOWHERE);
    setup.start().kill();
    let outbox = rusqlite::Connection::open(setup.path("data/relay.sqlite")).unwrap();
    outbox.pragma_update(None, "user_version", 99).unwrap();
    drop(outbox);
    let (code, said) = setup.fails(&[]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("schema 99"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_outbox_is_readable_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let setup = Setup::new(NOWHERE);
    let _relay = setup.start();
    for name in ["relay.sqlite", "relay.sqlite-wal", "relay.lock"] {
        let file = std::fs::metadata(setup.path("data").join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
}
