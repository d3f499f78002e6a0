//! `twin-relay`, the first-party endpoint of pixel-twin: receive, keep, send. Start reading at `receive.rs`.
#![forbid(unsafe_code)]

mod client;
mod clock;
mod config;
mod config_rules;
mod error;
mod graph;
mod origin;
mod outbox;
mod receive;
mod respond;
mod router;
mod rows;
mod sender;
mod serve;
mod set_cookie;
mod store;
mod token;
mod values;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use tracing::Level;
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
    Serve {
        /// The configuration, TOML; also TWIN_CONFIG in the environment.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print the SHA-256 that Meta gets for a customer value.
    Hash(Asked),
    /// Print a customer value in Meta's form, as it is before hashing.
    Normalize(Asked),
}

#[derive(clap::Args)]
struct Asked {
    /// em, ph, fn, ln, ge, db, ct, st, zp, country or external_id.
    field: String,
    /// The value as the shop has it.
    #[arg(allow_hyphen_values = true)]
    value: String,
}

fn main() -> ExitCode {
    match Args::parse().command {
        Command::Serve { config } => match run(config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                eprintln!("twin-relay: {problem:#}");
                ExitCode::FAILURE
            }
        },
        Command::Hash(asked) => print(&asked.field, values::hashed(&asked.field, &asked.value)),
        Command::Normalize(asked) => {
            print(&asked.field, values::normalized(&asked.field, &asked.value))
        }
    }
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

fn run(file: Option<PathBuf>) -> Result<()> {
    let in_environment = || std::env::var_os("TWIN_CONFIG").filter(|path| !path.is_empty());
    let file = file.or_else(|| in_environment().map(PathBuf::from));
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let config = config::load(file.as_deref(), environment)?;
    log(config.log_level);
    for name in &config.unknown_variables {
        tracing::warn!(name, "no such key: this environment variable does nothing");
    }
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok()
        .context("TLS was set up twice; this is a bug")?;
    serve::serve(config)?;
    Ok(())
}

/// To stderr. Only the relay's own words: an HTTP library's could hold whatever passes through it.
fn log(level: Level) {
    let own = Targets::new()
        .with_default(Level::WARN)
        .with_target("twin_relay", level);
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal)
        .with_target(false);
    tracing_subscriber::registry().with(own).with(lines).init();
}
