//! What can go wrong, in the words of whoever can fix it: `Error` for whoever posts, `StartError` for the operator.

use std::io;
use std::path::PathBuf;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use thiserror::Error;

use crate::respond;

/// Why a request was not taken. Its text goes into the answer, so it never quotes the request.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// 400; whoever posts.
    #[error("the body is not JSON (line {line}, column {column}). Post {{\"data\":[…]}}.")]
    NotJson {
        /// Where reading stopped, from 1.
        line: usize,
        /// In bytes, from 1.
        column: usize,
    },
    /// 400; the network or whoever posts.
    #[error("the body ended before it was complete. Post it again.")]
    BodyBroken,
    /// 408; the network or whoever posts.
    #[error("the body took too long to arrive. Post it again.")]
    BodyTimeout,
    /// 403; the operator, by `allowed_origins`.
    #[error(
        "this origin may not post here. Add it to allowed_origins in the relay's configuration (\"https://shop.example\"), or serve the relay on the shop's own host."
    )]
    OriginRefused,
    /// 404; whoever posts.
    #[error("nothing is here. Events are posted to /twin/events.")]
    NotFound,
    /// 405; whoever posts.
    #[error("this address does not take that method. Use one that the Allow header names.")]
    MethodNotAllowed,
    /// 413; whoever posts.
    #[error(
        "the body is larger than {} KiB. Post the events in several bodies.",
        max_bytes / 1024
    )]
    TooLarge {
        /// The most that is taken.
        max_bytes: usize,
    },
    /// 415; whoever posts.
    #[error(
        "the body is of a type that is not taken here. Post JSON, as application/json or text/plain, not compressed."
    )]
    TypeUnsupported,
    /// 401; the operator, by the secrets of the webhook, or somebody who has none.
    #[error(
        "the signature does not fit, or is too old. Give the relay the secret that the platform signs with."
    )]
    SignatureWrong,
    /// 401; whoever asks the admin listener.
    #[error("this needs the admin token: Authorization: Bearer <admin_token>.")]
    TokenWrong,
    /// 422; the system that reports.
    #[error("{field} is missing or not what is taken here.")]
    ReportInvalid {
        /// Where, `data[0].event_id`.
        field: String,
    },
    /// 429; passes by itself.
    #[error("too many posts. Post again later.")]
    TooMany {
        /// When one is taken again.
        retry_after_s: u16,
    },
    /// 503; passes by itself.
    #[error("more events arrive than can be kept at once. Post again in a moment.")]
    Busy,
    /// 503; the operator: a full or failing disk.
    #[error(
        "the relay can't store events at the moment, and kept none of these. Post again later."
    )]
    StorageUnavailable,
}

impl Error {
    /// For a body that serde can't read; the body is not quoted.
    pub(crate) fn not_json(error: serde_json::Error) -> Self {
        Self::NotJson {
            line: error.line(),
            column: error.column(),
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotJson { .. } | Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::OriginRefused => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TypeUnsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::SignatureWrong | Self::TokenWrong => StatusCode::UNAUTHORIZED,
            Self::ReportInvalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    const fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::BodyBroken => "body_broken",
            Self::BodyTimeout => "body_timeout",
            Self::OriginRefused => "origin_refused",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::TooLarge { .. } => "too_large",
            Self::TypeUnsupported => "type_unsupported",
            Self::SignatureWrong => "signature_wrong",
            Self::TokenWrong => "token_wrong",
            Self::ReportInvalid { .. } => "report_invalid",
            Self::TooMany { .. } => "too_many",
            Self::Busy => "busy",
            Self::StorageUnavailable => "storage_unavailable",
        }
    }

    /// How long to wait before posting again, in seconds.
    const fn retry_after_s(&self) -> Option<u16> {
        match self {
            Self::TooMany { retry_after_s } => Some(*retry_after_s),
            Self::Busy => Some(1),
            Self::StorageUnavailable => Some(10),
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = json!({"error": {"code": self.code(), "message": self.to_string()}});
        let mut response = respond::json(self.status(), &body);
        if let Some(seconds) = self.retry_after_s() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Why the relay does not start. One sentence each: what is wrong and what to do.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    /// The configuration file can't be opened.
    #[error("the configuration file {} can't be read ({cause}): check the path given by --config or TWIN_CONFIG", .path.display())]
    ConfigUnreadable {
        /// As it was given.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The configuration file is no TOML. The line is not quoted: it may hold the token.
    #[error("the configuration file {} is not TOML at line {line} ({problem}): text stands in quotes, as in key = \"value\"", .path.display())]
    ConfigSyntax {
        /// As it was given.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The reader's words.
        problem: String,
    },
    /// A key of the configuration.
    #[error("{key} {problem}: {fix}")]
    Config {
        /// As it is written in the file.
        key: String,
        /// What is wrong with the value.
        problem: String,
        /// What to write instead.
        fix: String,
    },
    /// Another program listens there.
    #[error(
        "{listen} is taken by another program: stop that one, or choose another port by {key} in the file or TWIN_{}",
        key.to_ascii_uppercase()
    )]
    PortTaken {
        /// As configured.
        listen: String,
        /// Where it is configured.
        key: &'static str,
    },
    /// The address can't be listened on.
    #[error(
        "can't listen on {listen} ({cause}): give an address of this machine by {key} in the file or TWIN_{}",
        key.to_ascii_uppercase()
    )]
    Listen {
        /// As configured.
        listen: String,
        /// Where it is configured.
        key: &'static str,
        /// What the system says.
        cause: io::Error,
    },
    /// The folder can't be made or written.
    #[error("data_dir {} can't be written ({cause}): give a folder that this user may write by data_dir in the file or TWIN_DATA_DIR", .path.display())]
    DataDir {
        /// As configured.
        path: PathBuf,
        /// What the system or SQLite says.
        cause: String,
    },
    /// Two relays on one outbox would send everything twice.
    #[error("data_dir {} is in use by another twin-relay: stop that one, or give this one its own folder by data_dir in the file or TWIN_DATA_DIR", .path.display())]
    DataDirInUse {
        /// As configured.
        path: PathBuf,
    },
    /// The outbox was written by a later version.
    #[error("the outbox in data_dir {} has schema {found}, and this twin-relay knows {known} at most: use the version that wrote it, or a later one", .path.display())]
    Newer {
        /// As configured.
        path: PathBuf,
        /// The file's `user_version`.
        found: usize,
        /// Ours.
        known: usize,
    },
    /// The outbox on NATS can't be reached or made.
    #[error(
        "the outbox on NATS can't be used ({cause}): check outbox in the file or TWIN_OUTBOX, and that the servers run with JetStream"
    )]
    Nats {
        /// What NATS says.
        cause: String,
    },
    /// The HTTP client can't be made, for want of root certificates.
    #[error(
        "the HTTPS client can't start ({0}): install the system's root certificates (package ca-certificates)"
    )]
    Tls(String),
    /// Signals or threads can't be had.
    #[error("the system refuses what the relay needs to run: {0}")]
    System(#[from] io::Error),
}
