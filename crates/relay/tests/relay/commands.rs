//! The commands beside `serve`.

use crate::support::graph::{Graph, all_but, error, ok};
use crate::support::process::{Setup, TOKEN};
use crate::support::webhook::{filled, with_webhook};
use crate::support::{day, now_s, until};

#[tokio::test(flavor = "multi_thread")]
async fn check_config_says_what_it_makes_of_the_configuration_but_no_secret() {
    let setup = with_webhook("http://127.0.0.1:9", "STRIPE").set("TWIN_LOG_LEVLE", "debug");
    let said = setup.command_says(&["check-config"]);
    for words in [
        "the variable TWIN_LOG_LEVLE does nothing",
        "shop at /twin/events",
        "pixel 1234567890: all events",
        "webhook at /twin/webhooks/stripe: event_id order_{id}",
        "sends to http://127.0.0.1:9 v26.0",
        "the configuration holds",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    for secret in [TOKEN, "whsec", "admin-token"] {
        assert!(!said.contains(secret), "{said}");
    }
    let (code, said) = setup
        .set("TWIN_PIXEL_ID", "x")
        .command_fails(&["check-config"]);
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("twin-relay: pixel_id has the value \"x\""),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn send_test_shows_whether_token_and_way_hold() {
    let graph = Graph::start(ok).await;
    let setup = Setup::new(&graph.address);
    let (code, said) = setup.command_fails(&["send-test"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("test_event_code"), "{said}");
    assert!(
        graph.calls().is_empty(),
        "what is not shown would only be counted"
    );
    let said = setup.command_says(&["send-test", "--code", "TEST1"]);
    assert_eq!(said, "pixel 1234567890: Meta took the event\n");
    assert_eq!(graph.calls()[0].body["test_event_code"], "TEST1");
    graph.answer(|_| error(401, 190, 463, "Session has expired"));
    let (code, said) = setup.command_fails(&["send-test", "--code", "TEST1"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("Meta did not take it"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reconcile_names_the_reason_for_each_difference() {
    let graph = Graph::start(|call| all_but("order_bad", call)).await;
    let setup = with_webhook(&graph.address, "STRIPE").set("TWIN_HOLD_MS", "0");
    let relay = setup.start();
    let report = async |id: &str, status: &str| {
        let created = now_s().to_string();
        let values = [
            ("created", created.as_str()),
            ("livemode", "true"),
            ("amount", "100"),
            ("currency", "usd"),
            ("type", "checkout.session.completed"),
            ("status", status),
        ];
        let body = filled("stripe-session", &values)
            .replace("cs_test_a1Ufj1v4LPv9xOGcFnHE4fDmPt5qb8gZ", id)
            .replace("evt_1MqqbKLt4dXK03v5qaIbiNCC", &format!("evt_{id}"));
        assert_eq!(relay.stripe(&body).await, 200);
    };
    report("1", "paid").await;
    report("2", "unpaid").await;
    report("bad", "paid").await;
    relay.take(&["order_page"]).await;
    graph.has("order_page").await;
    relay.holds(0, 1).await;
    until("all settled", async || {
        (graph.delivered().len() == 2).then_some(())
    })
    .await;
    let (from, to) = (day(-1), day(1));
    let period = ["--from", &from, "--to", &to];
    let said = setup.command_says(&[&["reconcile"], &period[..]].concat());
    for words in [
        "order_bad\trejected: status 400, code 100/2804019",
        "order_page\tMeta has it, but the shop names no such order",
        "pixel 1234567890: 3 orders, 2 as they should be, Meta took 2",
        "2 differences, 1 of them unexplained",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    // The same with the shop's own list, which repeats an order for each of its lines.
    let file = setup.path("orders.csv");
    std::fs::write(
        &file,
        "Id,Financial Status,Total\n1,paid,1\n1,paid,1\n2,pending,1\n3,paid,1\npage,refunded,1\n",
    )
    .unwrap();
    let csv = ["--csv", file.to_str().unwrap()];
    let said = setup.command_says(&[&["reconcile"], &period[..], &csv[..]].concat());
    for words in [
        "order_3\tneither page nor webhook told the relay of it",
        "order_page\tMeta has it from the page, but the shop says: not paid (refunded)",
        "4 orders, 2 as they should be",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reconcile_refuses_a_period_that_is_forgotten() {
    let setup = with_webhook("http://127.0.0.1:9", "STRIPE");
    let _relay = setup.start();
    let to = day(1);
    let (code, said) = setup.command_fails(&["reconcile", "--from", &day(-63), "--to", &to]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("--from is too early: the outbox knows for 62 days"),
        "{said}"
    );
    setup.command_says(&["reconcile", "--from", &day(-61), "--to", &to]);
}
