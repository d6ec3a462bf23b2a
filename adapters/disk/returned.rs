//! What comes back: found on a medium, checked, offered, and answered beside where it lies.

use crate::adapter::{Inside, unusable};
use crate::found::{self, Parties};
use crate::opened::{Checker, Opened};
use crate::settings::{Carried, return_feed};
use crate::source::Source;
use crate::{claim, keys, medium, parse, receipt, table, workbook};
use formats::RowReader;
use model::define::Layout;
use model::{Code, Finding, Header};
use port::{Answer, BatchVerdict, Claim, Declared, Fault, Offer};
use seams::point;
use std::io;
use std::path::Path;

impl Inside {
    pub(crate) fn parties(&self) -> Parties<'_> {
        Parties {
            us: &self.us,
            them: &self.them,
        }
    }

    pub(crate) fn checker(&self) -> Checker<'_> {
        Checker {
            names: &self.names,
            parties: self.parties(),
            keys: &self.keys,
            identities: &self.identities,
            warns_plain: self.asks_sealed(),
            work: &self.context.work_dir,
            max_bytes: self.context.max_batch_bytes,
        }
    }

    /// The batch that a person names: one of ours, and for one bare file.
    fn said(&self, place: &Path, answers: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(answers) = answers else {
            return Ok(None);
        };
        let number = answers.to_ascii_uppercase();
        if !self.names.is_ours(&number) {
            return Err(Fault::person(Finding::new(Code::VNotFound).with("what", answers)));
        }
        if place.is_dir() {
            let detail = "--answers 只用于单个文件，目录里的文件各有其名 --answers is about one file; what lies in a directory says it itself";
            return Err(Fault::person(Finding::new(Code::VCall).with("detail", detail)));
        }
        Ok(Some(number))
    }

    pub(crate) fn collect(&self, place: &Path, answers: Option<&str>, max: usize) -> Result<Vec<Offer>, Fault> {
        let said = self.said(place, answers)?;
        let failed = |error: io::Error| unusable(place, &error);
        let checker = self.checker();
        let feed = return_feed(&self.context.channel).ok_or_else(|| Fault::never("feeds"))?;
        let layout = self
            .context
            .layout(&feed.layout)
            .ok_or_else(|| Fault::never("layout"))?;
        let mut offers = Vec::new();
        for found in found::find(place, &self.names, &self.parties())
            .map_err(failed)?
            .into_iter()
            .take(max)
        {
            let opened = checker.open(&found, said.as_deref()).map_err(failed)?;
            // Its name is ours to give: it says what is answered, and is no number of the department's. What a first return
            // forgot comes in a second one under the same name.
            let declared = Declared {
                number: None,
                answers: opened.answers.clone(),
                rows: opened.rows,
            };
            let medium = found
                .medium
                .to_str()
                .ok_or_else(|| unusable(&found.medium, &io::Error::from(io::ErrorKind::InvalidInput)))?;
            offers.push(Offer {
                feed: feed.name.clone(),
                claim: self.claim(&found.name, medium, &opened),
                declared,
                digest: opened.digest,
                bytes: opened.bytes,
                rows: Box::new(self.source(opened, layout, &found.name)),
                name: found.name,
                position: None,
            });
        }
        Ok(offers)
    }

    /// A workbook is read once more for the form that goes back: it must be the same then.
    fn claim(&self, name: &str, medium: &str, opened: &Opened) -> Claim {
        let digest = (self.settings.format == Carried::Xlsx).then(|| keys::to_hex(&opened.digest));
        claim::make(name, medium, digest.as_deref())
    }

    pub(crate) fn source(&self, opened: Opened, layout: &Layout, name: &str) -> Source {
        let (format, max) = (self.settings.format, self.context.max_batch_bytes);
        let expected = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
        let (copy, answers) = (opened.copy, opened.answers);
        let (layout, names, worker) = (layout.clone(), self.names.clone(), self.context.worker.clone());
        let open = move || -> Result<Box<dyn RowReader>, Finding> {
            let mut copy = copy?;
            if format == Carried::Dbf {
                return Ok(Box::new(table::open(Box::new(copy.file), copy.bytes, &layout, max)?));
            }
            let book = parse::rows(worker.as_deref(), &mut copy, workbook::options(&layout, max))?;
            match (book.mark.as_deref(), answers.as_deref()) {
                // The name of the file and the line above its table speak of two batches: nobody guesses.
                (Some(mark), Some(answers)) if !names.is_same(answers, mark) => {
                    let detail = format!("批次号与文件名不符 batch number and file name differ: {answers}");
                    Err(Finding::new(Code::EStructure).with("detail", detail))
                }
                _ => Ok(book.rows),
            }
        };
        Source::new(Box::new(open), expected, name, opened.rows, opened.warnings)
    }

    /// The department's workbook with a reason beside each row, where one of its rows was refused; nothing where it is
    /// no longer the workbook that was answered. Its name and its bytes: of what came encrypted nothing goes back in clear,
    /// so there is none where nobody's key is known.
    fn form(&self, claim: &Claim, answer: &Answer) -> Result<Option<(String, Vec<u8>)>, Fault> {
        let refused = answer.verdict == BatchVerdict::Accepted && answer.rows.other_than("0000").0 > 0;
        let (Some((medium, name)), Some(digest), true) = (claim::read(claim), claim::digest(claim), refused) else {
            return Ok(None);
        };
        let layout = return_feed(&self.context.channel).and_then(|feed| self.context.layout(&feed.layout));
        let is_bag = medium.join(name).is_dir();
        let found = found::Found {
            medium: medium.clone(),
            name: name.to_owned(),
            is_bag,
        };
        let opened = self
            .checker()
            .open(&found, None)
            .map_err(|error| unusable(&medium, &error))?;
        let (Some(layout), Ok(mut copy)) = (layout, opened.copy) else {
            return Ok(None);
        };
        let called = receipt::form_name(name, opened.sealed);
        if keys::to_hex(&opened.digest) != digest {
            return Ok(None);
        }
        let options = workbook::options(layout, self.context.max_batch_bytes);
        let seen = parse::seen(self.context.worker.as_deref(), &mut copy, options);
        let day = opened.answers.as_deref().and_then(|number| self.names.day(number));
        let form = seen
            .ok()
            .zip(day)
            .and_then(|(seen, day)| workbook::answered(seen, &answer.rows, day));
        let form = match (opened.sealed, &self.seal) {
            (false, _) => form,
            (true, Some(seal)) => form.and_then(|form| seal.close(&["form", &called], &form)),
            (true, None) => None,
        };
        Ok(form.map(|form| (called, form)))
    }

    /// Leaves the receipt beside the source. Where nothing can be written, the source keeps its own silence.
    pub(crate) fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let Some((medium, name)) = claim::read(claim) else {
            return Ok(());
        };
        if medium.join(name).symlink_metadata().is_err() {
            return Ok(());
        }
        let (path, text) = (medium.join(receipt::name(name)), receipt::text(name, answer));
        let stands = path.symlink_metadata().is_ok();
        if stands && (answer.verdict == BatchVerdict::Repeat || medium::holds(&path, text.as_bytes()).unwrap_or(false))
        {
            return Ok(());
        }
        // The text last: whoever finds it finds the form as well.
        let form = self.form(claim, answer)?;
        for (name, bytes) in form.into_iter().chain([(receipt::name(name), text.into_bytes())]) {
            match medium::write_over(&medium, &name, &bytes) {
                Err(error) if cannot_write(&error) => return Ok(()),
                other => other.map_err(|error| unusable(&medium, &error))?,
            }
            point::passed("disk.receipt-written");
        }
        Ok(())
    }
}

pub(crate) fn cannot_write(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
    )
}
