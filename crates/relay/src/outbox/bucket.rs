//! Values in the buckets on NATS, as JSON.

use async_nats::jetstream::kv::{Operation, Store};
use axum::body::Bytes;
use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::nats::lost;
use crate::error::Error;

/// As it is kept.
pub(super) fn bytes(value: &impl Serialize) -> Result<Bytes, Error> {
    serde_json::to_vec(value).map(Into::into).map_err(lost)
}

/// A value and its version.
pub(super) async fn read<T: DeserializeOwned>(
    store: &Store,
    key: String,
) -> Result<Option<(u64, T)>, Error> {
    let entry = store.entry(key).await.map_err(lost)?;
    let value = entry.filter(|entry| entry.operation == Operation::Put);
    value
        .map(|entry| {
            Ok((
                entry.revision,
                serde_json::from_slice(&entry.value).map_err(lost)?,
            ))
        })
        .transpose()
}

/// All values of a bucket; for what a person asks, and for what is few.
pub(super) async fn all<T: DeserializeOwned>(store: &Store) -> Result<Vec<(u64, T)>, Error> {
    let keys: Vec<String> = store
        .keys()
        .await
        .map_err(lost)?
        .try_collect()
        .await
        .map_err(lost)?;
    let found = try_join_all(keys.into_iter().map(|key| read(store, key))).await?;
    Ok(found.into_iter().flatten().collect())
}
