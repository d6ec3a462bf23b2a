//! The port's promise where a person carries the data in her head: worksheets out, forms in.

use crate::form;
use crate::offer::OneRow;
use crate::settings::Settings;
use crate::worksheet::Worksheet;
use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use model::define::{Channel, Layout};
use model::{Code, Finding, Mode, Row};
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Context, Declared, Encoded, Fault, Misfit, Numbers, Offer, Outcome,
    Outgoing, Part, Parts, Prepared, Starts, TypedMode, Unencoded,
};
use seams::point;
use std::sync::Arc;

/// The mode.
pub struct Manual;

impl TypedMode for Manual {
    type Settings = Settings;
    const MODE: Mode = Mode::Manual;

    fn judge(settings: &Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        settings.judge(channel, layouts)
    }

    fn build(settings: Settings, context: Context) -> Result<Arc<dyn Adapter>, Finding> {
        Ok(Arc::new(ManualAdapter { settings, context }))
    }
}

struct ManualAdapter {
    settings: Settings,
    context: Context,
}

#[async_trait]
impl Adapter for ManualAdapter {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Claim,
            collects: false,
            queries: false,
            recalls: false,
        }
    }

    /// The other side is a clerk; there is nothing to ask without one.
    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }

    async fn collect(&self, _ask: &Ask) -> Result<Vec<Offer>, Fault> {
        Ok(Vec::new())
    }

    /// A completed form. What is wrong with it is told by its rows: the form is there, and it is answered.
    async fn receive(&self, parts: Parts) -> Result<Offer, Fault> {
        let feed = self.context.channel.feeds.iter().find(|feed| feed.name == parts.feed);
        let layout = feed.and_then(|feed| self.context.layout(&feed.layout));
        let (Some(feed), Some(layout)) = (feed, layout) else {
            return Err(Fault::never("没有这种表单 no such form"));
        };
        let form =
            form::read(&parts.body, self.settings.form_bytes_max).map_err(|finding| finding.file(parts.name.clone()));
        // A form that cannot be read is itself and nothing else: its bytes decide.
        let canonical = form.as_ref().map_or_else(|_| parts.body.clone(), form::Form::canonical);
        point::passed("manual.form-read");
        let mut sha = [0; 32];
        sha.copy_from_slice(digest(&SHA256, &canonical).as_ref());
        Ok(Offer {
            feed: feed.name.clone(),
            claim: Claim(parts.name.clone()),
            name: parts.name,
            declared: Declared {
                number: None,
                answers: None,
                rows: Some(1),
            },
            digest: sha,
            bytes: parts.body.len() as u64,
            rows: Box::new(OneRow::of(form, feed, layout)),
            position: None,
        })
    }

    /// The clerk sees the answer on the page; there is no source to mark.
    async fn acknowledge(&self, _claim: &Claim, _answer: &Answer) -> Result<(), Fault> {
        Ok(())
    }

    /// One worksheet per record, each a part of its own: tasks are claimed one by one.
    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        let width = rows.header.len();
        let odd = |record: usize| {
            let detail = format!("{width} fields");
            Misfit {
                record,
                findings: vec![Finding::new(Code::EStructure).with("detail", detail)],
            }
        };
        let fits = |row: &Row| row.cells.len() == width && rows.rows.len() == rows.records.len();
        let misfits: Vec<Misfit> = rows
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !fits(row))
            .map(|(at, _)| odd(at))
            .collect();
        if !misfits.is_empty() {
            return Err(misfits.into());
        }
        point::passed("manual.worksheets-due");
        let parts = rows
            .rows
            .iter()
            .zip(&rows.records)
            .enumerate()
            .map(|(at, (row, record))| Part {
                name: format!("{:04}-{}.json", at + 1, record.case_no),
                bytes: Worksheet::of(record, &rows.header, row).bytes(),
                records: at..at + 1,
            });
        let day = numbers.day.to_string().replace('-', "");
        Ok(Encoded {
            number: format!("{}-{day}-{:04}", numbers.dept, numbers.seq),
            parts: parts.collect(),
        })
    }

    async fn deliver(&self, _batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        Err(Fault::never("人工录入由人员领取 a clerk claims the task"))
    }
}

#[cfg(test)]
mod tests;
