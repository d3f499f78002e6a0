use super::*;
use crate::usage::Usage;

fn heard(status: u16, body: &str) -> Answer {
    Answer::Heard {
        status,
        retry_after_ms: 0,
        usage: Usage::default(),
        body: body.as_bytes().to_vec(),
    }
}

fn verdict(status: u16, body: &str) -> Verdict {
    judge(&heard(status, body), 10).verdict
}

/// An error as Meta writes it.
fn error(code: u64, subcode: u64, more: &str) -> String {
    format!(
        "{{\"error\":{{\"message\":\"m\",\"type\":\"OAuthException\",\"code\":{code},\"error_subcode\":{subcode}{more}}}}}"
    )
}

#[test]
fn only_a_full_count_is_a_delivery() {
    use Verdict::{Delivered, Trouble};
    for (body, expected) in [
        (
            r#"{"events_received":10,"messages":[],"fbtrace_id":"A"}"#,
            Delivered,
        ),
        // Meta's reference promises no more than the status.
        ("{}", Delivered),
        (r#"{"events_received":0}"#, Trouble),
        (r#"{"events_received":9}"#, Trouble),
        // A page of something in between.
        ("<html>Sign in</html>", Trouble),
        ("", Trouble),
    ] {
        assert_eq!(verdict(200, body), expected, "{body}");
    }
}

#[test]
fn errors_are_judged_by_code() {
    use Verdict::{Blocked, Refused, Throttled, Token, TooOld, Trouble};
    let refused = Refused { index: None };
    for (status, code, subcode, expected) in [
        (500, 1, 0, Trouble),
        (400, 1, 99, Trouble),
        (503, 2, 0, Trouble),
        (400, 5000, 0, Trouble),
        (400, 21_009, 0, Trouble),
        (400, 987_654, 0, Trouble),
        // Throttling comes with status 400.
        (400, 4, 0, Throttled),
        (400, 17, 0, Throttled),
        (400, 32, 0, Throttled),
        (400, 341, 0, Throttled),
        (400, 613, 0, Throttled),
        (400, 80_000, 0, Throttled),
        (400, 80_004, 0, Throttled),
        (400, 80_014, 0, Throttled),
        (400, 80_015, 0, Trouble),
        (400, 368, 0, Blocked),
        (401, 190, 0, Token),
        (400, 190, 463, Token),
        (400, 102, 0, Token),
        (400, 104, 0, Token),
        (403, 3, 0, Token),
        (403, 10, 0, Token),
        (403, 200, 0, Token),
        (403, 294, 0, Token),
        (403, 299, 0, Token),
        (400, 803, 0, Token),
        // The pixel does not exist, or not for this token.
        (400, 100, 33, Token),
        (400, 100, 2_804_003, TooOld),
        (400, 100, 2_804_009, refused),
        (400, 100, 2_804_019, refused),
        (400, 100, 2_804_050, refused),
        (400, 100, 0, refused),
    ] {
        assert_eq!(
            verdict(status, &error(code, subcode, "")),
            expected,
            "{status} {code}/{subcode}"
        );
    }
    assert_eq!(
        verdict(400, &error(100, 0, ",\"is_transient\":true")),
        Trouble
    );
    assert_eq!(
        verdict(400, &error(190, 0, ",\"is_transient\":true")),
        Token
    );
    let proof = error(100, 0, "").replace("OAuthException", "GraphMethodException");
    assert_eq!(verdict(400, &proof), Token);
}

#[test]
fn an_answer_without_a_code_is_judged_by_its_status() {
    for (status, expected) in [
        (301, Verdict::Trouble),
        (400, Verdict::Trouble),
        (401, Verdict::Trouble),
        (404, Verdict::Trouble),
        (413, Verdict::Refused { index: None }),
        (429, Verdict::Throttled),
        (502, Verdict::Trouble),
    ] {
        assert_eq!(verdict(status, "<html></html>"), expected, "{status}");
        assert_eq!(verdict(status, r#"{"error":"odd"}"#), expected, "{status}");
    }
}

#[test]
fn silence_is_nobodys_fault_unless_it_lasted() {
    let silence = |is_timeout| Answer::Silence {
        cause: "Connection refused".into(),
        is_timeout,
    };
    assert_eq!(judge(&silence(false), 1).verdict, Verdict::Unreachable);
    assert_eq!(judge(&silence(true), 1).verdict, Verdict::Trouble);
}

#[test]
fn the_bad_event_is_found_in_metas_words() {
    for (words, expected) in [
        (
            "The parameter $['data'][0]['user_data'] is required",
            Some(0),
        ),
        (
            "Param $['data'][7]['custom_data']['content_category'] must be a string",
            Some(7),
        ),
        (
            r#"Unexpected key \"name\" on param \"$['data'][9]['custom_data']['contents'][0]\"."#,
            Some(9),
        ),
        // Any language.
        (
            "Le paramètre $['data'][3]['user_data'] est obligatoire",
            Some(3),
        ),
        // No event of this request.
        ("The parameter $['data'][10]['user_data'] is required", None),
        ("The parameter $['data'][x] is required", None),
        ("Invalid parameter", None),
    ] {
        for key in ["error_user_msg", "message"] {
            let body = format!(
                "{{\"error\":{{\"code\":100,\"error_subcode\":2804019,\"{key}\":\"{words}\"}}}}"
            );
            assert_eq!(
                verdict(400, &body),
                Verdict::Refused { index: expected },
                "{words}"
            );
        }
    }
}

#[test]
fn the_log_gets_codes_and_the_row_gets_words() {
    let judged = judge(
        &heard(
            400,
            &error(
                100,
                2_804_019,
                ",\"error_user_msg\":\"jane@example.com is bad\"",
            ),
        ),
        1,
    );
    assert_eq!(judged.codes, "status 400, code 100/2804019");
    assert_eq!(
        judged.reason,
        "status 400, code 100/2804019: jane@example.com is bad m"
    );
}

#[test]
fn waits_grow_and_honour_what_meta_asks_for() {
    let none = heard(500, "");
    assert!(wait_ms(Verdict::Trouble, 1, &none, 999) <= 1000);
    assert_eq!(wait_ms(Verdict::Trouble, 30, &none, 299_999), 299_999);
    assert_eq!(wait_ms(Verdict::Token, 1, &none, 0), 30_000);
    assert_eq!(wait_ms(Verdict::Token, 2, &none, 0), 60_000);
    assert_eq!(wait_ms(Verdict::Token, u32::MAX, &none, 0), 300_000);
    assert_eq!(wait_ms(Verdict::Blocked, 1, &none, 0), 3_600_000);
    let asked = Answer::Heard {
        status: 429,
        retry_after_ms: 20_000,
        usage: Usage::default(),
        body: Vec::new(),
    };
    assert_eq!(wait_ms(Verdict::Throttled, 1, &asked, 0), 20_000);
    let told = Answer::Heard {
        status: 400,
        retry_after_ms: 0,
        usage: Usage {
            percent: 100,
            regain_ms: 300_000,
        },
        body: Vec::new(),
    };
    assert_eq!(wait_ms(Verdict::Throttled, 1, &told, 0), 300_000);
    // Meta does not say for how long.
    assert_eq!(wait_ms(Verdict::Throttled, 1, &none, 0), 60_000);
    assert_eq!(wait_ms(Verdict::Throttled, 2, &none, 0), 120_000);
    assert_eq!(wait_ms(Verdict::Throttled, 9, &none, 0), 900_000);
}
