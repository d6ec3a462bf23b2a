//! The platform: cases posted to us, reports pushed to it.
use super::support::{CASE, adapter, layout, outgoing, prepared};
use departments::hub_platform::{self, HubHandle, HubOptions};
use model::{Code, Op};
use port::{Adapter, Ask, Next, Outcome, Parts, Said, Taken};
use std::sync::Arc;

const KEY: &str = "a-key-of-twenty-bytes";

fn settings(push: &str) -> String {
    format!("transport = \"hub\"\nhub = {{ limits = {{ body = \"4 KiB\", depth = 4 }}, push = {{ {push} }} }}\n")
}

fn link(hub: &HubHandle, key: &str) -> Arc<dyn Adapter> {
    let push = format!("base = \"{}\", key_id = \"n1\", key = {{ env = \"{key}\" }}", hub.url);
    adapter(&settings(&push), "cases", report())
}

fn report() -> model::define::Layout {
    layout(&[
        ("case_no", None),
        ("matter", None),
        ("status", None),
        ("items.reg_no", None),
    ])
}

fn hub(dir: &tempfile::TempDir) -> HubHandle {
    let options = HubOptions::new(dir.path().into(), "127.0.0.1:0".parse().unwrap(), "n1", KEY);
    hub_platform::start(options).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_arrives_signed_and_once() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(&dir);
    let link = link(&hub, KEY);
    link.probe().await.unwrap();
    let cells: &[Option<&str>] = &[
        Some(CASE),
        Some("aic.licence"),
        Some("approved"),
        Some("110199000000011"),
    ];
    let batch = prepared(&*link, &outgoing(report(), &[(Op::Submit, CASE, cells)]));
    let first = link.deliver(&batch).await.unwrap();
    assert_eq!(first, [Outcome::Acknowledged(Some("H1".into()))]);
    assert_eq!(
        link.deliver(&port::Prepared {
            again: true,
            ..batch.clone()
        })
        .await
        .unwrap(),
        first
    );
    let received = hub.received();
    assert_eq!((received.len(), hub.turned_away()), (1, 0));
    assert_eq!(received[0]["items"]["reg_no"], "110199000000011");
    assert_eq!(link.query(&batch).await.unwrap(), [Said::CannotSay]);
    hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_a_persons_matter() {
    let dir = tempfile::tempdir().unwrap();
    let hub = hub(&dir);
    let link = link(&hub, "another-key-of-some-bytes");
    let cells: &[Option<&str>] = &[Some(CASE), None, None, None];
    let fault = link
        .deliver(&prepared(&*link, &outgoing(report(), &[(Op::Submit, CASE, cells)])))
        .await
        .unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CAuth, Next::Person));
    assert_eq!((hub.received().len(), hub.turned_away()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn posted_cases_become_offers() {
    let dir = tempfile::tempdir().unwrap();
    let link = link(&hub(&dir), KEY);
    let parts = |body: &[u8]| Parts {
        feed: "cases".into(),
        name: "/v1/cases".into(),
        body: body.to_vec(),
    };
    let good = include_bytes!("../../../fixtures/link/case.json");
    let mut offer = link.receive(parts(good)).await.unwrap();
    assert!(matches!(offer.rows.next(), Ok(Some(Taken::Row(_)))));
    assert_eq!(link.receive(parts(good)).await.unwrap().digest, offer.digest);
    let mut large = good.to_vec();
    large.extend_from_slice(&[b' '; 5000]);
    assert_eq!(
        link.receive(parts(&large)).await.unwrap().rows.next().unwrap_err().code,
        Code::ETooLarge
    );
    assert!(
        link.receive(Parts {
            feed: "results".into(),
            ..parts(good)
        })
        .await
        .is_err()
    );
    assert_eq!(
        link.collect(&Ask {
            max: 9,
            ..Ask::default()
        })
        .await
        .unwrap()
        .len(),
        0
    );
    assert!(!link.abilities().collects);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_push_nothing_can_be_handed_over() {
    let text = "transport = \"hub\"\nhub = {}\n";
    let settings: crate::Settings = toml::from_str(text).unwrap();
    let mut channel = super::support::channel("cases");
    assert_eq!(
        crate::judge::judge(&settings, &channel, &[]).len(),
        1,
        "layouts but nowhere to push"
    );
    channel.layouts.clear();
    assert_eq!(crate::judge::judge(&settings, &channel, &[]), vec![]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_key_is_refused_before_it_is_used() {
    let text = settings("base = \"http://127.0.0.1:1\", key_id = \"n1\", key = { env = \"short\" }");
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| adapter(&text, "cases", report())));
    assert!(built.is_err());
}
