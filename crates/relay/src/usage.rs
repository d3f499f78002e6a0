//! The headers in which Meta says how much of its limits a token has used up.
//!
//! Source: Graph API, "Rate limits": `x-app-usage`, `x-ad-account-usage`, `x-business-use-case-usage`.

use reqwest::header::HeaderMap;
use serde_json::Value;

const HEADERS: [&str; 3] = [
    "x-business-use-case-usage",
    "x-app-usage",
    "x-ad-account-usage",
];
const PERCENTAGES: [&str; 4] = [
    "call_count",
    "total_cputime",
    "total_time",
    "acc_id_util_pct",
];
/// Longest wait that a header can ask for, in ms: an hour.
const MAX_REGAIN_MS: u64 = 60 * 60 * 1000;

/// What the headers of an answer say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The limit that is used up most, in percent; over 100 nothing is taken.
    pub(crate) percent: u64,
    /// When requests are taken again, in ms from now; 0 if they are.
    pub(crate) regain_ms: u64,
}

impl Usage {
    /// The worst that any of them says.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let mut usage = Self::default();
        for header in HEADERS {
            let value = headers.get(header).and_then(|value| value.to_str().ok());
            if let Some(value) = value.and_then(|text| serde_json::from_str(text).ok()) {
                usage.add(&value);
            }
        }
        usage
    }

    /// The one for business use cases has lists of the others' objects, by account.
    fn add(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(object) => {
                for key in PERCENTAGES {
                    let percent = object.get(key).and_then(Value::as_f64).unwrap_or(0.0);
                    // A float to integer cast saturates.
                    self.percent = self.percent.max(percent as u64);
                }
                let minutes = object.get("estimated_time_to_regain_access");
                let minutes = minutes.and_then(Value::as_u64).unwrap_or(0);
                let regain_ms = minutes.saturating_mul(60_000).min(MAX_REGAIN_MS);
                self.regain_ms = self.regain_ms.max(regain_ms);
                object
                    .values()
                    .filter(|value| value.is_array() || value.is_object())
                    .for_each(|value| self.add(value));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_the_headers_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(Usage::read(&headers), Usage::default());
        let app = r#"{"call_count":28,"total_time":85.6,"total_cputime":25}"#;
        headers.insert("x-app-usage", app.parse().unwrap());
        let business = r#"{"1785":[{"type":"ads_management","call_count":100,"total_cputime":25,"total_time":25,"estimated_time_to_regain_access":5}]}"#;
        assert_eq!(Usage::read(&headers).percent, 85);
        headers.insert("x-business-use-case-usage", business.parse().unwrap());
        let expected = Usage {
            percent: 100,
            regain_ms: 300_000,
        };
        assert_eq!(Usage::read(&headers), expected);
        headers.insert("x-business-use-case-usage", "not json".parse().unwrap());
        assert_eq!(Usage::read(&headers).regain_ms, 0);
    }
}
