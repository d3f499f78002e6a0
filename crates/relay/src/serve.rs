//! `twin-relay serve`: starts the parts, and stops them in order when asked to.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use crate::admin::{self, Office};
use crate::clock::{self, Drift};
use crate::config::Config;
use crate::error::StartError;
use crate::flight::Plane;
use crate::gate::Gate;
use crate::graph::{self, Graph};
use crate::outbox::nats::Nats;
use crate::outbox::rows::strays;
use crate::outbox::sqlite::Sqlite;
use crate::outbox::{self, Access, Outbox};
use crate::router::{Relay, router};
use crate::sender::Sender;
use crate::standing::Standing;
use crate::status::Status;
use crate::status::meta::Meta;
use crate::{books, connections, meters};

/// How long the last attempt to send may take. What is not sent by then waits for the next start.
const LAST_ATTEMPT: Duration = Duration::from_secs(5);
/// How often what nobody needs is forgotten.
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often the books are balanced.
const BOOKS_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often to look for what was lost sight of.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How often limits and metrics are tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(30);
/// Most connections to the admin listener at once.
const ADMIN_CONNECTIONS: usize = 64;

/// Runs until SIGINT or SIGTERM.
pub(crate) fn serve(config: Config) -> Result<(), StartError> {
    // As many files as the system lets us have: a connection is one. Where that fails, there are fewer.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let writer = runtime.block_on(run(config))?;
    // With it go the last handles to the outbox, also those of requests that did not finish; then its thread ends, and
    // SQLite leaves one tidy file.
    drop(runtime);
    if writer.is_some_and(|writer| writer.join().is_err()) {
        tracing::error!("the outbox's thread had died");
    }
    Ok(())
}

async fn run(config: Config) -> Result<Option<JoinHandle<()>>, StartError> {
    let signal = stop_signal()?;
    let client = graph::client(&config)?;
    let (outbox, writer) = open(&config).await?;
    let listener = listen(config.listen, "listen").await?;
    let address = listener.local_addr()?;
    let metrics = recorder().map_err(|error| io::Error::other(error.to_string()))?;
    let standing = Arc::new(Standing::default());
    let status = Arc::new(Status::default());

    let (stop_senders, senders_stopped) = watch::channel(false);
    let mut senders = JoinSet::new();
    let graphs = graphs(&config, &client);
    for (pixel_id, graph) in &graphs {
        let plane = Plane {
            outbox: Arc::clone(&outbox),
            graph: Arc::clone(graph),
            pixel_id: Arc::clone(pixel_id),
            status: Arc::clone(&status),
        };
        let sender = Sender::new(plane, Arc::clone(&standing));
        senders.spawn(sender.run(senders_stopped.clone()));
    }
    let office = match config.admin {
        Some(admin) => {
            let office = Office {
                token: admin.token,
                outbox: Arc::clone(&outbox),
                standing: Arc::clone(&standing),
                status: Arc::clone(&status),
                graphs,
                meta: Meta::default(),
                metrics: metrics.clone(),
            };
            Some(open_office(admin.listen, office).await?)
        }
        None => None,
    };
    let shops = config.shops.into_iter();
    let relay = Arc::new(Relay {
        outbox: Arc::clone(&outbox),
        shops: shops.map(|shop| (shop.name.clone(), shop)).collect(),
        trusted_proxies: config.trusted_proxies,
        status,
        gate: Gate::new(config.limits),
        webhook_gate: Gate::new(config.limits),
    });
    let chores = tokio::spawn(chores(Arc::clone(&relay), metrics));
    let sweep = tokio::spawn(sweep(Arc::clone(&relay)));
    // On NATS every relay would read all that is known: there an operator asks, on one machine.
    let books = config
        .nats
        .is_none()
        .then(|| tokio::spawn(balance(Arc::clone(&relay), config.books_alarm_below)));
    let (stop_server, server_stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(connections::serve(
        listener,
        router(relay),
        config.limits.connections as usize,
        server_stopped,
    ));
    // Whether anybody reads stdout or not, events are taken.
    if let Err(cause) = announce(address, office) {
        tracing::warn!(%cause, %address, "listening, but stdout can't be written");
    }

    signal.await;
    tracing::info!("stopping");
    // First the intake, so that the last attempt has all there is.
    let _ = stop_server.send(());
    if server.await.is_err() {
        tracing::error!("the server had died");
    }
    chores.abort();
    sweep.abort();
    books.inspect(|books| books.abort());
    let _ = stop_senders.send(true);
    let landed = async { while senders.join_next().await.is_some() {} };
    if timeout(LAST_ATTEMPT, landed).await.is_err() {
        tracing::info!(
            "the last attempt to send took too long; the events wait for the next start"
        );
    }
    Ok(writer)
}

/// The outbox, and its thread if it has one.
async fn open(config: &Config) -> Result<(Arc<dyn Outbox>, Option<JoinHandle<()>>), StartError> {
    if let Some(servers) = &config.nats {
        return Ok((Arc::new(Nats::open(servers).await?), None));
    }
    let opened = outbox::open(&config.data_dir, Access::Relay)?;
    warn_of_strays(&opened, config);
    let (outbox, writer) = Sqlite::start(opened)?;
    Ok((Arc::new(outbox), Some(writer)))
}

/// One for each pixel, also where several shops share it.
fn graphs(config: &Config, client: &reqwest::Client) -> BTreeMap<Arc<str>, Arc<Graph>> {
    let (base, version) = (config.graph_base.as_str(), &config.graph_version);
    let pixels = config.shops.iter().flat_map(|shop| &shop.pixels);
    pixels
        .map(|pixel| {
            let graph = Graph::new(client.clone(), base, version, pixel);
            (Arc::clone(&pixel.id), Arc::new(graph))
        })
        .collect()
}

fn recorder() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new()
        .set_buckets(&meters::BOUNDS_S)?
        .install_recorder()
}

