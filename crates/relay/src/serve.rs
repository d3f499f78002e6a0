//! `twin-relay serve`: starts the parts, and stops them in order when asked to.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::config::Config;
use crate::error::StartError;
use crate::graph::Graph;
use crate::outbox::Outbox;
use crate::router::{Relay, router};
use crate::sender::Sender;
use crate::{rows, store};

/// How long requests under way may take to finish after a stop.
const FINISH: Duration = Duration::from_secs(5);
/// How long the last attempt to send may take. What is not sent by then waits for the next start.
const LAST_ATTEMPT: Duration = Duration::from_secs(5);

/// Runs until SIGINT or SIGTERM.
pub(crate) fn serve(config: Config) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let writer = runtime.block_on(run(config))?;
    // With it go the last handles to the outbox, also those of requests that did not finish; then its thread ends, and
    // SQLite leaves one tidy file.
    drop(runtime);
    if writer.join().is_err() {
        tracing::error!("the outbox's thread had died");
    }
    Ok(())
}

async fn run(config: Config) -> Result<JoinHandle<()>, StartError> {
    let signal = stop_signal()?;
    let graph = Graph::new(&config)?;
    let opened = store::open(&config.data_dir)?;
    warn_of_strays(&opened, &config.pixel_id);
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    let (outbox, writer) = Outbox::start(opened)?;

    let (stop_sender, sender_stopped) = watch::channel(false);
    let sender = Sender::new(outbox.clone(), graph, config.pixel_id.clone());
    let sender = tokio::spawn(sender.run(sender_stopped));
    let relay = Relay {
        outbox,
        pixel_id: config.pixel_id,
        allowed_origins: config.allowed_origins,
        trusted_proxies: config.trusted_proxies,
    };
    let service = router(relay).into_make_service_with_connect_info::<SocketAddr>();
    let (stop_server, server_stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async {
        let _ = server_stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    // Whether anybody reads stdout or not, events are taken.
    if let Err(cause) = announce(address) {
        tracing::warn!(%cause, %address, "listening, but stdout can't be written");
    }

    signal.await;
    tracing::info!("stopping");
    // First the intake, so that the last attempt has all there is.
    let _ = stop_server.send(());
    if timeout(FINISH, server).await.is_err() {
        tracing::warn!(
            "some requests did not finish in time; none of them was told that its events are kept"
        );
    }
    let _ = stop_sender.send(true);
    if timeout(LAST_ATTEMPT, sender).await.is_err() {
        tracing::info!(
            "the last attempt to send took too long; the events wait for the next start"
        );
    }
    Ok(writer)
}

/// The one line on stdout: whoever started us may post now.
fn announce(address: SocketAddr) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "twin-relay listening on http://{address}")?;
    stdout.flush()
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listen = address.to_string();
    TcpListener::bind(address)
        .await
        .map_err(|cause| match cause.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken { listen },
            _ => StartError::Listen { listen, cause },
        })
}

fn warn_of_strays(store: &store::Store, pixel_id: &str) {
    if let Ok(events @ 1..) = rows::strays(&store.reader, pixel_id) {
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
