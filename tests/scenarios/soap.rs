//! A department behind SOAP: connections that break behind a booking, a 补正, and a code that others wait for.

use crate::harness::{Town, plain};
use departments::cases;
use departments::qts::{self, QtsHandle, QtsOptions, Trouble};
use departments::{Fates, Ruling};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

const SHIPPED: &str = include_str!("../../config/departments/qts.toml");
const CODES: &str = include_str!("../../config/codes/qts_ent_type.toml");

struct OneRuling(Ruling);

impl Fates for OneRuling {
    fn ruling(&self, _matter: &str, _case_no: &str) -> Ruling {
        self.0.clone()
    }
}

/// One that does not notice what it has already: whoever sends twice stands in its books twice.
fn forgetful(dir: &Path, ruling: Ruling) -> QtsHandle {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = QtsOptions::new(dir.join("qts"), dir.join("books"), Arc::new(OneRuling(ruling)), any);
    qts::start(QtsOptions {
        notices: false,
        ..options
    })
    .unwrap()
}

/// A town with the shipped department in it; only its place and its pace are changed.
async fn town_with(qts: &QtsHandle) -> Town {
    let text = SHIPPED
        .replace("http://qts.example:8080", &qts.url)
        .replace("every = \"10m\"", "every = \"1s\"");
    Town::start_with(|config| {
        config.add("codes/qts_ent_type.toml", CODES);
        config.add("departments/qts.toml", &text);
    })
    .await
}

fn booked(qts: &QtsHandle, case_no: &str) -> Vec<(u32, String)> {
    let entries = qts.booked().into_iter().filter(|e| e.case_no == case_no);
    entries.map(|e| (e.round, e.op)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_gives_reaches_who_needs_it_and_nothing_is_sent_twice() {
    let own = tempfile::tempdir().unwrap();
    let qts = forgetful(own.path(), Ruling::SupplementFirst);
    let town = town_with(&qts).await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    // Whatever comes next is done over there, and the answer never arrives.
    qts.trouble(Trouble::CommitThenDrop, 6);
    town.licensed(&no).await;
    town.decided(&no, "qts.orgcode", "supplement_requested").await;
    assert!(
        town.obligation(&no, "ltax.reg").await.is_none(),
        "it waits for the code"
    );
    qts.trouble(Trouble::CommitThenDrop, 3);
    town.post(&cases::supplement(1, "qts.orgcode")).await;
    town.decided(&no, "qts.orgcode", "approved").await;
    town.decided(&no, "ltax.reg", "approved").await;
    assert_eq!(
        booked(&qts, &no),
        [(1, "submit".to_owned()), (2, "supplement".to_owned())]
    );
    let case = town.ask(&["case", &no]).await;
    let items = case["items"].as_array().unwrap();
    let code = items.iter().find(|i| i["item"] == "org_code").unwrap();
    assert_eq!(code["value"], qts::org_code(&no).replace('-', ""), "{code}");
    town.close().await;
    qts.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_and_a_refused_acceptance_end_the_matter_and_what_waits_for_it() {
    for (ruling, standing) in [(Ruling::Deny, "acceptance_refused"), (Ruling::Return, "returned")] {
        let own = tempfile::tempdir().unwrap();
        let qts = forgetful(own.path(), ruling);
        let town = town_with(&qts).await;
        let no = cases::case_no(2);
        town.post(&plain(2)).await;
        town.licensed(&no).await;
        town.decided(&no, "qts.orgcode", standing).await;
        assert!(
            town.obligation(&no, "ltax.reg").await.is_none(),
            "nothing opens behind it"
        );
        town.close().await;
        qts.stop().await;
    }
    let own = tempfile::tempdir().unwrap();
    let qts = forgetful(own.path(), Ruling::RefuseRow("2004".into()));
    let town = town_with(&qts).await;
    let no = cases::case_no(3);
    town.post(&plain(3)).await;
    town.licensed(&no).await;
    let refused = town
        .until("the fault is listed", async || {
            town.refusals("qts").await.into_iter().next()
        })
        .await;
    assert!(refused.to_string().contains("2004"), "{refused}");
    assert!(booked(&qts, &no).is_empty());
    town.close().await;
    qts.stop().await;
}
