//! What lies on a medium, for whoever holds it: looked at as an import would look at it, and nothing is taken.

use crate::adapter::{Inside, unusable};
use crate::bag::{DATA, manifest};
use crate::copy::{Copied, Lies, copy};
use crate::found::{self, Found};
use crate::medium;
use crate::opened::Checker;
use crate::opened::envelope::{Texts, Trouble, structure};
use crate::opened::files::{follow, unlisted};
use crate::{export, receipt};
use model::{Code, Finding};
use port::{Fault, Lying, RowSource as _, Thing};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(test)]
mod tests;

impl Inside {
    /// Everything at a place: the things on a medium, or the one bag or file that was named.
    pub(crate) fn inspect(&self, place: &Path) -> Result<Vec<Lying>, Fault> {
        let failed = |error: io::Error| unusable(place, &error);
        let whole = std::fs::canonicalize(place).map_err(failed)?;
        let (medium, names) = if whole.is_dir() && !found::is_bag(&whole) {
            let names = medium::names(&whole).map_err(failed)?;
            (whole, names)
        } else {
            let (medium, name) = one(&whole).ok_or_else(|| failed(io::ErrorKind::InvalidInput.into()))?;
            let name = found::whole_file(&medium, &name, self.suite()).map_err(failed)?;
            (medium, vec![name])
        };
        let suite = self.suite();
        let lone = found::lone(&names, suite);
        // What belongs to a file beside it is a part of that, and told with it.
        let is_part = |name: &String| {
            let there = |whole: &str| self.is_return(whole) || names.iter().any(|n| n.eq_ignore_ascii_case(whole));
            suite.whole_of(name).is_some_and(there) && !lone.contains(name)
        };
        let things = names.iter().filter(|name| !is_part(name));
        let things = things.map(|name| self.look(&medium, name));
        things.collect::<io::Result<_>>().map_err(failed)
    }

    fn look(&self, medium: &Path, name: &str) -> io::Result<Lying> {
        let path = medium.join(name);
        // Links lead off the medium and are not followed.
        let kind = path.symlink_metadata()?.file_type();
        if name
            .strip_suffix(self.unfinished.as_str())
            .is_some_and(|n| self.names.is_ours(n))
        {
            return Ok(Lying::new(name, Thing::Unfinished));
        }
        if kind.is_dir() && found::is_bag(&path) {
            return self.look_into(medium, name);
        }
        if kind.is_file() && self.is_return(self.suite().whole_of(name).unwrap_or(name)) {
            return self.returned(medium, name, false);
        }
        Ok(self.note(name).unwrap_or_else(|| Lying::new(name, Thing::Stranger)))
    }

    fn is_return(&self, name: &str) -> bool {
        self.names.answers_as_file(name).is_some()
    }

    fn look_into(&self, medium: &Path, name: &str) -> io::Result<Lying> {
        let dir = medium.join(name);
        let Some(labels) = found::labels(&dir)? else {
            // It says nothing that can be read: its name is all there is.
            return match (self.names.is_ours(name), self.names.answers(name)) {
                (true, _) => self.set(&dir, name),
                (_, Some(_)) => self.returned(medium, name, true),
                _ => Ok(Lying::new(name, Thing::Stranger)),
            };
        };
        let label = |name: &str| labels.get(name).cloned();
        let (sender, recipient) = (label("Sender"), label("Recipient"));
        let (us, them) = (Some(self.us.as_str()), Some(self.them.as_str()));
        let mut lying = match (sender.as_deref(), recipient.as_deref()) {
            parties if parties == (us, them) => self.set(&dir, name)?,
            parties if parties == (them, us) => self.returned(medium, name, true)?,
            _ => Lying::new(name, Thing::Elsewhere),
        };
        (lying.sender, lying.recipient) = (sender, recipient);
        Ok(lying)
    }

