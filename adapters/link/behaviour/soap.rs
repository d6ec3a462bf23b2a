//! The suite against a department with a SOAP interface.

use super::{OneIsRefused, seq_numbers};
use crate::tests::qts::{result_layout, rows, settings};
use crate::tests::support::adapter;
use departments::cases::case_no;
use departments::qts::{self, QtsHandle, QtsOptions, Trouble};
use model::{CaseNo, Op, Row};
use port::{Adapter, Numbers, Offer, Outgoing, Parts};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, SECRET, tree};

struct Qts {
    dir: TempDir,
    running: Mutex<Option<QtsHandle>>,
    addr: SocketAddr,
    settings: String,
}

impl Qts {
    fn open() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        let qts = Self::start(&dir, "127.0.0.1:0".parse().unwrap());
        let wait = "wait = { connect = \"5s\", read = \"5s\", total = \"5s\" }";
        Arc::new(Self {
            addr: qts.addr,
            settings: settings(&qts.url, wait),
            running: Mutex::new(Some(qts)),
            dir,
        })
    }

    fn start(dir: &TempDir, listen: SocketAddr) -> QtsHandle {
        let (own, books) = (dir.path().join("qts"), dir.path().join("books"));
        qts::start(QtsOptions::new(own, books, Arc::new(OneIsRefused), listen)).unwrap()
    }

    fn with<T>(&self, look: impl FnOnce(&QtsHandle) -> T) -> T {
        look(self.running.lock().unwrap().as_ref().unwrap())
    }
}

#[async_trait::async_trait]
impl Counterpart for Qts {
    fn adapter(&self) -> Arc<dyn Adapter> {
        adapter(&self.settings, "results", result_layout())
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let names: Vec<String> = cases.iter().map(|n| case_no(*n)).collect();
        let all: Vec<_> = names.iter().map(|c| (Op::Submit, c.as_str(), "测试一号")).collect();
        rows(&all)
    }

    fn numbers(&self, seq: u32) -> Numbers {
        seq_numbers(seq)
    }

    fn spoil(&self, row: &mut Row) {
        row.cells[1] = Some(format!("{SECRET}\u{1}").into());
    }

    /// It answers at once: whatever reached it is booked.
    async fn let_department_work(&self) {}

    fn booked(&self, case: &CaseNo) -> usize {
        self.with(|qts| qts.booked().iter().filter(|e| e.case_no == case.as_str()).count())
    }

    fn refusal(&self) -> &str {
        "2004"
    }

    fn case_column(&self) -> &str {
        "YWBH"
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(self.dir.path())
    }

    /// The next page breaks off in the middle.
    async fn half_write(&self) {
        self.with(|qts| qts.trouble(Trouble::Cut, 1));
    }

    async fn finish(&self) {
        self.with(QtsHandle::calm);
    }

    /// Results pushed instead of fetched: under names of their own, the second with another prefix and padding.
    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let result = |n: u32, prefix: &str, pad: &str| {
            format!(
                "<{prefix}:Envelope xmlns:{prefix}=\"http://schemas.xmlsoap.org/soap/envelope/\"><{prefix}:Body>\
                 <orgCodeResult xmlns=\"urn:bj:qts:orgcode:1.0\"><YWBH>{pad}{}</YWBH><CLJG>4</CLJG></orgCodeResult>\
                 </{prefix}:Body></{prefix}:Envelope>",
                case_no(n)
            )
        };
        let mut offers = Vec::new();
        for (name, body) in [
            ("a", result(1, "S", "")),
            ("b", result(1, "soap", "\r\n  ")),
            ("c", result(2, "S", "")),
        ] {
            let parts = Parts {
                feed: "results".into(),
                name: name.into(),
                body: body.into_bytes(),
            };
            offers.push(adapter.receive(parts).await.unwrap());
        }
        offers.try_into().ok().unwrap()
    }

    async fn go_down(&self) {
        let qts = self.running.lock().unwrap().take();
        qts.unwrap().stop().await;
    }

    async fn come_back(&self) {
        let qts = Self::start(&self.dir, self.addr);
        *self.running.lock().unwrap() = Some(qts);
    }
}

testkit::behaviour_suite!(
    Qts::open();
    encode_is_deterministic_and_the_same_after_a_restart,
    misfits_are_named_and_nothing_is_encoded,
    deliver_books_each_record_exactly_once,
    deliver_again_books_nothing_twice,
    a_crash_before_deliver_returns_loses_and_doubles_nothing,
    a_crash_before_deliver_returns_while_the_department_is_quick,
    a_refused_record_is_named_and_the_others_are_booked,
    batches_in_reverse_order_lose_nothing,
    deliver_to_one_that_is_down_is_made_good_later,
    collect_offers_oldest_first_and_again_until_acknowledged,
    collect_twice_gives_the_same_digests,
    a_crash_before_collect_returns_offers_again,
    a_crash_between_collect_and_acknowledge_offers_again,
    a_crash_before_acknowledge_returns_is_made_good,
    acknowledge_twice_is_the_same,
    the_same_content_has_the_same_digest,
    a_half_written_batch_is_left_alone,
    recall_of_an_untaken_batch_books_nothing,
    recall_twice_is_the_same,
    recall_of_a_taken_batch_does_not_say_recalled,
    query_says_what_is_so,
    probe_changes_nothing,
    probe_says_what_is_wrong,
);
