//! `twin-relay forget`: deletes what is known of a customer.

use anyhow::{Result, bail};
use clap::Args;

use super::{Place, open};
use crate::values;

#[derive(Args)]
pub(crate) struct Customer {
    #[command(flatten)]
    place: Place,
    /// em or external_id.
    #[arg(value_parser = ["em", "external_id"])]
    field: String,
    /// The value as the shop has it, or its hash.
    #[arg(allow_hyphen_values = true)]
    value: String,
}

impl Customer {
    pub(super) async fn run(self) -> Result<()> {
        let hash = match values::hashed(&self.field, &self.value) {
            Ok(found) => found.text,
            Err(code) => bail!("{}: {}", self.field, code.text()),
        };
        let outbox = open(&self.place.load()?).await?;
        let events = outbox.forget(&hash).await?;
        println!("{events} events forgotten");
        Ok(())
    }
}
