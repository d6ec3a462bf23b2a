//! What comes back: found on a medium, checked, offered, and answered beside where it lies.

use crate::adapter::{Inside, unusable};
use crate::found::{self, Found, Parties};
use crate::opened::{Checker, Opened};
use crate::peer::{Gaps, Original};
use crate::settings::Carried;
use crate::source::Source;
use crate::{claim, keys, medium, parse, receipt, table, took, workbook};
use formats::RowReader;
use model::define::{Feed, Layout};
use model::{Code, Finding, Header};
use port::{Answer, Ask, BatchVerdict, Claim, Declared, Fault, Offer, Position};
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
            peer: self.settings.peer.as_ref(),
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

    pub(crate) fn collect(&self, ask: &Ask, place: &Path) -> Result<Vec<Offer>, Fault> {
        let said = self.said(place, ask.answers.as_deref())?;
        let failed = |error: io::Error| unusable(place, &error);
        let checker = self.checker();
        let all = found::find(place, &self.names, &self.parties(), self.suite()).map_err(failed)?;
        let mut opened = Vec::new();
        for found in all.into_iter().take(ask.max) {
            let checked = checker.open(&found, said.as_deref()).map_err(failed)?;
            opened.push((found, checked));
        }
        // Sets that another gateway numbered have effect in their order, whatever they are called; beside them nothing moves.
        opened.sort_by_key(|(_, opened)| opened.original.as_ref().map(|original| original.ledger));
        let mut reached = Reached::at(ask);
        let mut offers = Vec::new();
        for (found, opened) in opened {
            self.offer(&found, opened, &mut reached, &mut offers)?;
        }
        Ok(offers)
    }

    /// Adds what is offered of one candidate: the sender's list of what it took of ours, and its rows.
    fn offer(
        &self,
        found: &Found,
        mut opened: Opened,
        reached: &mut Reached,
        offers: &mut Vec<Offer>,
    ) -> Result<(), Fault> {
        let medium = found
            .medium
            .to_str()
            .ok_or_else(|| unusable(&found.medium, &io::Error::from(io::ErrorKind::InvalidInput)))?;
        let sound = opened.copy.is_ok();
        if let Some(list) = opened.took.take().filter(|_| sound) {
            offers.extend(self.list(&found.name, list));
        }
        let feed = self
            .feed_of(&found.name, &opened)
            .ok_or_else(|| Fault::never("feeds"))?;
        let layout = self
            .context
            .layout(&feed.layout)
            .ok_or_else(|| Fault::never("layout"))?;
        // The name of an answer is ours to give: it says what is answered, and is no number of the department's. What a first
        // return forgot comes in a second one under the same name.
        let mut declared = Declared {
            number: None,
            answers: opened.answers.clone(),
            rows: opened.rows,
        };
        let mut position = None;
        if let Some(original) = opened.original.clone().filter(|_| sound) {
            let policy = self.settings.peer.as_ref().map(|peer| peer.gaps).unwrap_or_default();
            if reached.pass(&original, policy, &mut opened) {
                declared.number = Some(original.declared());
                position = reached.position();
            }
        }
        offers.push(Offer {
            feed: feed.name.clone(),
            claim: self.claim(&found.name, medium, &opened),
            declared,
            digest: opened.digest,
            bytes: opened.bytes,
            rows: Box::new(self.source(opened, layout, &found.name)),
            name: found.name.clone(),
            position,
        });
        Ok(())
    }

    /// What another gateway says it took of ours, where somebody asked for that. Nothing answers it: word of word has no end.
    fn list(&self, bag: &str, list: Vec<u8>) -> Option<Offer> {
        let feed = self.settings.peer.as_ref()?.took.clone()?;
        let layout = self.context.layout(&self.feed(&feed)?.layout)?;
        let expected = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
        let (name, digest, bytes) = (format!("{bag}/{}", took::LIST), keys::sha256(&list), list.len() as u64);
        let rows = Source::new(Box::new(|| took::read(list)), expected, &name, None, Vec::new());
        Some(Offer {
            feed,
            claim: Claim::unasked(),
            declared: Declared::default(),
            digest,
            bytes,
            rows: Box::new(rows),
            name,
            position: None,
        })
    }

    /// The feed that a candidate belongs to: what cannot be read is told where its name belongs.
    pub(crate) fn feed_of(&self, name: &str, opened: &Opened) -> Option<&Feed> {
        let peer = self.settings.peer.as_ref();
        let by_name = || self.feed(peer?.feed_of(&self.names, name)?.0);
        match &opened.original {
            Some(original) => self.feed(&original.feed),
            None => by_name()
                .or_else(|| self.settings.return_feed(&self.context.channel))
                .or_else(|| self.feed(peer?.feeds.keys().next()?)),
        }
    }

    /// A feed of the channel.
    fn feed(&self, name: &str) -> Option<&Feed> {
        self.context.channel.feeds.iter().find(|feed| feed.name == name)
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
    /// no longer the workbook that was answered. Its files by name: of what came encrypted nothing goes back in clear, so
    /// there is none where nobody's key is known.
    fn form(&self, claim: &Claim, answer: &Answer) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let refused = answer.verdict == BatchVerdict::Accepted && answer.rows.other_than("0000").0 > 0;
        let (Some((medium, name)), Some(digest), true) = (claim::read(claim), claim::digest(claim), refused) else {
            return Ok(Vec::new());
        };
        let layout = self.return_layout();
        let is_bag = medium.join(name).is_dir();
        let found = Found {
            medium: medium.clone(),
            name: name.to_owned(),
            is_bag,
        };
        let opened = self
            .checker()
            .open(&found, None)
            .map_err(|error| unusable(&medium, &error))?;
        let (Some(layout), Ok(mut copy)) = (layout, opened.copy) else {
            return Ok(Vec::new());
        };
        if keys::to_hex(&opened.digest) != digest {
            return Ok(Vec::new());
        }
        let options = workbook::options(layout, self.context.max_batch_bytes);
        let seen = parse::seen(self.context.worker.as_deref(), &mut copy, options);
        let day = opened.answers.as_deref().and_then(|number| self.names.day(number));
        let form = seen
            .ok()
            .zip(day)
            .and_then(|(seen, day)| workbook::answered(seen, &answer.rows, day));
        let called = receipt::form_name(name);
        let files = match (opened.sealed, &self.seal) {
            (false, _) => form.map(|form| vec![(called, form)]),
            (true, Some(seal)) => form.and_then(|form| {
                let called = format!("{called}{}", seal.ending());
                Some(seal.close(&["form", &called], &form)?.named(&called))
            }),
            (true, None) => None,
        };
        Ok(files.unwrap_or_default())
    }

    /// Leaves the receipt beside the source. Where nothing can be written, the source keeps its own silence.
    pub(crate) fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let Some((medium, name)) = claim::read(claim) else {
            return Ok(());
        };
        if medium.join(name).symlink_metadata().is_err() {
            return Ok(());
        }
        let (path, text) = (
            medium.join(receipt::name(name)),
            receipt::text(name, answer, &self.context.node),
        );
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

/// Up to which set of another gateway they came without one missing, or with what is missing passed over.
struct Reached {
    ledger: Option<u64>,
    past_gaps: bool,
}

impl Reached {
    fn at(ask: &Ask) -> Self {
        Self {
            ledger: ask.position.as_ref().and_then(|position| position.0.parse().ok()),
            past_gaps: ask.past_gaps,
        }
    }

    /// Whether a set is taken: one before which another is missing is told of, or held.
    fn pass(&mut self, original: &Original, policy: Gaps, opened: &mut Opened) -> bool {
        if let Some(missing) = original.missing(self.ledger) {
            if policy == Gaps::Hold && !self.past_gaps {
                opened.refuse(original.lacks(Code::ESequenceHeld, missing), b"held");
                return false;
            }
            opened.warnings.push(original.lacks(Code::ESequenceGap, missing));
        }
        self.ledger = self.ledger.max(Some(original.ledger));
        true
    }

    fn position(&self) -> Option<Position> {
        self.ledger.map(|ledger| Position(ledger.to_string()))
    }
}

pub(crate) fn cannot_write(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
    )
}
