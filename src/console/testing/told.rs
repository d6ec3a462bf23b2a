//! What the fake node tells of itself where no order is given: lists, one case, the map, what people did.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::NOW;
use engine::verb::{Reply, Request};
use engine::view::{Acts, CaseView, CodeLine, MapView, RefusedLine, UnsettledLine, WhyView};
use model::{AttemptState, Code, Finding};

/// What is told.
pub struct Known {
    pub case: CaseView,
    pub why: WhyView,
    pub refused: Vec<RefusedLine>,
    pub unsettled: Vec<UnsettledLine>,
    pub codes: Vec<CodeLine>,
    pub acts: Acts,
    pub map: MapView,
}

impl Known {
    /// The answer to a question; nothing where it is an order.
    pub fn answer(&self, request: &Request) -> Option<Result<Reply, Finding>> {
        let reply = match request {
            Request::Case { reveal: None, .. } => Reply::Case(self.case.clone()),
            Request::Why { .. } => Reply::Why(self.why.clone()),
            Request::RefusedList { .. } => Reply::Refused(self.refused.clone()),
            Request::RefusedShow { id } => match self.refused.iter().find(|l| l.id == *id) {
                Some(line) => Reply::Refused(vec![line.clone()]),
                None => return Some(Err(Finding::new(Code::VNotFound).with("what", id))),
            },
            Request::UnsettledList => Reply::Unsettled(self.unsettled.clone()),
            Request::Map => Reply::Map(Box::new(self.map.clone())),
            Request::CodesUnmapped => Reply::Codes(self.codes.clone()),
            _ => return None,
        };
        Some(Ok(reply))
    }
}

impl Default for Known {
    fn default() -> Self {
        Self {
            case: case(),
            why: none(),
            refused: Vec::new(),
            unsettled: Vec::new(),
            codes: Vec::new(),
            acts: Acts::default(),
            map: MapView::default(),
        }
    }
}

fn case() -> CaseView {
    serde_json::from_value(serde_json::json!({
        "case_no": "110108202603020000019", "ent_class": "000001", "opened_at": NOW, "withdrawn": null,
        "items": [{"item": "ent_name", "zh": "企业名称", "en": "enterprise name", "value": "北京某某", "source": "hub",
                   "matter": null, "version": 1, "proposal": false}],
        "conflicts": [], "obligations": [], "story": []
    }))
    .unwrap()
}

/// The number of every case here.
pub const CASE: &str = "110108202603020000019";

fn none() -> WhyView {
    WhyView {
        case_no: CASE.to_owned(),
        lines: Vec::new(),
        doubted: None,
    }
}

pub fn why() -> WhyView {
    serde_json::from_value(serde_json::json!({ "case_no": CASE, "lines": [
        { "matter": "ltax.reg", "waits_for": "result", "what": "accepted", "with": "ltax", "since": NOW - 3_600_000,
          "next": null, "finding": null }
    ]}))
    .unwrap()
}

/// Two departments: one has booked at the second attempt, the other has refused.
pub fn whole_case() -> CaseView {
    serde_json::from_value(serde_json::json!({
        "case_no": CASE, "ent_class": "000001", "opened_at": NOW - 7_200_000, "withdrawn": null,
        "items": [{"item": "ent_name", "zh": "企业名称", "en": "enterprise name", "value": "北京**", "source": "hub",
                   "matter": null, "version": 1, "proposal": false}],
        "conflicts": [["ent_name", "aic"]],
        "obligations": [
            { "matter": "aic.name", "round": 1, "opened_at": NOW - 7_000_000, "account": "booked", "standing": "approved",
              "reason": null, "ended": null, "attempts": [
                { "attempt": "a1", "op": "submit", "channel": "frontend", "mode": "frontend", "batch": "b1",
                  "state": "refused", "since": NOW - 6_000_000, "receipt_no": null, "claimed_by": null, "parent": null,
                  "findings": [], "reason": "缺章" },
                { "attempt": "a2", "op": "submit", "channel": "counter", "mode": "manual", "batch": "b2",
                  "state": "acknowledged", "since": NOW - 5_000_000, "receipt_no": "名称预核17", "claimed_by": "李四",
                  "parent": "a1", "findings": [], "reason": null }] },
            { "matter": "ltax.reg", "round": 2, "opened_at": NOW - 4_000_000, "account": "waiting", "standing": null,
              "reason": null, "ended": null, "attempts": [
                { "attempt": "a3", "op": "submit", "channel": "disk", "mode": "disk", "batch": null, "state": "unknown",
                  "since": NOW - 3_600_000, "receipt_no": null, "claimed_by": null, "parent": null, "findings": [],
                  "reason": null }] }
        ],
        "story": [{ "at": NOW, "pos": "1/0", "event": "case_opened", "detail": "000001" }]
    }))
    .unwrap()
}

pub fn refused(id: &str, way: &str) -> RefusedLine {
    RefusedLine {
        id: id.to_owned(),
        way: way.to_owned(),
        dept: "aic".to_owned(),
        case_no: "110108202603020000019".to_owned(),
        what: "aic.name".to_owned(),
        code: "E11".to_owned(),
        findings: vec![Finding::new(Code::ERequired).with("column", "企业名称")],
        reason: String::new(),
        since: NOW - 60_000,
    }
}

pub fn code(table: &str, side: &str, code: &str) -> CodeLine {
    CodeLine {
        table: table.to_owned(),
        side: side.to_owned(),
        code: code.to_owned(),
        rows: 3,
        deliveries: 2,
        since: NOW - 60_000,
        example: "aic b7:3".to_owned(),
        proposed: None,
    }
}

/// Two departments on one skewer: one has a broken channel beside a good one, the other only waits; a third is cut off.
pub fn map() -> MapView {
    let channel = |name: &str, mode: &str, broken: bool| {
        let broken = broken.then(|| {
            Finding::new(Code::CUnreachable)
                .with("endpoint", "x")
                .with("detail", "y")
        });
        serde_json::json!({ "channel": name, "mode": mode, "since": broken.as_ref().map(|_| NOW - 60_000),
                            "finding": broken, "next": null })
    };
    let dept = |dept: &str, zh: &str, waiting: u64, channels: serde_json::Value| {
        serde_json::json!({ "dept": dept, "zh": zh, "en": dept, "booked": 3, "refused": 1, "waiting": waiting, "finding": null,
                            "channels": channels })
    };
    let block = |matter: &str, zh: &str, step: usize| serde_json::json!({ "matter": matter, "zh": zh, "en": matter, "step": step, "follows": [], "limit": 3 });
    serde_json::from_value(serde_json::json!({
        "now": NOW, "open_cases": 7, "halted": null, "doubted": [], "afterwards": [],
        "blocks": [block("aic.name", "名称登记", 1), block("tax.reg", "税务登记", 2)],
        "depts": [
            dept("aic", "市场监管", 0, serde_json::json!([channel("link", "link", true), channel("hand", "manual", false)])),
            dept("tax", "税务", 4, serde_json::json!([channel("disk", "disk", false)])),
            dept("seal", "公安", 0, serde_json::json!([channel("front", "frontend", true)])),
            dept("park", "园区", 0, serde_json::json!([channel("link", "link", false)])),
        ]
    }))
    .unwrap()
}

pub fn unsettled(attempt: &str) -> UnsettledLine {
    UnsettledLine {
        attempt: attempt.to_owned(),
        case_no: "110108202603020000019".to_owned(),
        matter: "aic.name".to_owned(),
        channel: "disk".to_owned(),
        number: "D0301".to_owned(),
        state: AttemptState::Unknown,
        since: NOW - 60_000,
    }
}
