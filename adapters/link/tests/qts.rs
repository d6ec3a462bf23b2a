//! A SOAP interface: every op, every answer, results by cursor, against the living department.
use super::park::{CASE2, Ruled, acknowledged, answer};
use super::support::{CASE, adapter, layout, outgoing, prepared};
use departments::fate::{AllApproved, Fates, Ruling};
use departments::qts::{self, QtsHandle, QtsOptions, Trouble};
use model::define::Layout;
use model::{Code, Op};
use port::{Adapter, Ask, Next, Outcome, Outgoing, Position, Prepared, Said, Taken};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const SETTINGS: &str = include_str!("../../../fixtures/link/qts.toml");
pub const BRIEF: &str = "wait = { connect = \"300ms\", read = \"300ms\", total = \"400ms\" }";

pub struct Town {
    pub dir: TempDir,
    pub qts: QtsHandle,
}

/// The example's settings for a department at this address, with a line more in `[soap]`.
pub fn settings(url: &str, line: &str) -> String {
    SETTINGS
        .replace("https://qts.example:8443", url)
        .replace("limit = 100", "limit = 2")
        .replace("serial = \"X", &format!("{line}\nserial = \"X"))
}

pub fn result_layout() -> Layout {
    gb(&["XH", "YWBH", "CLJG", "JGDM", "FZRQ", "SM"])
}

fn gb(names: &[&str]) -> Layout {
    let fields: Vec<(&str, Option<&str>)> = names.iter().map(|n| (*n, None)).collect();
    Layout {
        encoding: "gb18030".into(),
        ..layout(&fields)
    }
}

pub fn rows(rows: &[(Op, &str, &str)]) -> Outgoing {
    let cells: Vec<[Option<&str>; 3]> = rows
        .iter()
        .map(|(_, case, name)| [Some(*case), Some(*name), Some("㛃测试")])
        .collect();
    let rows: Vec<(Op, &str, &[Option<&str>])> = rows
        .iter()
        .zip(&cells)
        .map(|((op, case, _), cells)| (*op, *case, cells.as_slice()))
        .collect();
    outgoing(gb(&["YWBH", "JGMC", "FDDBR"]), &rows)
}

impl Town {
    pub fn new() -> Self {
        Self::with(Arc::new(AllApproved), true)
    }

    /// A department that does not notice what it has already: whoever sends twice stands in its books twice.
    pub fn forgetful() -> Self {
        Self::with(Arc::new(AllApproved), false)
    }

    pub fn with(fates: Arc<dyn Fates>, notices: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listen: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let (own, books) = (dir.path().join("qts"), dir.path().join("books"));
        let options = QtsOptions {
            notices,
            ..QtsOptions::new(own, books, fates, listen)
        };
        Self {
            qts: qts::start(options).unwrap(),
            dir,
        }
    }

    pub fn link_with(&self, line: &str) -> Arc<dyn Adapter> {
        adapter(&settings(&self.qts.url, line), "results", result_layout())
    }

    pub fn link(&self) -> Arc<dyn Adapter> {
        self.link_with("wait = { connect = \"5s\", read = \"5s\", total = \"5s\" }")
    }
}

