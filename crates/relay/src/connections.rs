//! Answers connections: so many at once, none that dawdles, and at the end those under way are finished.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};
use tower::Service as _;

/// How long a request's head may take, and how long a connection may idle between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long requests under way may take to finish after a stop.
const FINISH: Duration = Duration::from_secs(5);
/// Wait when the system has no more file handles: others finish meanwhile.
const OUT_OF_HANDLES: Duration = Duration::from_millis(50);

/// Answers until `stop` comes.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    most: usize,
    mut stop: oneshot::Receiver<()>,
) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(most));
    loop {
        let accepted = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            _ = &mut stop => break,
            accepted = accepted => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            sleep(OUT_OF_HANDLES).await;
            continue;
        };
        // Small answers go out at once; without it they only go out later.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the client's affair.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    if timeout(FINISH, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            "some requests did not finish in time; none of them was told that its events are kept"
        );
    }
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}