/// Starts the admin listener. Gives where it is.
async fn open_office(listen_on: SocketAddr, office: Office) -> Result<SocketAddr, StartError> {
    let listener = listen(listen_on, "admin_listen").await?;
    let address = listener.local_addr()?;
    let router = admin::router(office);
    tokio::spawn(async move {
        let (_running, never) = oneshot::channel();
        connections::serve(listener, router, ADMIN_CONNECTIONS, never).await;
    });
    Ok(address)
}

/// What is to be done now and then.
async fn chores(relay: Arc<Relay>, metrics: PrometheusHandle) {
    let (mut prune, mut tidy) = (interval(PRUNE_EVERY), interval(TIDY_EVERY));
    let start = Instant::now();
    let mut drift = Drift::new(clock::now_ms(), start.elapsed());
    loop {
        tokio::select! {
            // It comes again; the outbox has said what is wrong with it.
            _ = prune.tick() => drop(relay.outbox.prune().await),
            _ = tidy.tick() => {
                relay.gate.tidy();
                relay.webhook_gate.tidy();
                metrics.run_upkeep();
                if drift.has_jumped(clock::now_ms(), start.elapsed()) {
                    tracing::warn!("the system's clock was set; what waits is tried at once");
                    let _ = relay.outbox.wake().await;
                }
            }
        }
    }
}

/// Looks for what was lost sight of, beside the other chores: it may take a while.
async fn sweep(relay: Arc<Relay>) {
    let mut due = interval(SWEEP_EVERY);
    loop {
        due.tick().await;
        // It comes again; the outbox has said what is wrong with it.
        let _ = relay.outbox.sweep().await;
    }
}

/// Balances the books now and then, beside the other chores: it may take a while.
async fn balance(relay: Arc<Relay>, alarm_below: u32) {
    let mut due = interval(BOOKS_EVERY);
    loop {
        due.tick().await;
        // It comes again; the outbox has said what is wrong with it.
        let _ = books::check(&*relay.outbox, relay.shops.values(), alarm_below).await;
    }
}

/// The lines on stdout: whoever started us may post now.
fn announce(address: SocketAddr, office: Option<SocketAddr>) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "twin-relay listening on http://{address}")?;
    if let Some(office) = office {
        writeln!(stdout, "twin-relay answers its operator on http://{office}")?;
    }
    stdout.flush()
}

async fn listen(address: SocketAddr, key: &'static str) -> Result<TcpListener, StartError> {
    let listen = address.to_string();
    TcpListener::bind(address)
        .await
        .map_err(|cause| match cause.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken { listen, key },
            _ => StartError::Listen { listen, key, cause },
        })
}

fn warn_of_strays(opened: &outbox::Store, config: &Config) {
    let pixels = config.shops.iter().flat_map(|shop| &shop.pixels);
    let pixel_ids: Vec<&str> = pixels.map(|pixel| &*pixel.id).collect();
    if let Ok(events @ 1..) = strays(&opened.reader, &pixel_ids) {
        tracing::warn!(
            events,
            "wait for a pixel that is not configured any more; they are kept, not sent"
        );
    }
}

/// A future that ends with Ctrl-C or a request to terminate.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // A file beyond the user's size limit is an error to answer with 503, not a reason to die.
    let file_too_large = signal(SignalKind::from_raw(libc::SIGXFSZ))?;
    Ok(async move {
        let _file_too_large = file_too_large;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// A future that ends with Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
