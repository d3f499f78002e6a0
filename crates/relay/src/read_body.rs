//! Reads a request's body, bounded in size and time.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use crate::error::Error;

/// How much more than the most is read on, so that whoever posts hears that it is too large.
const DROPPED: usize = 16;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body, of at most so many bytes.
pub(crate) async fn whole(body: Body, max_bytes: usize) -> Result<Vec<u8>, Error> {
    let read = timeout(BODY_TIMEOUT, collect(body, max_bytes)).await;
    read.map_err(|_| Error::BodyTimeout)?
}

/// A body that is too large is read on for a while and dropped: a browser that is cut off while it posts sees a network
/// error instead of our answer, and would post the same again.
async fn collect(mut body: Body, max_bytes: usize) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::BodyBroken)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        length += data.len();
        if length > max_bytes * DROPPED {
            return Err(Error::TooLarge { max_bytes });
        }
        if length <= max_bytes {
            bytes.extend_from_slice(data);
        }
    }
    if length > max_bytes {
        return Err(Error::TooLarge { max_bytes });
    }
    Ok(bytes)
}
