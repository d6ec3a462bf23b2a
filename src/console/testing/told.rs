//! What the fake node tells of itself where no order is given: lists, one case, the map, what people did.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::NOW;
use engine::verb::{Reply, Request};
use engine::view::{CaseView, CodeLine, RefusedLine, UnsettledLine};
use model::{AttemptState, Code, Finding};

/// What is told.
pub struct Known {
    pub case: CaseView,
    pub refused: Vec<RefusedLine>,
    pub unsettled: Vec<UnsettledLine>,
    pub codes: Vec<CodeLine>,
}

impl Known {
    /// The answer to a question; nothing where it is an order.
    pub fn answer(&self, request: &Request) -> Option<Result<Reply, Finding>> {
        let reply = match request {
            Request::Case { reveal: None, .. } => Reply::Case(self.case.clone()),
            Request::RefusedList { .. } => Reply::Refused(self.refused.clone()),
            Request::RefusedShow { id } => match self.refused.iter().find(|l| l.id == *id) {
                Some(line) => Reply::Refused(vec![line.clone()]),
                None => return Some(Err(Finding::new(Code::VNotFound).with("what", id))),
            },
            Request::UnsettledList => Reply::Unsettled(self.unsettled.clone()),
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
            refused: Vec::new(),
            unsettled: Vec::new(),
            codes: Vec::new(),
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
