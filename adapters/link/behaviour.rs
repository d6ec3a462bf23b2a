//! The behaviour suite against the living counterparts of this mode: a department's HTTPS interface, one with SOAP, and
//! the platform.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod soap;

use crate::BETWEEN;
use crate::tests::support::{adapter, layout, numbers, outgoing, park_rows};
use departments::cases::case_no;
use departments::fate::{Fates, Ruling};
use departments::hub_platform::{self, HubHandle, HubOptions};
use departments::park::{self, ParkHandle, ParkOptions, Trouble};
use model::define::Layout;
use model::{BatchId, CaseNo, Op, Row};
use port::{Adapter, Numbers, Offer, Outgoing, Parts};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, REFUSED, SECRET, tree};

struct OneIsRefused;

impl Fates for OneIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(REFUSED) {
            Ruling::RefuseRow("2004".into())
        } else {
            Ruling::Approve
        }
    }
}

fn seq_numbers(seq: u32) -> Numbers {
    Numbers {
        batch: BatchId(u64::from(seq)),
        seq,
        ..numbers()
    }
}

fn spoil_first_text(row: &mut Row) {
    row.cells[2] = Some(format!("{SECRET}{BETWEEN}").into());
}

/// A department with a JSON interface over HTTPS.
struct Park {
    dir: TempDir,
    running: Mutex<Option<ParkHandle>>,
    addr: SocketAddr,
    settings: String,
}

impl Park {
    fn open() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        let park = Self::start(&dir, "127.0.0.1:0".parse().unwrap());
        let settings = format!(
            "transport = \"rest\"\n[rest]\nbase = \"{}\"\nca = \"{}\"\n\
             wait = {{ connect = \"5s\", read = \"5s\", total = \"5s\" }}\n\
             oauth = {{ client_id = \"hub-node\", client_secret = {{ env = \"{}\" }} }}\n\
             query = {{ path = \"/api/v1/cases/{{case_no}}?key={{token}}\" }}\n\
             results = {{ feed = \"results\", path = \"/api/v1/results?since={{cursor}}&limit={{limit}}\", limit = 2 }}\n",
            park.url,
            park.ca_pem.display(),
            park::CLIENT_SECRET,
        );
        Arc::new(Self {
            addr: park.addr,
            running: Mutex::new(Some(park)),
            settings,
            dir,
        })
    }

    fn start(dir: &TempDir, listen: SocketAddr) -> ParkHandle {
        let (own, books) = (dir.path().join("park"), dir.path().join("books"));
        park::start(ParkOptions::new(own, books, Arc::new(OneIsRefused), listen)).unwrap()
    }

    fn with<T>(&self, look: impl FnOnce(&ParkHandle) -> T) -> T {
        look(self.running.lock().unwrap().as_ref().unwrap())
    }
}

fn result_layout() -> Layout {
    layout(&["seq", "caseNo", "result", "certNo", "certDate", "opinion"].map(|n| (n, None)))
}

#[async_trait::async_trait]
impl Counterpart for Park {
    fn adapter(&self) -> Arc<dyn Adapter> {
        adapter(&self.settings, "results", result_layout())
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let names: Vec<String> = cases.iter().map(|n| case_no(*n)).collect();
        park_rows(
            &names
                .iter()
                .map(|c| (Op::Submit, c.as_str(), "生物制剂"))
                .collect::<Vec<_>>(),
        )
    }

    fn numbers(&self, seq: u32) -> Numbers {
        seq_numbers(seq)
    }

    fn spoil(&self, row: &mut Row) {
        spoil_first_text(row);
    }

    /// It answers at once: whatever reached it is booked.
    async fn let_department_work(&self) {}

    fn booked(&self, case: &CaseNo) -> usize {
        self.with(|park| park.booked().iter().filter(|e| e.case_no == case.as_str()).count())
    }

    fn refusal(&self) -> &str {
        "2004"
    }

    fn case_column(&self) -> &str {
        "caseNo"
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(self.dir.path())
    }

    /// The next page breaks off in the middle.
    async fn half_write(&self) {
        self.with(|park| park.trouble(Trouble::Cut, 1));
    }

    async fn finish(&self) {
        self.with(ParkHandle::calm);
    }

    /// Pages pushed instead of fetched: under names of their own, the second with other white space.
    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let page = |n: u32, space: &str| {
            format!(
                "{{\"items\":{space}[{{\"seq\":\"1\",\"caseNo\":\"{}\",\"result\":\"APPROVED\"}}]}}",
                case_no(n)
            )
        };
        let mut offers = Vec::new();
        for (name, body) in [("a", page(1, "")), ("b", page(1, " \n ")), ("c", page(2, ""))] {
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
        let park = self.running.lock().unwrap().take();
        park.unwrap().stop().await;
    }

