//! The behaviour suite where a person carries the data, and a clerk's round against the living department: worksheet,
//! keyed in, decision on paper, form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use crate::{testing, worksheet};
use departments::aic::{Aic, MATTER_NAME, Paper};
use departments::cases::case_no;
use departments::fate::{Fates, Ruling};
use departments::keyed::No;
use model::{AttemptId, BatchId, CaseNo, Code, DeptId, Header, MatterId, Op, Row};
use port::{Adapter, Answer, BatchVerdict, Claim, Numbers, Offer, Outgoing, Parts, Record, Taken};
use seams::{ScenarioClock, UnixMs};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, REFUSED, tree};

struct OneIsRefused;

impl Fates for OneIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(REFUSED) {
            Ruling::RefuseRow("2003".into())
        } else {
            Ruling::Approve
        }
    }
}

/// The department, and the clerk who sits before its screen.
struct Desk {
    dir: TempDir,
    aic: Aic,
}

impl Desk {
    fn open() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        // 2026-03-16 in China.
        let clock = Arc::new(ScenarioClock::new(UnixMs(1_773_657_000_000)));
        let aic = Aic::open(dir.path(), Arc::new(OneIsRefused), clock).unwrap();
        Arc::new(Self { dir, aic })
    }

    /// Keys a worksheet in, field by field.
    fn key_in(&self, bytes: &[u8]) -> Result<String, No> {
        let sheet = worksheet(bytes).unwrap();
        let fields: Vec<(&str, &str)> = sheet
            .fields
            .iter()
            .filter_map(|f| Some((f.name.as_str(), f.value.as_deref()?)))
            .collect();
        self.aic.key_in(&sheet.matter, &sheet.op, &sheet.case_no, &fields)
    }
}

#[async_trait::async_trait]
impl Counterpart for Desk {
    fn adapter(&self) -> Arc<dyn Adapter> {
        testing::adapter()
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let names = ["企业名称", "住所"];
        let row = |(line, n): (u64, &u32)| Row {
            line,
            cells: vec![
                Some(format!("北京测试{n}号科技有限公司").into()),
                Some("北京市海淀区示例路１号".into()),
            ],
        };
        let record = |(line, n): (u64, &u32)| Record {
            attempt: AttemptId(line),
            case_no: CaseNo::new(case_no(*n)),
            matter: MatterId::new(MATTER_NAME),
            op: Op::Submit,
            token: format!("t{n}"),
        };
        Outgoing {
            layout: Arc::new(testing::form_layout()),
            header: Header::new(names),
            rows: (1..).zip(cases).map(row).collect(),
            records: (1..).zip(cases).map(record).collect(),
            beside: port::Beside::default(),
        }
    }

    fn numbers(&self, seq: u32) -> Numbers {
        let day = jiff::civil::date(2026, 3, 16);
        Numbers {
            batch: BatchId(u64::from(seq)),
            dept: DeptId::new("aic"),
            day,
            seq,
            at: 0,
        }
    }

    /// A field short: there is nothing else that a sheet of paper could not take.
    fn spoil(&self, row: &mut Row) {
        row.cells.pop();
    }

    /// Nobody keys what nobody claimed.
    async fn let_department_work(&self) {}

    fn booked(&self, case: &CaseNo) -> usize {
        self.aic.books().of(case.as_str(), MATTER_NAME).len()
    }

    fn refusal(&self) -> &str {
        "2003"
    }

    fn case_column(&self) -> &str {
        "办件编号"
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(self.dir.path())
    }

    async fn half_write(&self) {}

    async fn finish(&self) {}

    /// The same form under two tasks, the second with its fields in another order.
    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let form = |n: u32, fields: &str| {
            format!(
                r#"{{"case_no":"{}","matter":"aic.name","fields":{{{fields}}}}}"#,
                case_no(n)
            )
        };
        let (said, why) = (r#""处理结果":"准予""#, r#""说明":"""#);
        let mut offers = Vec::new();
        for (name, body) in [
            ("t1", form(1, &format!("{said},{why}"))),
            ("t2", form(1, &format!("{why},{said}"))),
            ("t3", form(2, &format!("{said},{why}"))),
        ] {
            offers.push(receive(adapter, name, body).await);
        }
        offers.try_into().ok().unwrap()
    }

    async fn go_down(&self) {}

    async fn come_back(&self) {}
}

mod at_a_desk {
    // The other side is a person: she is not handed anything, fetched from or probed.
    testkit::behaviour_suite!(
        super::Desk::open();
        encode_is_deterministic_and_the_same_after_a_restart,
        misfits_are_named_and_nothing_is_encoded,
        deliver_books_each_record_exactly_once,
        the_same_content_has_the_same_digest,
        recall_of_an_untaken_batch_books_nothing,
        recall_twice_is_the_same,
        query_says_what_is_so,
        probe_changes_nothing,
    );
}

async fn receive(adapter: &dyn Adapter, name: &str, body: String) -> Offer {
    adapter
        .receive(Parts {
            feed: "name".into(),
            name: name.into(),
            body: body.into_bytes(),
        })
        .await
        .unwrap()
}

