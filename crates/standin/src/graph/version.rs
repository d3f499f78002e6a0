//! Which Graph version answers a request.
//!
//! Source: Meta's changelog of Graph API versions, two years each; a retired version falls through to the oldest living one.

use crate::lints::Lints;

/// Versions (major number) and when each ends, Unix ms; `None`: no end announced.
const VERSIONS: [(u32, Option<i64>); 7] = [
    (20, Some(1_790_208_000_000)), // 2026-09-24
    (21, Some(1_800_489_600_000)), // 2027-01-21
    (22, Some(1_810_771_200_000)), // 2027-05-20
    (23, Some(1_822_953_600_000)), // 2027-10-08
    (24, Some(1_834_444_800_000)), // 2028-02-18
    (25, Some(1_848_441_600_000)), // 2028-07-29
    (26, None),
];

/// `v26.0` → the version that answers at `now_ms`, as `facebook-api-version` names it. `None`: not a version at all.
///
/// In: the first part of the path, or nothing for an unversioned address. Lints: `unversioned`, `version_retired`,
/// `version_unknown`.
pub(crate) fn answering(segment: Option<&str>, now_ms: i64, lints: &mut Lints) -> Option<String> {
    let alive = |until_ms: Option<i64>| until_ms.is_none_or(|until_ms| now_ms < until_ms);
    let oldest = VERSIONS
        .iter()
        .find(|(_, until_ms)| alive(*until_ms))
        .map_or(26, |(major, _)| *major);
    let Some(segment) = segment else {
        lints.push(
            "unversioned",
            "The address names no version: write /v26.0/ in front of the dataset id.",
        );
        return Some(format!("v{oldest}.0"));
    };
    let (major, minor) = segment.strip_prefix('v')?.split_once('.')?;
    let (major, minor): (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    let known = VERSIONS
        .iter()
        .find(|(number, _)| *number == major && minor == 0);
    match known {
        Some((number, until_ms)) if alive(*until_ms) => return Some(format!("v{number}.0")),
        Some(_) => lints.push(
            "version_retired",
            format!("{segment} has ended; Meta answers as v{oldest}.0."),
        ),
        None if major < oldest => lints.push(
            "version_retired",
            format!("{segment} has ended; Meta answers as v{oldest}.0."),
        ),
        None => lints.push(
            "version_unknown",
            format!("{segment} is not a known version; answered as v{oldest}.0."),
        ),
    }
    Some(format!("v{oldest}.0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_answers_until_it_ends() {
        let november_2026_ms = 1_795_000_000_000;
        let march_2027_ms = 1_805_000_000_000;
        let cases = [
            (Some("v26.0"), november_2026_ms, Some("v26.0"), None),
            (Some("v21.0"), november_2026_ms, Some("v21.0"), None),
            (
                Some("v21.0"),
                march_2027_ms,
                Some("v22.0"),
                Some("version_retired"),
            ),
            (
                Some("v20.0"),
                november_2026_ms,
                Some("v21.0"),
                Some("version_retired"),
            ),
            (
                Some("v2.10"),
                november_2026_ms,
                Some("v21.0"),
                Some("version_retired"),
            ),
            (
                Some("v99.0"),
                november_2026_ms,
                Some("v21.0"),
                Some("version_unknown"),
            ),
            (
                Some("v26.1"),
                november_2026_ms,
                Some("v21.0"),
                Some("version_unknown"),
            ),
            (None, november_2026_ms, Some("v21.0"), Some("unversioned")),
            (Some("26.0"), november_2026_ms, None, None),
            (Some("v26"), november_2026_ms, None, None),
            (Some("latest"), november_2026_ms, None, None),
        ];
        for (segment, now_ms, expected, lint) in cases {
            let mut lints = Lints::default();
            let answer = answering(segment, now_ms, &mut lints);
            assert_eq!(answer.as_deref(), expected, "{segment:?}");
            assert_eq!(
                lints.codes(),
                lint.into_iter().collect::<Vec<_>>(),
                "{segment:?}"
            );
        }
    }
}
