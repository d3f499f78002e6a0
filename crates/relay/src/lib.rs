//! `twin-relay`, the first-party endpoint of pixel-twin: receive, keep, send. Start reading at `receive.rs`.
//!
//! A library so that the fuzz targets reach what the program does with a request, see `laws.rs`; nothing else may use it.
#![forbid(unsafe_code)]

mod admin;
mod books;
mod client;
mod clock;
mod commands;
mod config;
mod connections;
mod error;
mod flight;
mod gate;
mod graph;
#[cfg(any(test, feature = "fuzz"))]
pub mod laws;
mod meters;
mod origin;
mod outbox;
mod read_body;
mod receive;
mod respond;
mod router;
mod sender;
mod serve;
mod set_cookie;
mod standing;
mod status;
mod usage;
mod values;
mod verdict;
mod webhooks;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use commands::{Asked, Place};
use config::Config;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use twin_core::notice::Code;
use values::Found;

/// The first-party endpoint of pixel-twin: takes server events from the shop's pages, keeps them, and sends them to
/// Meta's Conversions API.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the relay. TWIN_* environment variables win over the file.
    Serve(Place),
    #[command(flatten)]
    Asked(Asked),
    /// Print the SHA-256 that Meta gets for a customer value.
    Hash(Value),
    /// Print a customer value in Meta's form, as it is before hashing.
    Normalize(Value),
}

#[derive(clap::Args)]
struct Value {
    /// em, ph, fn, ln, ge, db, ct, st, zp, country or external_id.
    field: String,
    /// The value as the shop has it.
    #[arg(allow_hyphen_values = true)]
    value: String,
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let done = match Args::parse().command {
        Command::Serve(place) => place.load().and_then(serve),
        Command::Asked(asked) => tls().and_then(|()| asked.run()),
        Command::Hash(asked) => {
            return print(&asked.field, values::hashed(&asked.field, &asked.value));
        }
        Command::Normalize(asked) => {
            return print(&asked.field, values::normalized(&asked.field, &asked.value));
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("twin-relay: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> Result<()> {
    log(&config);
    for name in &config.unknown_variables {
        tracing::warn!(name, "no such key: this environment variable does nothing");
    }
    if let Some(warning) = config::rules::retirement(&config.graph_version, clock::now_s()) {
        tracing::warn!("{warning}");
    }
    tls()?;
    serve::serve(config)?;
    Ok(())
}

fn tls() -> Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok()
        .context("TLS was set up twice; this is a bug")
}

fn print(field: &str, found: Result<Found, Code>) -> ExitCode {
    let told = |code: Code| eprintln!("{field}: {}", code.text());
    match found {
        Ok(found) => {
            found.doubt.into_iter().for_each(told);
            println!("{}", found.text);
            ExitCode::SUCCESS
        }
        Err(code) => {
            told(code);
            ExitCode::FAILURE
        }
    }
}

/// To stderr. Only the relay's own words: an HTTP library's could hold whatever passes through it.
fn log(config: &Config) {
    let own = Targets::new()
        .with_default(tracing::Level::WARN)
        .with_target("twin_relay", config.log_level);
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal)
        .with_target(false);
    let lines = match config.is_log_json {
        true => lines.json().boxed(),
        false => lines.boxed(),
    };
    tracing_subscriber::registry().with(own).with(lines).init();
}
