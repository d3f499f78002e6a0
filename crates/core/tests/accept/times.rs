//! When it happened, by clocks that are right and wrong.

use serde_json::json;
use twin_core::accept::{self, Clock};

use crate::{NOW_S, accepts, judge_by, refuses, with};

#[test]
fn times_are_seconds_within_seven_days() {
    let age = |age_s: i64| {
        with(
            "/event_time",
            json!(i64::try_from(NOW_S).expect("small") - age_s),
        )
    };
    accepts(&age(7 * 86_400), &[]);
    refuses(&age(7 * 86_400 + 1), "event_time_too_old@event_time");
    assert_eq!(
        accepts(&age(-60), &["event_time_clamped@event_time"])["event_time"],
        NOW_S
    );
    refuses(&age(-86_401), "event_time_future@event_time");
    refuses(
        &with("/event_time", json!(NOW_S * 1000)),
        "event_time_milliseconds@event_time",
    );
    refuses(
        &with("/event_time", json!("today")),
        "field_type@event_time",
    );
    refuses(&with("/event_time", json!(-5)), "field_type@event_time");
    refuses(
        &with("/event_time", json!(NOW_S as f64 + 0.5)),
        "field_type@event_time",
    );
    assert_eq!(
        accepts(&with("/event_time", json!(NOW_S.to_string())), &[])["event_time"],
        NOW_S
    );
}

#[test]
fn a_wrong_clock_is_seen_by_the_time_of_the_post() {
    let now_ms = NOW_S * 1000;
    for (body, skew_s) in [
        (json!({}), None),
        (json!({ "sent_at": now_ms }), Some(0)),
        (json!({ "sent_at": now_ms - 300_000 }), Some(0)),
        (json!({ "sent_at": now_ms - 301_000 }), Some(301)),
        (json!({ "sent_at": now_ms + 300_000 }), Some(0)),
        (json!({ "sent_at": now_ms + 301_000 }), Some(-301)),
        (
            json!({ "sent_at": now_ms + 31_536_000_000 }),
            Some(-31_536_000),
        ),
        (json!({ "sent_at": now_ms.to_string() }), None),
        (json!({ "sent_at": null }), None),
        (json!({ "sent_at": -5 }), None),
        (json!([]), None),
    ] {
        assert_eq!(accept::skew_s(&body, NOW_S), skew_s, "{body}");
    }
}

#[test]
fn times_of_a_wrong_clock_are_corrected_before_they_are_judged() {
    let year_s = 31_536_000;
    let by = |event_time: u64, skew_s: i64| {
        let (accepted, told) = judge_by(
            &with("/event_time", json!(event_time)),
            Clock {
                now_s: NOW_S,
                skew_s: Some(skew_s),
            },
        );
        (accepted.map(|accepted| accepted.event_time), told)
    };
    let corrected = || vec!["event_time_corrected@event_time".to_owned()];
    assert_eq!(
        by(NOW_S + year_s - 5, -31_536_000),
        (Some(NOW_S - 5), corrected())
    );
    assert_eq!(
        by(NOW_S - year_s - 5, 31_536_000),
        (Some(NOW_S - 5), corrected())
    );
    // Kept for eight days by that clock.
    let (accepted, told) = by(NOW_S - year_s - 8 * 86_400, 31_536_000);
    assert_eq!(accepted, None);
    assert_eq!(
        told,
        [
            "event_time_too_old@event_time",
            "event_time_corrected@event_time"
        ]
    );
    let (accepted, told) = by(NOW_S * 1000, 31_536_000);
    assert_eq!(accepted, None);
    assert_eq!(told, ["event_time_milliseconds@event_time"]);
    // Whatever a body claims, it is arithmetic that holds.
    assert_eq!(by(5, i64::MIN).0, None);
    assert_eq!(by(NOW_S, i64::MAX).0, Some(NOW_S));
    // The clock was a year ahead when the event was made, and right when it was posted.
    assert_eq!(by(NOW_S + year_s, 0), (Some(NOW_S), corrected()));
}
