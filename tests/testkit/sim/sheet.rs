//! One record as it crosses to a department, and rows that come back: the plainest form that carries a mode's facts.

use crate::sim::machine::Machine;
use crate::sim::trace::digest32;
use model::define::{Channel, Layout};
use model::{Finding, Header, Row};
use port::{Claim, Declared, Encoded, Numbers, Offer, Outgoing, Part, Position, RowSource, Taken};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// A record on its way to a department. Departments read only this, from the bytes that left.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sheet {
    /// The attempt, as a mark for the oracle; no department looks at it.
    pub attempt: u64,
    /// The case.
    pub case_no: String,
    /// The matter.
    pub matter: String,
    /// What is asked.
    pub op: String,
    /// The record's own number.
    pub token: String,
    /// The department's fields.
    pub fields: Vec<Cell>,
}

/// A field with its value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub value: Option<String>,
}

impl Sheet {
    /// What stands in a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|c| c.name == name)
            .and_then(|c| c.value.as_deref())
    }

    /// Case and matter.
    pub fn what(&self) -> (String, String) {
        (self.case_no.clone(), self.matter.clone())
    }
}

/// One part per record. Pure: the same rows and numbers give the same bytes. Where two nodes have one place, the names of
/// their files differ, as their administrator must see to.
pub fn encode(rows: &Outgoing, numbers: &Numbers, channel: &Channel, machine: &Machine) -> Encoded {
    let day = numbers.day.to_string().replace('-', "");
    let name = if machine.alone {
        String::new()
    } else {
        format!("{}-", machine.name)
    };
    let number = format!("{}-{}-{name}{day}-{:04}", channel.mode, numbers.dept, numbers.seq);
    let parts = rows
        .rows
        .iter()
        .zip(&rows.records)
        .enumerate()
        .map(|(at, (row, record))| {
            let cells = rows.header.names().iter().enumerate();
            let sheet = Sheet {
                attempt: machine.mark(record.attempt.0),
                case_no: record.case_no.to_string(),
                matter: record.matter.to_string(),
                op: record.op.word().to_owned(),
                token: record.token.clone(),
                fields: cells
                    .map(|(i, n)| Cell {
                        name: n.to_string(),
                        value: row.get(i).map(str::to_owned),
                    })
                    .collect(),
            };
            Part {
                name: format!("{number}-{}", at + 1),
                bytes: serde_json::to_vec(&sheet).unwrap_or_default(),
                records: at..at + 1,
            }
        });
    Encoded {
        parts: parts.collect(),
        number,
    }
}

/// The records of encoded bytes.
pub fn decode(encoded: &Encoded) -> Vec<Sheet> {
    encoded
        .parts
        .iter()
        .filter_map(|p| serde_json::from_slice(&p.bytes).ok())
        .collect()
}

/// Fields by name, as a department says them.
pub type Said = Vec<(String, String)>;

/// Rows in memory.
struct Rows {
    header: Header,
    rows: VecDeque<Taken>,
}

impl RowSource for Rows {
    fn header(&self) -> &Header {
        &self.header
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        Ok(self.rows.pop_front())
    }
}

/// What an offer is made of.
pub struct Batch<'a> {
    /// Which feed.
    pub feed: &'a str,
    /// Its name and how to find it again.
    pub name: &'a str,
    /// The sender's number.
    pub number: Option<String>,
    /// Our batch that it answers.
    pub answers: Option<String>,
    /// Its rows.
    pub rows: &'a [Said],
    /// Where the source is read up to.
    pub position: Option<String>,
}

/// A batch as an adapter offers it. The digest covers the rows only: names and numbers are no content.
pub fn offer(batch: Batch<'_>, layout: &Arc<Layout>) -> Offer {
    let content = serde_json::to_vec(batch.rows).unwrap_or_default();
    let header = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
    let rows = batch.rows.iter().enumerate().map(|(at, said)| {
        let cell = |field: &model::define::Field| {
            let named = |name: &String| *name == field.name || field.aliases.contains(name);
            said.iter()
                .find(|(name, _)| named(name))
                .map(|(_, value)| value.as_str().into())
        };
        Taken::Row(Row {
            line: at as u64 + 1,
            cells: layout.fields.iter().map(cell).collect(),
        })
    });
    Offer {
        feed: batch.feed.to_owned(),
        claim: Claim(batch.name.to_owned()),
        name: batch.name.to_owned(),
        declared: Declared {
            number: batch.number,
            answers: batch.answers,
            rows: Some(batch.rows.len() as u64),
        },
        digest: digest32(&content),
        bytes: content.len() as u64,
        rows: Box::new(Rows {
            header,
            rows: rows.collect(),
        }),
        position: batch.position.map(Position),
    }
}

/// The layouts of a department by name.
pub fn layout(plan: &engine::Plan, dept: &str, channel: &Channel, feed: &str) -> Option<Arc<Layout>> {
    let feed = channel.feeds.iter().find(|f| f.name == feed)?;
    plan.dept(&model::DeptId::new(dept))?
        .layout(&feed.layout)
        .map(|(l, _)| l.clone())
}
