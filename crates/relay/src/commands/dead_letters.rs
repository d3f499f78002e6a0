//! `twin-relay dead-letters`: the events that were set aside.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use super::{Place, open};
use crate::outbox::Which;

#[derive(Args)]
pub(crate) struct Letters {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// The newest 1000, one a line: id, state, event, when, why.
    List,
    /// One with its event (hashed) as JSON.
    Show {
        /// As `list` shows it.
        id: i64,
    },
    /// Have them sent again.
    Retry(Choice),
    /// Delete them.
    Purge(Choice),
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Choice {
    /// As `list` shows it.
    id: Option<i64>,
    /// Each of them.
    #[arg(long)]
    all: bool,
}

impl Choice {
    fn which(&self) -> Which {
        self.id.map_or(Which::All, Which::One)
    }
}

impl Letters {
    pub(super) async fn run(self) -> Result<()> {
        let outbox = open(&self.place.load()?).await?;
        match self.action {
            Action::List => {
                for letter in outbox.set_aside(Which::All).await? {
                    println!(
                        "{}\t{}\t{}\t{}\tpixel {}\tevent_time {}\t{}",
                        letter.id,
                        letter.state,
                        letter.event_name,
                        letter.event_id,
                        letter.pixel_id,
                        letter.event_time_s,
                        letter.reason
                    );
                }
            }
            Action::Show { id } => match outbox.set_aside(Which::One(id)).await?.pop() {
                Some(letter) => println!("{}", serde_json::to_string_pretty(&letter)?),
                None => bail!("there is no dead letter {id}"),
            },
            Action::Retry(choice) => {
                let events = outbox.retry(choice.which()).await?;
                println!("{events} to be sent again");
            }
            Action::Purge(choice) => {
                let events = outbox.purge(choice.which()).await?;
                println!("{events} deleted");
            }
        }
        Ok(())
    }
}