    async fn come_back(&self) {
        let park = Self::start(&self.dir, self.addr);
        *self.running.lock().unwrap() = Some(park);
    }
}

mod a_department {
    testkit::behaviour_suite!(
        super::Park::open();
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
}

const KEY: &str = "a-key-of-twenty-bytes";

/// The platform: reports go there, cases come from there by post.
struct Platform {
    dir: TempDir,
    running: Mutex<Option<HubHandle>>,
    addr: SocketAddr,
}

impl Platform {
    fn open() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        let hub = Self::start(&dir, "127.0.0.1:0".parse().unwrap());
        let addr = hub.url.strip_prefix("http://").unwrap().parse().unwrap();
        Arc::new(Self {
            dir,
            running: Mutex::new(Some(hub)),
            addr,
        })
    }

    fn start(dir: &TempDir, listen: SocketAddr) -> HubHandle {
        hub_platform::start(HubOptions::new(dir.path().into(), listen, "n1", KEY)).unwrap()
    }
}

fn report() -> Layout {
    layout(&["case_no", "matter", "status", "items.reg_no"].map(|n| (n, None)))
}

#[async_trait::async_trait]
impl Counterpart for Platform {
    fn adapter(&self) -> Arc<dyn Adapter> {
        let push = format!(
            "base = \"http://{}\", key_id = \"n1\", key = {{ env = \"{KEY}\" }}",
            self.addr
        );
        adapter(
            &format!("transport = \"hub\"\nhub = {{ push = {{ {push} }} }}\n"),
            "cases",
            report(),
        )
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let names: Vec<String> = cases.iter().map(|n| case_no(*n)).collect();
        let cells: Vec<[Option<&str>; 4]> = names
            .iter()
            .map(|c| [Some(c.as_str()), Some("aic.licence"), Some("approved"), None])
            .collect();
        let rows: Vec<(Op, &str, &[Option<&str>])> = names
            .iter()
            .zip(&cells)
            .map(|(c, cells)| (Op::Submit, c.as_str(), cells.as_slice()))
            .collect();
        outgoing(report(), &rows)
    }

    fn numbers(&self, seq: u32) -> Numbers {
        seq_numbers(seq)
    }

    fn spoil(&self, row: &mut Row) {
        spoil_first_text(row);
    }

    /// It answers at once.
    async fn let_department_work(&self) {}

    fn booked(&self, case: &CaseNo) -> usize {
        let received = self.running.lock().unwrap().as_ref().unwrap().received();
        received.iter().filter(|r| r["case_no"] == case.as_str()).count()
    }

    fn refusal(&self) -> &str {
        ""
    }

    fn case_column(&self) -> &str {
        "case_no"
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(self.dir.path())
    }

    async fn half_write(&self) {}

    async fn finish(&self) {}

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let case = |n: u32, space: &str| format!("{{\"case_no\":{space}\"{}\",\"ent_class\":\"000001\"}}", case_no(n));
        let mut offers = Vec::new();
        for (name, body) in [("a", case(1, "")), ("b", case(1, "  ")), ("c", case(2, ""))] {
            let parts = Parts {
                feed: "cases".into(),
                name: name.into(),
                body: body.into_bytes(),
            };
            offers.push(adapter.receive(parts).await.unwrap());
        }
        offers.try_into().ok().unwrap()
    }

    async fn go_down(&self) {
        let hub = self.running.lock().unwrap().take();
        hub.unwrap().stop().await;
    }

    async fn come_back(&self) {
        let hub = Self::start(&self.dir, self.addr);
        *self.running.lock().unwrap() = Some(hub);
    }
}

mod the_platform {
    // It refuses nothing, and nothing is fetched from it: the other cases have no object here.
    testkit::behaviour_suite!(
        super::Platform::open();
        encode_is_deterministic_and_the_same_after_a_restart,
        misfits_are_named_and_nothing_is_encoded,
        deliver_books_each_record_exactly_once,
        deliver_again_books_nothing_twice,
        a_crash_before_deliver_returns_loses_and_doubles_nothing,
        a_crash_before_deliver_returns_while_the_department_is_quick,
        batches_in_reverse_order_lose_nothing,
        deliver_to_one_that_is_down_is_made_good_later,
        the_same_content_has_the_same_digest,
        recall_of_an_untaken_batch_books_nothing,
        recall_twice_is_the_same,
        recall_of_a_taken_batch_does_not_say_recalled,
        query_says_what_is_so,
        probe_changes_nothing,
    );
}
