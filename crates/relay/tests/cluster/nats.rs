//! Three NATS servers that know one another.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::process::Setup;

const NODES: usize = 3;
/// A cluster elects its leaders within seconds; reached only by a test that fails.
const ELECTION: Duration = Duration::from_secs(60);

/// A cluster; its servers end with the test.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    nodes: Vec<Option<Child>>,
    clients: Vec<u16>,
    routes: Vec<u16>,
}

impl Cluster {
    /// Starts the servers; they may need a moment to find one another.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Asked for all at once, so that they differ.
        let free: Vec<_> = (0..NODES * 2)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let ports: Vec<_> = free
            .iter()
            .map(|port| port.local_addr().unwrap().port())
            .collect();
        drop(free);
        let (clients, routes) = ports.split_at(NODES);
        let mut cluster = Self {
            folder,
            nodes: (0..NODES).map(|_| None).collect(),
            clients: clients.to_vec(),
            routes: routes.to_vec(),
        };
        for node in 0..NODES {
            cluster.launch(node);
        }
        cluster.ready().await;
        cluster
    }

    /// Starts a server, with what an earlier run of it kept.
    pub(crate) fn launch(&mut self, node: usize) {
        let store: PathBuf = self.folder.path().join(format!("node{node}"));
        let routes: Vec<_> = self
            .routes
            .iter()
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        let child = Command::new("nats-server")
            .args([
                "--addr",
                "127.0.0.1",
                "--jetstream",
                "--cluster_name",
                "twin",
            ])
            .args([
                "--name",
                &format!("node{node}"),
                "--port",
                &self.clients[node].to_string(),
            ])
            .args([
                "--store_dir",
                store.to_str().unwrap(),
                "--routes",
                &routes.join(","),
            ])
            .args([
                "--cluster",
                &format!("nats://127.0.0.1:{}", self.routes[node]),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{error}: install nats-server (apt-get install nats-server)")
            });
        self.nodes[node] = Some(child);
    }

    /// Waits until a stream of three copies can be made.
    async fn ready(&self) {
        let start = std::time::Instant::now();
        loop {
            if self.try_stream().await.is_ok() {
                return;
            }
            assert!(start.elapsed() < ELECTION, "the cluster finds no leader");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn try_stream(&self) -> Result<(), Box<dyn std::error::Error>> {
        let client = async_nats::connect(self.address(0)).await?;
        let context = async_nats::jetstream::new(client);
        let config = async_nats::jetstream::stream::Config {
            name: "ready".into(),
            num_replicas: NODES,
            ..Default::default()
        };
        context.create_stream(config).await?;
        context.delete_stream("ready").await?;
        Ok(())
    }

    fn address(&self, node: usize) -> String {
        format!("nats://127.0.0.1:{}", self.clients[node])
    }

    /// A set-up of a relay with its outbox here.
    pub(crate) fn outbox(&self, setup: Setup) -> Setup {
        let addresses: Vec<_> = (0..NODES).map(|node| self.address(node)).collect();
        setup.set("TWIN_OUTBOX", &addresses.join(","))
    }

    /// Loses all signals of events to be sent, as servers that lost one another may do.
    pub(crate) async fn lose_signals(&self) {
        let client = async_nats::connect(self.address(0)).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let signals = context.get_stream("twin_signals").await.unwrap();
        assert!(signals.purge().await.unwrap().purged > 0);
    }

    /// Stops a server where it is, as if nothing reached it any more.
    pub(crate) fn freeze(&self, node: usize) {
        self.signal(node, "STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self, node: usize) {
        self.signal(node, "CONT");
    }

    fn signal(&self, node: usize, signal: &str) {
        let id = self.nodes[node].as_ref().unwrap().id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// `kill -9` for a server.
    pub(crate) fn kill(&mut self, node: usize) {
        let mut child = self.nodes[node].take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.nodes.iter_mut().flatten() {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