    /// A return, checked as an import checks it and read to its end. What its rows say is judged by the import.
    fn returned(&self, medium: &Path, name: &str, is_bag: bool) -> io::Result<Lying> {
        let found = Found {
            medium: medium.to_owned(),
            name: name.to_owned(),
            is_bag,
        };
        let opened = self.checker().open(&found, None)?;
        let (number, thing) = match &opened.original {
            Some(original) => (Some(original.number.clone()), Thing::Brought),
            None => (opened.answers.clone(), Thing::Return),
        };
        let mut lying = Lying {
            number,
            digest: Some(opened.digest),
            ..Lying::new(name, thing)
        };
        let layout = self
            .feed_of(name, &opened)
            .and_then(|feed| self.context.layout(&feed.layout));
        if let Some(layout) = layout {
            let mut source = self.source(opened, layout, name);
            let mut rows = 0;
            lying.wrong = loop {
                match source.next() {
                    Ok(Some(_)) => rows += 1,
                    Ok(None) => break None,
                    Err(finding) => break Some(finding),
                }
            };
            lying.rows = lying.wrong.is_none().then_some(rows);
            lying.warnings = source.warnings();
        }
        Ok(lying)
    }

    /// A set of ours: whole, and as it was signed.
    fn set(&self, dir: &Path, name: &str) -> io::Result<Lying> {
        let own = self.signer.verifier();
        // Keys that were ours before still vouch for what was cut with them.
        let earlier = self.keys.get(&self.us).cloned().unwrap_or_default();
        let keys = BTreeMap::from([(self.us.clone(), [own].into_iter().chain(earlier).collect())]);
        let checker = Checker {
            keys: &keys,
            ..self.checker()
        };
        let mut lying = Lying::new(name, Thing::Set);
        match whole(&checker, dir, &mut lying) {
            Ok(()) => {}
            Err(Trouble::Medium(error)) => return Err(error),
            Err(Trouble::Content(finding)) => lying.wrong = Some(finding),
        }
        if lying.wrong.is_none() && lying.number.as_deref() != Some(name) {
            lying.wrong = Some(structure(
                name,
                "目录名不是批次号 the directory is not called as its batch",
            ));
        }
        let answered = self.return_layout().and(lying.number.as_deref());
        lying.answer = answered.map(|number| self.answer_to(number));
        Ok(lying)
    }

    /// A receipt of ours, or the note of a set that was taken back.
    fn note(&self, name: &str) -> Option<Lying> {
        let of = receipt::about(name, self.suite()).or_else(|| name.strip_suffix(export::CANCELLED))?;
        let number = if self.names.is_ours(of) {
            Some(of.to_owned())
        } else {
            let peer = self.settings.peer.as_ref();
            let theirs = peer.and_then(|peer| peer.feed_of(&self.names, of));
            self.names.answers(of).or(theirs.map(|(_, number)| number))
        };
        number.map(|number| Lying {
            number: Some(number),
            ..Lying::new(name, Thing::Note)
        })
    }
}

/// Where a single thing lies, and its name.
fn one(whole: &Path) -> Option<(PathBuf, String)> {
    let (medium, name) = (whole.parent()?, whole.file_name()?.to_str()?);
    Some((medium.to_owned(), name.to_owned()))
}

/// Reads a set through; what it says of itself is in `lying` as far as it was read.
fn whole(checker: &Checker<'_>, dir: &Path, lying: &mut Lying) -> Result<(), Trouble> {
    let suite = checker.identities.suite();
    let texts = Texts::read(dir, suite, &mut Vec::new())?;
    lying.number = texts.labels.get("Batch-Number").cloned();
    lying.ledger = texts.labels.get("Ledger-Batch").and_then(|batch| batch.parse().ok());
    lying.rows = texts.rows()?;
    let listed = checker.judge_tags(dir, &texts)?;
    let entries = manifest(suite.manifest(), &texts.manifest)?;
    for (path, digest) in &entries {
        let at = follow(dir, path)?.filter(|_| path.starts_with(DATA));
        let at = at.ok_or_else(|| structure(path, "缺少 missing"))?;
        // As it lies there: who knows the digest that was signed need not open it.
        let (lies, max) = (
            Lies {
                path: &at,
                listed: None,
            },
            checker.identities.most(checker.max_bytes),
        );
        let same = match copy(&lies, checker.work, max, suite, None)? {
            Copied::Whole(copy) => copy.lies == *digest,
            Copied::TooLarge(_) | Copied::Unopened { .. } => false,
        };
        if !same {
            return Err(Finding::new(Code::EFileHash).file(path.clone()).into());
        }
    }
    lying.warnings = unlisted(dir, suite, &entries, &listed.names)?;
    Ok(())
}
