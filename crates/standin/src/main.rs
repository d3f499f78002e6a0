//! Starts the stand-in and stops it on a signal.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;
use twin_standin::{Args, StandIn, router, serve};

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("twin-standin: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), String> {
    let settings = args.settings()?;
    let address = SocketAddr::new(args.host, args.port);
    let listener = TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {} is taken by another program; choose another with --port, or 0 for any free one", args.port)
        }
        _ => format!("cannot listen on {address}: {error}"),
    })?;
    let port = listener
        .local_addr()
        .map_err(|error| error.to_string())?
        .port();
    println!("twin-standin listening on http://localhost:{port}");
    tokio::select! {
        () = serve(listener, router(Arc::new(StandIn::new(settings)))) => {}
        () = stop_signal() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C or a request to terminate.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