/// The form that a clerk fills in from a paper, with what she keyed the second time.
fn form(paper: &Paper, number_again: &str) -> String {
    let granted = |name: &str| {
        let field = paper.fields.iter().find(|(n, _)| n == name);
        field.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    serde_json::json!({
        "case_no": paper.case_no,
        "matter": paper.matter,
        "fields": {
            "处理结果": paper.status,
            "名称预核准文号": [granted("name_approval_no"), number_again],
            "名称保留期至": granted("ent_name_valid_to"),
            "企业名称": granted("ent_name"),
        },
    })
    .to_string()
}

fn row(mut offer: Offer) -> Result<Vec<String>, Vec<(Code, String)>> {
    let first = offer.rows.next().unwrap().unwrap();
    assert!(offer.rows.next().unwrap().is_none(), "a form is one row");
    match first {
        Taken::Row(row) => Ok(row
            .cells
            .into_iter()
            .map(|c| c.map(String::from).unwrap_or_default())
            .collect()),
        Taken::Bad { findings, .. } => Err(findings
            .into_iter()
            .map(|f| (f.code, f.place.column.unwrap_or_default()))
            .collect()),
    }
}

#[tokio::test]
async fn a_clerks_round_books_once_and_comes_back_as_it_was_decided() {
    let desk = Desk::open();
    let adapter = desk.adapter();
    let out = desk.outgoing(&[1, REFUSED]);
    let encoded = adapter.encode(&out, &desk.numbers(1)).unwrap();
    let [sheet, refused] = encoded.parts.as_slice() else {
        panic!("{encoded:?}")
    };
    let acceptance_no = desk.key_in(&sheet.bytes).unwrap();
    // The second clerk, after a lease ran out, is told the number of the first; the sheet is the same bytes.
    let again = desk.adapter().encode(&out, &desk.numbers(1)).unwrap();
    assert!(matches!(desk.key_in(&again.parts[0].bytes), Err(No::Already(number)) if number == acceptance_no));
    assert!(matches!(desk.key_in(&refused.bytes), Err(No::Refused(code)) if code == desk.refusal()));
    let booked: Vec<usize> = out.records.iter().map(|r| desk.booked(&r.case_no)).collect();
    assert_eq!(booked, [1, 0]);

    let paper = desk.aic.decisions().remove(0);
    let number = paper.fields[0].1.clone();
    let offer = receive(&*adapter, "t1", form(&paper, &number)).await;
    assert_eq!((offer.feed.as_str(), offer.declared.rows), ("name", Some(1)));
    let cells = row(offer).unwrap();
    let name = "北京测试1号科技有限公司";
    assert_eq!(
        cells[..6],
        [case_no(1).as_str(), "准予", "", &number, "2026-09-15", name]
    );
}

#[tokio::test]
async fn a_form_sent_again_is_the_same_form_in_every_life() {
    let desk = Desk::open();
    let sheet = desk.adapter().encode(&desk.outgoing(&[1]), &desk.numbers(1)).unwrap();
    desk.key_in(&sheet.parts[0].bytes).unwrap();
    let paper = desk.aic.decisions().remove(0);
    let body = form(&paper, &paper.fields[0].1);
    let first = receive(&*desk.adapter(), "t1", body.clone()).await;
    let (digest, claim) = (first.digest, first.claim.clone());
    assert_eq!(receive(&*desk.adapter(), "t1", body.clone()).await.digest, digest);
    assert_eq!(
        receive(&*desk.adapter(), "t9", body).await.digest,
        digest,
        "the task is no content"
    );
    let answer = Answer {
        verdict: BatchVerdict::Repeat,
        batch: BatchId(1),
        code: "0000".into(),
        findings: Vec::new(),
        rows: port::RowAnswers::default(),
        anchor: None,
    };
    for claim in [&claim, &claim, &Claim("a task that is over".into())] {
        desk.adapter().acknowledge(claim, &answer).await.unwrap();
    }
}

#[tokio::test]
async fn a_slip_of_the_hand_is_caught_and_the_form_can_be_corrected() {
    let desk = Desk::open();
    let adapter = desk.adapter();
    let sheet = adapter.encode(&desk.outgoing(&[1]), &desk.numbers(1)).unwrap();
    desk.key_in(&sheet.parts[0].bytes).unwrap();
    let paper = desk.aic.decisions().remove(0);
    let number = paper.fields[0].1.clone();
    let slipped = receive(&*adapter, "t1", form(&paper, &number.replace('1', "7"))).await;
    let wrong = slipped.digest;
    assert_eq!(
        row(slipped).unwrap_err(),
        [(Code::EDoubleEntry, "名称预核准文号".to_owned())]
    );
    let elsewhere = form(&paper, &number).replace("aic.name", "aic.licence");
    let elsewhere = receive(&*adapter, "t1", elsewhere).await;
    assert_eq!(row(elsewhere).unwrap_err(), [(Code::EState, "matter".to_owned())]);
    let corrected = receive(&*adapter, "t1", form(&paper, &number)).await;
    assert_eq!(row(corrected).unwrap()[3], number);
    // What is keyed the second time is no part of what a form says: only the judgement differs.
    assert_eq!(receive(&*adapter, "t1", form(&paper, &number)).await.digest, wrong);
    let mut torn = form(&paper, &number);
    torn.pop();
    let mut torn = receive(&*adapter, "t1", torn).await;
    assert_eq!(torn.rows.next().unwrap_err().code, Code::EStructure);
}