pub fn look(max: usize) -> Ask {
    Ask { max, ..Ask::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_op_is_handed_over_and_booked_as_itself() {
    let town = Town::new();
    let link = town.link();
    link.probe().await.unwrap();
    assert!(link.abilities().collects && link.abilities().queries && !link.abilities().recalls);
    let steps = [
        (Op::Submit, "甲<&>"),
        (Op::Supplement, "乙"),
        (Op::Amend, "丙"),
        (Op::Withdraw, "丙"),
    ];
    for (op, name) in steps {
        let batch = prepared(&*link, &rows(&[(op, CASE, name)]));
        let outcomes = link.deliver(&batch).await.unwrap();
        assert!(acknowledged(&outcomes[0]).starts_with("QTS"), "{op}");
        let fields = [("YWBH", CASE), ("JGMC", name), ("FDDBR", "㛃测试")];
        assert_eq!(
            town.qts.last_fields(CASE),
            fields.map(|(n, v)| (n.to_owned(), v.to_owned()))
        );
    }
    let ops: Vec<_> = town.qts.booked().into_iter().map(|e| e.op).collect();
    assert_eq!(ops, ["submit", "supplement", "amend", "withdraw"]);
    assert_eq!(
        town.qts.asked(),
        [
            "queryResult",
            "submitOrgCode",
            "supplementOrgCode",
            "changeOrgCode",
            "cancelOrgCode"
        ],
        "nothing is asked before a first hand-over"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_an_answer() {
    let fates = Ruled(vec![(CASE, Ruling::RefuseRow("2004".into()))]);
    let town = Town::with(Arc::new(fates), true);
    let link = town.link();
    let both = rows(&[(Op::Submit, CASE, "甲"), (Op::Submit, CASE2, "甲")]);
    let outcomes = link.deliver(&prepared(&*link, &both)).await.unwrap();
    let Outcome::Refused { code, reason } = &outcomes[0] else {
        panic!("{outcomes:?}")
    };
    assert_eq!((code.as_str(), reason.as_str()), ("2004", "不符合登记要求"));
    acknowledged(&outcomes[1]);
    let mut repeat = prepared(&*link, &rows(&[(Op::Submit, CASE2, "甲")]));
    repeat.records[0].token = "another".into();
    assert_eq!(
        link.deliver(&repeat).await.unwrap(),
        [Outcome::Acknowledged(None)],
        "it has it already"
    );
    let unknown = link
        .deliver(&prepared(&*link, &rows(&[(Op::Amend, "110108202603020000035", "x")])))
        .await;
    assert!(matches!(&unknown.unwrap()[0], Outcome::Refused { code, .. } if code == "2010"));
    assert_eq!(town.qts.booked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn query_says_booked_not_booked_or_nothing() {
    let town = Town::new();
    let link = town.link_with("concurrency = 1");
    let both = prepared(&*link, &rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
    let first = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
    let receipt = acknowledged(&link.deliver(&first).await.unwrap()[0]).to_owned();
    let booked = Said::Booked(Some(receipt));
    assert_eq!(link.query(&both).await.unwrap(), [booked.clone(), Said::NotBooked]);
    town.qts.trouble(Trouble::None, 1);
    town.qts.trouble(Trouble::Html, 1);
    assert_eq!(link.query(&both).await.unwrap(), [booked, Said::CannotSay]);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_offered_page_by_page_and_the_cursor_moves_with_the_batch() {
    let fates = Ruled(vec![
        (CASE2, Ruling::SupplementFirst),
        ("110108202603020000035", Ruling::Deny),
    ]);
    let town = Town::with(Arc::new(fates), true);
    let link = town.link();
    assert_eq!(link.collect(&look(9)).await.unwrap().len(), 0, "nothing yet");
    for case in [CASE, CASE2, "110108202603020000035"] {
        link.deliver(&prepared(&*link, &rows(&[(Op::Submit, case, "x")])))
            .await
            .unwrap();
    }
    let mut offers = link.collect(&look(9)).await.unwrap();
    let names: Vec<_> = offers
        .iter()
        .map(|o| (o.name.clone(), o.position.clone().unwrap().0))
        .collect();
    let expected = [("results since=0", "2"), ("results since=2", "3")];
    assert_eq!(names, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let mut seen = Vec::new();
    for offer in &mut offers {
        while let Some(Taken::Row(row)) = offer.rows.next().unwrap() {
            seen.push([1, 2, 3].map(|slot| row.get(slot).unwrap_or("-").to_owned()));
        }
    }
    let code = qts::org_code(CASE);
    let wanted = [
        [CASE, "4", code.as_str()],
        [CASE2, "2", "-"],
        ["110108202603020000035", "3", "-"],
    ];
    assert_eq!(seen, wanted.map(|row| row.map(str::to_owned)));
    // Not committed: the same page again, written another way, the same content.
    for _ in 0..6 {
        let again = link.collect(&look(1)).await.unwrap();
        assert_eq!((again.len(), again[0].digest), (1, offers[0].digest));
        link.acknowledge(&again[0].claim, &answer()).await.unwrap();
    }
    let at = |p: &str| Ask {
        position: Some(Position(p.into())),
        ..look(9)
    };
    assert_eq!(link.collect(&at("3")).await.unwrap().len(), 0);
    link.deliver(&prepared(&*link, &rows(&[(Op::Supplement, CASE2, "y")])))
        .await
        .unwrap();
    let mut last = link.collect(&at("3")).await.unwrap();
    let Some(Taken::Row(row)) = last[0].rows.next().unwrap() else {
        panic!()
    };
    assert_eq!((row.get(1), row.get(2)), (Some(CASE2), Some("4")));
    let rounds: Vec<_> = town
        .qts
        .booked()
        .iter()
        .filter(|e| e.case_no == CASE2)
        .map(|e| e.round)
        .collect();
    assert_eq!(rounds, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_department_still_knows_every_number() {
    let town = Town::new();
    let link = town.link();
    let batch = prepared(&*link, &rows(&[(Op::Submit, CASE, "x")]));
    let first = link.deliver(&batch).await.unwrap();
    let cold = town.link();
    let Town { dir, qts } = town;
    let addr = qts.addr;
    qts.stop().await;
    let gone = cold.deliver(&batch).await.unwrap_err();
    assert_eq!((gone.finding.code, gone.next), (Code::CUnreachable, Next::Retry));
    let (own, books) = (dir.path().join("qts"), dir.path().join("books"));
    let qts = qts::start(QtsOptions::new(own, books, Arc::new(AllApproved), addr)).unwrap();
    let again = Prepared { again: true, ..batch };
    assert_eq!(cold.deliver(&again).await.unwrap(), first);
    assert_eq!((qts.booked().len(), qts.asked()), (1, vec!["queryReceipt".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_travel_side_by_side_but_never_two_of_one_case() {
    let town = Town::new();
    let link = town.link_with("concurrency = 3");
    town.qts.trouble(Trouble::Stall(Duration::from_millis(20)), 4);
    let ops = [
        (Op::Submit, CASE, "1"),
        (Op::Amend, CASE, "2"),
        (Op::Amend, CASE, "3"),
        (Op::Withdraw, CASE, "3"),
    ];
    let outcomes = link.deliver(&prepared(&*link, &rows(&ops))).await.unwrap();
    assert!(
        outcomes.iter().all(|o| matches!(o, Outcome::Acknowledged(Some(_)))),
        "{outcomes:?}"
    );
    let ops: Vec<_> = town.qts.booked().into_iter().map(|e| e.op).collect();
    assert_eq!(ops, ["submit", "amend", "amend", "withdraw"]);
}
