//! What an operator asks on the command line, beside `serve`.

mod check_config;
mod dead_letters;
mod forget;
mod reconcile;
mod send_test;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::config::{self, Config};
use crate::outbox::nats::Nats;
use crate::outbox::sqlite::Sqlite;
use crate::outbox::{self, Access, Outbox};

/// The configuration's place.
#[derive(clap::Args)]
pub(crate) struct Place {
    /// The configuration, TOML; also TWIN_CONFIG in the environment.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    /// Reads the configuration there, and the environment over it.
    pub(crate) fn load(self) -> Result<Config> {
        let in_environment = || std::env::var_os("TWIN_CONFIG").filter(|path| !path.is_empty());
        let file = self.config.or_else(|| in_environment().map(PathBuf::from));
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Ok(config::load(file.as_deref(), environment)?)
    }
}

/// What can be asked of a configured relay, running or not.
#[derive(Subcommand)]
pub(crate) enum Asked {
    /// Read the configuration and say what the relay makes of it.
    CheckConfig(Place),
    /// Send one test event to each pixel, and say what Meta answers.
    SendTest(send_test::Test),
    /// Look at the events that were set aside, have them sent again, or delete them.
    DeadLetters(dead_letters::Letters),
    /// Delete what is known of a customer.
    Forget(forget::Customer),
    /// Compare the shop's orders with what Meta has of them, and name the reason for each difference.
    Reconcile(reconcile::Books),
}

impl Asked {
    /// Does it; the answer is on stdout.
    pub(crate) fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("no threads to be had")?;
        match self {
            Self::CheckConfig(place) => check_config::run(&place.load()?),
            Self::SendTest(test) => runtime.block_on(test.run()),
            Self::DeadLetters(letters) => runtime.block_on(letters.run()),
            Self::Forget(customer) => runtime.block_on(customer.run()),
            Self::Reconcile(books) => runtime.block_on(books.run()),
        }
    }
}

/// The outbox, perhaps beside a running relay.
async fn open(config: &Config) -> Result<Arc<dyn Outbox>> {
    if let Some(servers) = &config.nats {
        return Ok(Arc::new(Nats::open(servers).await?));
    }
    let opened = outbox::open(&config.data_dir, Access::Command)?;
    let (outbox, _) = Sqlite::start(opened)?;
    Ok(Arc::new(outbox))
}
