//! Files coming in: found with their markers, claimed by rename, fetched, compared, offered.
//!
//! A file is taken only once its marker is there. Claiming is a rename in the same directory, to a name with this
//! node's name in it: the department still has its file within reach, another node sees who has it, and after a restart
//! we find what is ours by looking.

use crate::fetch::{Fetched, fetch, sha256};
use crate::place::{Entry, Kind, Moved, Place};
use crate::rows::{Counted, Refused};
use crate::settings::{FileFormat, InSettings};
use crate::{format, names};
use formats::Marker;
use model::{Code, Finding};
use port::{Ask, Claim, Context, Declared, Fault, Offer, RowSource};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// More than any marker has: one that is longer is none.
const MARKER_MAX: u64 = 4096;

/// The incoming side of a channel.
pub struct Inbox<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a InSettings,
    pub format: FileFormat,
    pub context: &'a Context,
}

/// A file that could be offered.
struct Candidate<'a> {
    name: &'a str,
    entry: &'a Entry,
    /// Claimed by us already.
    ours: bool,
    rank: usize,
}

/// What the marker said, or that it said nothing.
type Marked = Result<Marker, Finding>;

impl Inbox<'_> {
    /// Offers what is complete, what we hold already first, then feed by feed, each by number.
    pub async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        if ask.place.is_some() {
            return Err(Fault::never("文件由前置机取得 files come from the front-end machine"));
        }
        let listing = self.place.list(&self.settings.dir, self.settings.names_max).await?;
        if listing.cut || listing.unreadable > 0 {
            tracing::warn!(
                endpoint = self.place.endpoint(),
                cut = listing.cut,
                unreadable = listing.unreadable,
                "names left out"
            );
        }
        let files: BTreeMap<&str, &Entry> = listing
            .entries
            .iter()
            .filter(|e| e.kind == Kind::File)
            .map(|e| (e.name.as_str(), e))
            .collect();
        let mut offers = Vec::new();
        let mut trouble = None;
        for candidate in self.candidates(&files) {
            if offers.len() >= ask.max {
                break;
            }
            match self.offer(&candidate, &files).await {
                Ok(offer) => offers.extend(offer),
                // One file's trouble is its own; the connection's ends the pass.
                Err(fault) => {
                    let ends = !matches!(fault.finding.code, Code::CPlace | Code::ETooLarge);
                    tracing::warn!(
                        file = candidate.name,
                        code = fault.finding.code.word(),
                        "a file could not be taken"
                    );
                    trouble = Some(fault);
                    if ends {
                        break;
                    }
                }
            }
        }
        match trouble {
            Some(fault) if offers.is_empty() => Err(fault),
            _ => Ok(offers),
        }
    }

    fn candidates<'a>(&self, files: &BTreeMap<&'a str, &'a Entry>) -> Vec<Candidate<'a>> {
        let mut found: Vec<Candidate<'a>> = files
            .iter()
            .filter_map(|(name, entry)| self.candidate(name, entry, files))
            .collect();
        found.sort_by(|a, b| match b.ours.cmp(&a.ours).then(a.rank.cmp(&b.rank)) {
            Ordering::Equal => names::counted(a.name, b.name),
            other => other,
        });
        found
    }

    fn candidate<'a>(
        &self,
        full: &'a str,
        entry: &'a Entry,
        files: &BTreeMap<&'a str, &'a Entry>,
    ) -> Option<Candidate<'a>> {
        let (name, ours) = match names::claim_of(full) {
            Some((name, node)) if node == self.context.node => (name, true),
            Some(_) => return None,
            None => (full, false),
        };
        if !names::is_sound(name) || names::is_unfinished(name) {
            return None;
        }
        let (rank, _) = self.settings.feed_of(name)?;
        let waits = !ours
            && (!files.contains_key(self.marker_of(name).as_str())
                || files.contains_key(names::claimed(name, &self.context.node).as_str()));
        (!waits).then_some(Candidate {
            name,
            entry,
            ours,
            rank,
        })
    }

    async fn offer(&self, candidate: &Candidate<'_>, files: &BTreeMap<&str, &Entry>) -> Result<Option<Offer>, Fault> {
        let Some(marked) = self.claim(candidate, files).await? else {
            return Ok(None);
        };
        let claimed = names::claimed(candidate.name, &self.context.node);
        let path = names::join(&self.settings.dir, &claimed);
        let size = candidate.entry.size;
        let limit = self.context.max_batch_bytes;
        let (digest, bytes, rows): ([u8; 32], u64, Box<dyn RowSource>) = if size > limit {
            // Not read at all. Its identity is what can be known of it without reading.
            let known = format!(
                "{}\n{size}\n{}",
                candidate.name,
                marked.as_ref().map_or("", |m| m.sm3.as_str())
            );
            let why = Finding::new(Code::ETooLarge)
                .with("found", size)
                .with("limit", limit)
                .with("setting", "max_batch_bytes");
            (
                sha256(known.as_bytes()),
                size,
                Box::new(Refused::new(why, candidate.name)),
            )
        } else {
            match fetch(self.place, &path, limit, &self.context.work_dir, &*self.context.rng).await? {
                None => return Ok(None),
                Some(fetched) => {
                    let (digest, bytes) = (fetched.digest, fetched.sm3.bytes());
                    let name = candidate.name;
                    let rows = self
                        .rows(candidate, fetched, &marked)
                        .unwrap_or_else(|why| Box::new(Refused::new(why, name)));
                    (digest, bytes, rows)
                }
            }
        };
        let Some((_, feed)) = self.settings.feed_of(candidate.name) else {
            return Ok(None);
        };
        let number = names::stem(candidate.name);
        let answers = feed
            .answers
            .as_ref()
            .and_then(|suffix| number.strip_suffix(suffix.as_str()));
        Ok(Some(Offer {
            feed: feed.feed.clone(),
            claim: Claim(claimed),
            name: candidate.name.to_owned(),
            declared: Declared {
                number: Some(number.to_owned()),
                answers: answers.map(str::to_owned),
                rows: marked.ok().map(|m| m.rows),
            },
            digest,
            bytes,
            rows,
            position: None,
        }))
    }

    /// Makes the file ours, marker and all. `None`: it is not complete yet, or somebody else was quicker.
    async fn claim(&self, candidate: &Candidate<'_>, files: &BTreeMap<&str, &Entry>) -> Result<Option<Marked>, Fault> {
        let node = &self.context.node;
        let marker = self.marker_of(candidate.name);
        let path = |name: &str| names::join(&self.settings.dir, name);
        let free = path(&marker);
        let held = path(&names::claimed(&marker, node));
        if candidate.ours {
            if let Some(marked) = self.read_marker(&held).await? {
                return Ok(Some(marked));
            }
            // Died between the two renames. A free marker is ours unless a new file of that name has come meanwhile.
            if !files.contains_key(candidate.name)
                && let Some(marked) = self.read_marker(&free).await?
            {
                self.place.rename(&free, &held).await?;
                return Ok(Some(marked));
            }
            return Ok(Some(Err(no_marker())));
        }
        let Some(marked) = self.read_marker(&free).await? else {
            return Ok(None);
        };
        if let Ok(marker) = &marked
            && candidate.entry.size < marker.bytes
            && self.still_grows(candidate).await?
        {
            return Ok(None);
        }
        let claimed = names::claimed(candidate.name, node);
        if self.place.rename(&path(candidate.name), &path(&claimed)).await? != Moved::Done {
            return Ok(None);
        }
        self.place.rename(&free, &held).await?;
        Ok(Some(marked))
    }

    /// A file smaller than its marker says: either it is still being written, or it is wrong.
    async fn still_grows(&self, candidate: &Candidate<'_>) -> Result<bool, Fault> {
        self.context.clock.sleep(self.settings.stable.0).await;
        let now = self
            .place
            .stat(&names::join(&self.settings.dir, candidate.name))
            .await?;
        Ok(now.is_none_or(|now| now.size != candidate.entry.size || now.mtime != candidate.entry.mtime))
    }

    async fn read_marker(&self, path: &str) -> Result<Option<Marked>, Fault> {
        match self.place.stat(path).await? {
            Some(entry) if entry.kind == Kind::File && entry.size <= MARKER_MAX => {
                let mut bytes = Vec::new();
                let read = self.place.read(path, MARKER_MAX, &mut bytes).await?;
                Ok(read.map(|_| Marker::parse(&bytes)))
            }
            Some(_) => Ok(Some(Err(no_marker()))),
            None => Ok(None),
        }
    }

    fn rows(
        &self,
        candidate: &Candidate<'_>,
        fetched: Fetched,
        marked: &Marked,
    ) -> Result<Box<dyn RowSource>, Finding> {
        let marker = marked.clone()?;
        let bytes = fetched.sm3.bytes();
        marker.check(fetched.sm3)?;
        let feed = self
            .settings
            .feed_of(candidate.name)
            .map(|(_, f)| f.feed.as_str())
            .unwrap_or_default();
        let layout = self
            .context
            .channel
            .feeds
            .iter()
            .find(|f| f.name == feed)
            .and_then(|f| self.context.layout(&f.layout));
        let Some(layout) = layout else {
            let setting = format!("in.feeds {feed}");
            return Err(Finding::new(Code::SChannelSetting)
                .with("setting", setting)
                .with("detail", "没有布局 has no layout"));
        };
        let reader = format::open(self.format, Box::new(fetched.file), format::encoding(layout)?, bytes)?;
        Ok(Box::new(Counted::new(reader, Some(marker), candidate.name.to_owned())))
    }

    fn marker_of(&self, name: &str) -> String {
        format!("{name}{}", self.settings.marker)
    }
}

fn no_marker() -> Finding {
    Finding::new(Code::EStructure).with("detail", "标记文件缺失或不可用 the marker is missing or unusable")
}
