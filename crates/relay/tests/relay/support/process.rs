//! The relay's process, from its start to its end, and requests to it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Once;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

use super::{PIXEL, body, purchase, until};

const BINARY: &str = env!("CARGO_BIN_EXE_twin-relay");
pub(crate) const TOKEN: &str = "EAABtoken4711";
pub(crate) const ADMIN_TOKEN: &str = "admin-token-4712";

/// A folder and an environment to run relays in.
pub(crate) struct Setup {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    /// `ulimit -f` in blocks of 512 bytes: the largest file the process may write.
    pub(crate) file_limit: Option<u32>,
}

impl Setup {
    pub(crate) fn new(graph: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        let setup = Self {
            folder,
            environment: Vec::new(),
            file_limit: None,
        };
        setup
            .set("TWIN_PIXEL_ID", PIXEL)
            .set("TWIN_ACCESS_TOKEN", TOKEN)
            .set("TWIN_GRAPH_BASE", graph)
            .set("TWIN_LISTEN", "127.0.0.1:0")
            .set("TWIN_ADMIN_LISTEN", "127.0.0.1:0")
            .set("TWIN_ADMIN_TOKEN", ADMIN_TOKEN)
            .set("TWIN_LOG_LEVEL", "trace")
            .set("TWIN_DATA_DIR", data_dir.to_str().unwrap())
    }

    /// Sets a variable, over an earlier value.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = match self.file_limit {
            None => Command::new(BINARY),
            Some(blocks) => {
                let mut shell = Command::new("/bin/sh");
                shell
                    .arg("-c")
                    .arg(format!("ulimit -S -f {blocks}; exec \"$0\" \"$@\""))
                    .arg(BINARY);
                shell
            }
        };
        // Nothing of the surroundings, so that a developer's own TWIN_* can't change a test.
        command
            .args(words)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts the relay; returns when it takes requests.
    pub(crate) fn start(&self) -> Relay {
        let log = self.path("stderr");
        let stderr = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = |words: &str| {
            let line = lines.next().and_then(Result::ok).unwrap_or_default();
            let address = line.strip_prefix(words).map(str::to_owned);
            address.unwrap_or_else(|| panic!("{line}{}", std::fs::read_to_string(&log).unwrap()))
        };
        Relay {
            address: after("twin-relay listening on "),
            admin: after("twin-relay answers its operator on "),
            child: Mortal(child),
            client: client(),
            log,
        }
    }

    /// Runs a relay that must not start. Gives its exit code and stderr.
    pub(crate) async fn fails(&self, more: &[&str]) -> (Option<i32>, String) {
        let mut child = self
            .command(&["serve"])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map(Mortal)
            .unwrap();
        let code = until("its end", async || child.0.try_wait().unwrap()).await;
        let mut said = String::new();
        let stderr = child.0.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (code.code(), said)
    }

    /// What a command prints; it must do what it is asked.
    pub(crate) fn command_says(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let wrong = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{wrong}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code and stderr of a command that can't do what it is asked.
    pub(crate) fn command_fails(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = self.command(words).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }
}

/// An HTTP client of its own.
pub(crate) fn client() -> Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .unwrap()
    });
    Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

/// A running relay; killed when the test ends.
pub(crate) struct Relay {
    child: Mortal,
    /// `http://127.0.0.1:4711`.
    pub(crate) address: String,
    admin: String,
    pub(crate) client: Client,
    log: PathBuf,
}

impl Relay {
    /// A post to the endpoint, not sent yet.
    pub(crate) fn request(&self, body: String) -> RequestBuilder {
        self.client
            .post(format!("{}/twin/events", self.address))
            .body(body)
    }

    /// Posts a body. Gives status and answer.
    pub(crate) async fn post(&self, body: &Value) -> (u16, Value) {
        read(self.request(body.to_string()).send().await.unwrap()).await
    }

    /// Posts a good Purchase with each of these ids, which must be taken.
    pub(crate) async fn take(&self, event_ids: &[&str]) {
        let events: Vec<_> = event_ids.iter().map(|id| purchase(id)).collect();
        let (status, answer) = self.post(&body(&events)).await;
        assert_eq!(status, 202, "{answer}");
        assert_eq!(answer["events_received"], event_ids.len());
    }

    /// Somebody else who posts, for as long as the relay lives.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor {
            client: self.client.clone(),
            url: format!("{}/twin/events", self.address),
        }
    }

    /// A request to the admin listener with its token, not sent yet.
    pub(crate) fn office(&self, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        self.client
            .request(method, format!("{}{path}", self.admin))
            .bearer_auth(ADMIN_TOKEN)
    }

    /// What `/readyz` says.
    pub(crate) async fn standing(&self) -> (u16, Value) {
        read(self.office("GET", "/readyz").send().await.unwrap()).await
    }

    /// What the public `/healthz` says.
    pub(crate) async fn health(&self) -> (u16, Value) {
        let asked = self.client.get(format!("{}/healthz", self.address));
        read(asked.send().await.unwrap()).await
    }

    /// How the outbox stands.
    pub(crate) async fn outbox(&self) -> Value {
        self.standing().await.1["outbox"].clone()
    }

    /// Waits until so many events wait and so many are rejected.
    pub(crate) async fn holds(&self, waiting: u64, rejected: u64) {
        until(
            &format!("{waiting} waiting, {rejected} rejected"),
            async || {
                let outbox = self.outbox().await;
                (outbox["waiting"] == waiting && outbox["rejected"] == rejected).then_some(())
            },
        )
        .await;
    }

    /// What it wrote to stderr, also in earlier runs of the same set-up.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Lifts the limit on the size of files.
    #[cfg(target_os = "linux")]
    pub(crate) fn unlimit(&self) {
        let lifted = Command::new("prlimit")
            .args(["--fsize=unlimited", "--pid", &self.child.0.id().to_string()])
            .status();
        assert!(lifted.unwrap().success());
    }

    /// `kill -9`, and waits for the end.
    pub(crate) fn kill(mut self) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
    }

    /// Sends a signal (`TERM`, `INT`) and waits for the end.
    pub(crate) async fn stop(mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(self.child.0.id().to_string())
            .status();
        assert!(sent.unwrap().success());
        until("the end of the relay", async || {
            self.child.0.try_wait().unwrap()
        })
        .await
    }
}

/// Posts beside others.
pub(crate) struct Visitor {
    client: Client,
    url: String,
}

impl Visitor {
    /// Posts a good Purchase. Gives the status; `None` if there is no answer.
    pub(crate) async fn post(&self, event_id: &str) -> Option<u16> {
        let body = body(&[purchase(event_id)]).to_string();
        let answer = self.client.post(&self.url).body(body).send().await;
        answer.ok().map(|answer| answer.status().as_u16())
    }
}

/// A process that does not outlive its test.
struct Mortal(Child);

impl Drop for Mortal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Status and JSON of an answer.
pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let answer = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    (status, answer)
}

/// Whether a file below the folder holds the text, in any of its bytes.
pub(crate) fn is_anywhere(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_anywhere(&path, text);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}
