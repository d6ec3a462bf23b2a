//! The behaviour suite through the gap, with the police bureau behind it.
//!
//! It acknowledges nothing here: its acknowledgements name batches, and the suite asks for cases. Nor does it refuse a
//! record by a return code; that is a result, and `tests/gap.rs` has it.

use crate::tests::gap::{self, Station};
use crate::tests::world::ask;
use departments::psb::MATTER;
use model::{CaseNo, Row};
use port::{Adapter, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, SECRET, tree};

struct Bureau {
    station: Station,
    /// Where files wait that look unfinished.
    held: TempDir,
}

impl Bureau {
    fn new() -> Arc<Self> {
        let station = Station::new();
        station.psb.acknowledge(false);
        Arc::new(Self {
            station,
            held: tempfile::tempdir().unwrap(),
        })
    }

    fn down(&self, name: &str) -> PathBuf {
        self.station.at("down").join(name)
    }

    fn mount(&self, there: bool) {
        for dir in ["up", "down", "tmp"] {
            let (here, away) = (self.station.at(dir), self.station.at(&format!("{dir}.away")));
            if there {
                fs::rename(away, here)
            } else {
                fs::rename(here, away)
            }
            .unwrap();
        }
    }

    /// Files of results that wait, not those that were taken.
    fn results(&self) -> Vec<String> {
        let mut names = self.station.names("down");
        names.retain(|n| n.starts_with("R_") && n.ends_with(".xml"));
        names
    }
}

#[async_trait::async_trait]
impl Counterpart for Bureau {
    fn adapter(&self) -> Arc<dyn Adapter> {
        self.station.adapter()
    }

    fn neighbour(&self) -> Arc<dyn Adapter> {
        self.station.adapter_of("n2")
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        gap::outgoing(cases)
    }

    fn numbers(&self, seq: u32) -> Numbers {
        gap::numbers(seq)
    }

    /// A character that XML does not have.
    fn spoil(&self, row: &mut Row) {
        row.cells[1] = Some(format!("{SECRET}\u{1}").into());
    }

    async fn let_department_work(&self) {
        self.station.psb.tick().unwrap();
    }

    fn booked(&self, case: &CaseNo) -> usize {
        self.station.psb.books().of(case.as_str(), MATTER).len()
    }

    fn refusal(&self) -> &str {
        panic!("it refuses by results only")
    }

    fn case_column(&self) -> &str {
        "CaseNo"
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.station.root())
    }

    async fn half_write(&self) {
        for name in self.results() {
            fs::copy(self.down(&name), self.held.path().join(&name)).unwrap();
            let bytes = fs::read(self.down(&name)).unwrap();
            fs::write(self.down(&name), &bytes[..bytes.len() / 2]).unwrap();
        }
    }

    async fn finish(&self) {
        for name in crate::tests::world::names_in(self.held.path()) {
            fs::copy(self.held.path().join(&name), self.down(&name)).unwrap();
        }
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let names = [1, 901, 2].map(|n| format!("R_20260402_{n:06}.xml"));
        fs::copy(self.down(&names[0]), self.down(&names[1])).unwrap();
        let mut offers = adapter.collect(&ask(100)).await.unwrap();
        names.map(|name| {
            let at = offers.iter().position(|o| o.name == name).unwrap();
            offers.remove(at)
        })
    }

    async fn go_down(&self) {
        self.mount(false);
    }

    async fn come_back(&self) {
        self.mount(true);
    }
}

testkit::behaviour_suite!(
    Bureau::new();
    encode_is_deterministic_and_the_same_after_a_restart,
    misfits_are_named_and_nothing_is_encoded,
    deliver_books_each_record_exactly_once,
    deliver_again_books_nothing_twice,
    a_crash_before_deliver_returns_loses_and_doubles_nothing,
    a_crash_before_deliver_returns_while_the_department_is_quick,
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
    a_crash_before_recall_returns_is_made_good,
    query_says_what_is_so,
    probe_changes_nothing,
    probe_says_what_is_wrong,
    what_another_node_claimed_is_left_until_it_is_taken_over,
    a_crash_before_take_over_returns_is_made_good,
);
