//! The behaviour suite against the statistics bureau: fixed width in numbered directories of this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use crate::tests::stat_world::{self, StatWorld, copy_dir};
use crate::tests::world::{ask, names_in};
use departments::cases::case_no;
use departments::fate::{Fates, Ruling};
use departments::stat::{MATTER, Stat};
use model::{CaseNo, Row};
use port::{Adapter, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use testkit::behaviour::{Counterpart, REFUSED, SECRET, tree};

struct OneIsRefused;

impl Fates for OneIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(REFUSED) {
            Ruling::RefuseRow("3001".into())
        } else {
            Ruling::Approve
        }
    }
}

struct Bureau {
    world: StatWorld,
    stat: Stat,
}

impl Bureau {
    fn new() -> Arc<Self> {
        let world = StatWorld::new();
        let stat = world.bureau(Arc::new(OneIsRefused));
        fs::create_dir(world.dir.path().join("held")).unwrap();
        Arc::new(Self { world, stat })
    }

    fn unmount(&self, away: bool) {
        for dir in ["out", "in"] {
            let (here, there) = (self.world.at(dir), self.world.at(&format!("{dir}.away")));
            if away {
                fs::rename(here, there)
            } else {
                fs::rename(there, here)
            }
            .unwrap();
        }
    }
}

#[async_trait::async_trait]
impl Counterpart for Bureau {
    fn adapter(&self) -> Arc<dyn Adapter> {
        self.world.adapter()
    }

    fn neighbour(&self) -> Arc<dyn Adapter> {
        self.world.adapter_with("n2", |_| ())
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let mut out = stat_world::rows();
        let (row, record) = (out.rows[0].clone(), out.records[0].clone());
        (out.rows, out.records) = (Vec::new(), Vec::new());
        for (line, n) in (1..).zip(cases) {
            let mut row = Row { line, ..row.clone() };
            row.cells[1] = Some(line.to_string().into());
            row.cells[2] = Some(case_no(*n).into());
            let (case_no, token) = (CaseNo::new(case_no(*n)), format!("t{n}"));
            out.rows.push(row);
            out.records.push(port::Record {
                attempt: model::AttemptId(line),
                case_no,
                token,
                ..record.clone()
            });
        }
        out
    }

    fn numbers(&self, seq: u32) -> Numbers {
        stat_world::numbers(seq)
    }

    /// A character that the department's encoding does not have.
    fn spoil(&self, row: &mut Row) {
        row.cells[4] = Some(format!("{SECRET}😀").into());
    }

    async fn let_department_work(&self) {
        assert_eq!(self.stat.tick().unwrap().repeated, 0, "one batch in two directories");
    }

    fn booked(&self, case: &CaseNo) -> usize {
        self.stat.books().of(case.as_str(), MATTER).len()
    }

    fn refusal(&self) -> &str {
        "3001"
    }

    fn case_column(&self) -> &str {
        "case_no"
    }

    fn code_column(&self) -> Option<&str> {
        Some("ret_code")
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.world.root())
    }

    /// Half of each file is there, and no `END`.
    async fn half_write(&self) {
        for number in names_in(&self.world.at("in")) {
            let dir = self.world.at("in").join(&number);
            copy_dir(&dir, &self.world.dir.path().join("held").join(&number));
            fs::remove_file(dir.join("END")).unwrap();
            for name in names_in(&dir) {
                let bytes = fs::read(dir.join(&name)).unwrap();
                fs::write(dir.join(name), &bytes[..bytes.len() / 2]).unwrap();
            }
        }
    }

    async fn finish(&self) {
        let held = self.world.dir.path().join("held");
        for number in names_in(&held) {
            copy_dir(&held.join(&number), &self.world.at("in").join(&number));
        }
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        copy_dir(&self.world.at("in/001"), &self.world.at("in/901"));
        let mut offers = adapter.collect(&ask(100)).await.unwrap();
        ["001", "901", "002"].map(|name| {
            let at = offers.iter().position(|o| o.name == name).unwrap();
            offers.remove(at)
        })
    }

    async fn go_down(&self) {
        self.unmount(true);
    }

    async fn come_back(&self) {
        self.unmount(false);
    }
}

testkit::behaviour_suite!(Bureau::new());
testkit::behaviour_suite!(
    Bureau::new();
    what_another_node_claimed_is_left_until_it_is_taken_over,
    a_crash_before_take_over_returns_is_made_good,
);
