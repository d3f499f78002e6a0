//! Runs the router on a listener. Its own accept loop, because one fault must break a connection without an answer.

use std::io;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::{Router, response::Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// A response extension: instead of sending this response, reset the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CloseConnection;

/// Answers connections until the future is dropped.
pub async fn serve(listener: TcpListener, router: Router) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, router.clone()));
            }
            // Out of file descriptors, most likely: let others finish first.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router) {
    // Small answers go out at once; without it they only go out later.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(router.clone(), peer, request));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    // Half an answer is read up to its end; without any the connection is reset.
    if ended.is_err_and(|error| !error.is_body_write_aborted()) {
        let stream = connection.into_parts().io.into_inner();
        // Closing with a reset, as a crashed proxy does; a plain close is the next best.
        let _ = stream.set_zero_linger();
    }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> io::Result<Response> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router
        .oneshot(request)
        .await
        .unwrap_or_else(|never| match never {});
    if response.extensions().get::<CloseConnection>().is_some() {
        return Err(io::Error::from(io::ErrorKind::ConnectionReset));
    }
    Ok(response)
}
