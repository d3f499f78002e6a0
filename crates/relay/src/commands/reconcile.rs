//! `twin-relay reconcile`: the shop's orders beside what Meta has of them, with a reason for each difference.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use time::format_description::well_known::Iso8601;
use time::{Date, Time};

use super::{Place, open};
use crate::books::{self, Balance, Difference, Order, Period};
use crate::clock;
use crate::config::{Config, Shop};
use crate::outbox::Outbox;

/// Headings under which exports keep an order's id.
const ID_HEADINGS: [&str; 5] = ["id", "order_id", "order id", "order_number", "name"];
/// Headings under which they keep how far it is.
const STATUS_HEADINGS: [&str; 4] = [
    "status",
    "financial status",
    "financial_status",
    "order status",
];
/// Words there for an order that is paid.
const PAID: [&str; 4] = ["paid", "completed", "processing", "complete"];

#[derive(Args)]
pub(crate) struct Books {
    #[command(flatten)]
    place: Place,
    /// The first day, 2026-11-01 (UTC).
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: u64,
    /// The day after the last.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: u64,
    /// The orders, from the shop's own export, instead of what its webhooks said: CSV with a heading `id` (or `order_id`,
    /// `name`) and perhaps `status`.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Which shop, if there are several.
    #[arg(long, default_value = "")]
    shop: String,
    /// How the event's id is made of the order's id in the export.
    #[arg(long, value_name = "FORM", default_value = "order_{id}")]
    event_id: String,
}

/// The start of a day in UTC, Unix time in ms.
fn day(text: &str) -> Result<u64, String> {
    let day =
        Date::parse(text, &Iso8601::DATE).map_err(|_| "write a day as 2026-11-01".to_owned())?;
    u64::try_from(day.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp())
        .map(|seconds| seconds * 1000)
        .map_err(|_| "that was before 1970".to_owned())
}

impl Books {
    pub(super) async fn run(self) -> Result<()> {
        let config = self.place.load()?;
        let outbox = open(&config).await?;
        let shop = find(&config, &self.shop)?;
        let period = Period {
            from_ms: self.from,
            to_ms: self.to,
        };
        remembered(&*outbox, self.from)?;
        let orders = match &self.csv {
            Some(file) => exported(file, &self.event_id)?,
            None => books::reported(&*outbox, shop, period).await?,
        };
        let known = books::around(&*outbox, shop, period).await?;
        let (mut differences, mut unexplained) = (0, 0);
        for pixel in shop.pixels.iter().filter(|pixel| pixel.takes("Purchase")) {
            let balance = Balance::of(&*outbox, pixel, period, &orders, &known).await?;
            for Difference { event_id, why, .. } in &balance.differences {
                println!("{event_id}\t{why}");
            }
            println!(
                "pixel {}: {} orders, {} as they should be, Meta took {}",
                pixel.id,
                orders.len(),
                balance.accepted + balance.rightly_none,
                balance.taken
            );
            differences += balance.differences.len();
            unexplained += balance.unexplained();
        }
        println!("{differences} differences, {unexplained} of them unexplained");
        Ok(())
    }
}

/// What is forgotten would look as if it had never come.
fn remembered(outbox: &dyn Outbox, from_ms: u64) -> Result<()> {
    let kept = outbox.kept_for();
    let first_ms = clock::now_ms().saturating_sub(u64::try_from(kept.as_millis())?);
    if from_ms < first_ms {
        let days = kept.as_secs() / (24 * 60 * 60);
        bail!(
            "--from is too early: the outbox knows for {days} days what became of an event. Begin later"
        );
    }
    Ok(())
}

fn find<'config>(config: &'config Config, name: &str) -> Result<&'config Shop> {
    let found = config.shops.iter().find(|shop| shop.name == name);
    found.ok_or_else(|| anyhow!("there is no shop \"{name}\": name one by --shop"))
}

/// What an export says.
fn exported(file: &PathBuf, form: &str) -> Result<Vec<Order>> {
    let mut rows = csv::Reader::from_path(file)
        .with_context(|| format!("{} can't be read", file.display()))?;
    let headings: Vec<String> = rows
        .headers()?
        .iter()
        .map(|heading| heading.trim().to_ascii_lowercase())
        .collect();
    let place = |names: &[&str]| {
        let of = |name: &&str| headings.iter().position(|heading| heading == name);
        names.iter().find_map(of)
    };
    let id = place(&ID_HEADINGS).context("the export has no heading id, order_id or name")?;
    let status = place(&STATUS_HEADINGS);
    let mut orders = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows.records() {
        let row = row?;
        let number = row.get(id).unwrap_or_default().trim();
        // Exports repeat an order for each of its lines.
        if number.is_empty() || !seen.insert(number.to_owned()) {
            continue;
        }
        let said = status.and_then(|status| row.get(status)).map(str::trim);
        let refusal = said.filter(|said| !PAID.contains(&said.to_ascii_lowercase().as_str()));
        orders.push(Order {
            event_id: form.replace("{id}", number),
            refusal: refusal.map(|said| format!("not paid ({said})")),
        });
    }
    Ok(orders)
}
