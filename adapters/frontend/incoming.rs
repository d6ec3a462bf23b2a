//! Files coming in: found with their markers, claimed by rename, fetched, compared, offered.
//!
//! A file is taken only once it is complete, by the rule its channel names: its marker is there, or its name says so, or
//! it has been left alone and its tail is there. (Numbered directories are `numbered`'s.) Claiming is a rename in the
//! same directory, to a name with this node's name and a token in it: the department still has its file within reach,
//! another node sees who has it, and after a restart we find what is ours by looking. One look serves several pages.

use crate::backlog::{Backlog, Pile};
use crate::claim::Held;
use crate::fetch::{fetch, sha256};
use crate::format::{self, Files};
use crate::names;
use crate::place::{Entry, Kind, Listing, Moved, Place, Sink};
use crate::rows::{self, Found};
use crate::seen::Seen;
use crate::sequence::Due;
use crate::settings::{FeedSettings, InSettings, Ready};
use crate::settle::COPIES_MAX;
use crate::units;
use formats::Marker;
use model::{Code, Finding};
use port::{Ask, Context, Fault, Offer};
use seams::point;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// More than any marker has: one that is longer is none.
const MARKER_MAX: u64 = 4096;

/// The incoming side of a channel.
pub struct Inbox<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a InSettings,
    pub files: Files<'a>,
    pub context: &'a Context,
    pub seen: &'a Seen,
}

/// A file that could be offered.
pub struct Candidate {
    name: String,
    size: u64,
    mtime: Option<i64>,
    /// The token of our claim, where we hold it already.
    held: Option<String>,
    rank: usize,
}

/// What the marker said, or that it said nothing; `None` where there is none by agreement.
type Marked = Option<Result<Marker, Finding>>;

impl Inbox<'_> {
    /// Offers what is complete, what we hold already first, then feed by feed, each by number.
    pub async fn collect(&self, ask: &Ask, backlog: &Backlog<Candidate>) -> Result<Vec<Offer>, Fault> {
        if let Some(pile) = backlog.take()
            && let Ok(offers) = self.page(ask, backlog, pile, true).await
            && !offers.is_empty()
        {
            return Ok(offers);
        }
        let listing = self.look().await?;
        if listing.cut || listing.unreadable > 0 {
            tracing::warn!(
                endpoint = self.place.endpoint(),
                cut = listing.cut,
                unreadable = listing.unreadable,
                "names left out"
            );
        }
        self.seen.look(&listing.entries, self.context.clock.now());
        let pile = Pile::new(self.candidates(&listing.entries));
        self.page(ask, backlog, pile, false).await
    }

    /// Whether a file waits for one with a smaller number, and what is said of it then.
    fn held_back(&self, due: &Due, candidate: &Candidate) -> Option<Finding> {
        let (_, feed) = self.settings.feed_of(&candidate.name)?;
        let hold = feed.hold.filter(|_| candidate.held.is_none())?;
        let missing = due.missing(&feed.feed, &candidate.name)?;
        // Where the place tells no time, nothing can be waited for.
        let mtime = Some(candidate.mtime?);
        let age = self.seen.age(&candidate.name, mtime, self.context.clock.now());
        (age < hold.0).then(|| {
            Finding::new(Code::CHeldBack)
                .with("file", names::shown(&candidate.name))
                .with("age", units::shown(age))
                .with("missing", missing)
                .with("limit", units::shown(hold.0))
        })
    }

    /// The next offers of a pile; what is left of it is kept.
    async fn page(
        &self,
        ask: &Ask,
        backlog: &Backlog<Candidate>,
        mut pile: Pile<Candidate>,
        kept: bool,
    ) -> Result<Vec<Offer>, Fault> {
        let mut offers = Vec::new();
        let (mut trouble, mut broken) = (None, false);
        let mut due = Due::of(ask.position.as_ref());
        while offers.len() < ask.max {
            let Some(candidate) = pile.pop() else {
                break;
            };
            if let Some(waits) = self.held_back(&due, &candidate) {
                trouble.get_or_insert(Fault::retry(waits));
                continue;
            }
            match self.offer(&candidate, kept).await {
                Ok(Some(offer)) => {
                    due.came(&offer.feed, &offer.name);
                    offers.push(offer);
                }
                Ok(None) => {}
                // One file's trouble is its own; the connection's ends the pass.
                Err(fault) => {
                    let own = [Code::CPlace, Code::ETooLarge, Code::CDenied, Code::CVanished];
                    broken = !own.contains(&fault.finding.code);
                    tracing::warn!(
                        file = candidate.name,
                        code = fault.finding.code.word(),
                        "a file could not be taken"
                    );
                    trouble = Some(fault);
                    if broken {
                        break;
                    }
                }
            }
        }
        if !broken {
            backlog.keep(pile, offers.iter().map(|offer| offer.claim.0.clone()));
        }
        match trouble {
            Some(fault) if offers.is_empty() => Err(fault),
            _ => Ok(offers),
        }
    }

    /// The directory; where files need only be left alone, without those that changed between two looks.
    async fn look(&self) -> Result<Listing, Fault> {
        let list = || self.place.list(&self.settings.dir, self.settings.names_max);
        let mut first = list().await?;
        let is_new = |e: &Entry| e.kind == Kind::File && self.settings.feed_of(&e.name).is_some();
        if self.settings.ready == Ready::Stable && first.entries.iter().any(is_new) {
            self.context.clock.sleep(self.settings.stable.0).await;
            let mut second = list().await?;
            let before: BTreeMap<&str, &Entry> = first.entries.iter().map(|e| (e.name.as_str(), e)).collect();
            second.entries.retain(|e| before.get(e.name.as_str()) == Some(&e));
            first = second;
        }
        Ok(first)
    }

    fn candidates(&self, entries: &[Entry]) -> Vec<Candidate> {
        let files: BTreeSet<&str> = entries
            .iter()
            .filter(|e| e.kind == Kind::File)
            .map(|e| e.name.as_str())
            .collect();
        let ours: BTreeSet<&str> = files
            .iter()
            .filter_map(|full| names::claim_of(full))
            .filter(|claim| claim.node == self.context.node)
            .map(|claim| claim.name)
            .collect();
        let mut found: Vec<Candidate> = entries
            .iter()
            .filter(|e| e.kind == Kind::File)
            .filter_map(|e| self.candidate(e, &files, &ours))
            .collect();
        let ours_first = |a: &Candidate, b: &Candidate| b.held.is_some().cmp(&a.held.is_some());
        found.sort_by(|a, b| match ours_first(a, b).then(a.rank.cmp(&b.rank)) {
            Ordering::Equal => names::counted(&a.name, &b.name),
            other => other,
        });
        found
    }

    fn candidate(&self, entry: &Entry, files: &BTreeSet<&str>, ours: &BTreeSet<&str>) -> Option<Candidate> {
        let (name, held) = match names::claim_of(&entry.name) {
            Some(claim) if claim.node == self.context.node => (claim.name, Some(claim.token.to_owned())),
            Some(_) => return None,
            None => (entry.name.as_str(), None),
        };
        if !names::is_sound(name) || self.settings.is_unfinished(name) {
            return None;
        }
        let (rank, _) = self.settings.feed_of(name)?;
        let unmarked = self.settings.ready == Ready::Marker && !files.contains(self.marker_of(name).as_str());
        // While one is being worked on, the next of that name waits.
        let waits = held.is_none() && (unmarked || ours.contains(name));
        (!waits).then(|| Candidate {
            name: name.to_owned(),
            size: entry.size,
            mtime: entry.mtime,
            held,
            rank,
        })
    }

    /// `kept`: the look is not of this moment.
    async fn offer(&self, candidate: &Candidate, kept: bool) -> Result<Option<Offer>, Fault> {
        let Some((_, feed)) = self.settings.feed_of(&candidate.name) else {
            return Ok(None);
        };
        if candidate.held.is_none() && self.settings.ready == Ready::Stable {
            let moved = kept && !self.stands_as_seen(candidate).await?;
            if moved || !self.has_tail(candidate).await? {
                return Ok(None);
            }
        }
        let fresh = || names::fresh_token(&*self.context.rng);
        let token = candidate.held.clone().unwrap_or_else(fresh);
        let Some(marked) = self.claim(candidate, &token).await? else {
            return Ok(None);
        };
        point::passed("frontend.claimed");
        let claimed = self.claimed(&candidate.name, &token);
        let path = names::join(&self.settings.dir, &claimed);
        let size = candidate.size;
        let limit = self.context.max_batch_bytes;
        let (digest, sm3, bytes, found) = if size > limit {
            // Not read at all. Its identity is what can be known of it without reading.
            let said = match &marked {
                Some(Ok(marker)) => marker.sm3.as_str(),
                _ => "",
            };
            let known = format!("{}\n{size}\n{said}", candidate.name);
            let found = rows::refuse(self.files, feed, &candidate.name, too_large(size, limit));
            (sha256(known.as_bytes()), String::new(), size, found)
        } else {
            match fetch(self.place, &path, limit, &self.context.work_dir, &*self.context.rng).await? {
                None => {
                    let gone = Finding::new(Code::CVanished).with("file", names::shown(&candidate.name));
                    return Err(Fault::retry(gone));
                }
                Some(fetched) => {
                    let (bytes, sm3) = (fetched.sm3.bytes(), fetched.sm3.clone().hex());
                    let file = Box::new(fetched.file);
                    let vouched = match marked {
                        None => Ok(None),
                        Some(marked) => marked.and_then(|m| m.check(fetched.sm3).map(|()| Some(m))),
                    };
                    let found = self.open(&candidate.name, feed, (file, bytes), vouched);
                    (fetched.digest, sm3, bytes, found)
                }
            }
        };
        point::passed("frontend.fetched");
        let held = Held {
            claimed: &claimed,
            feed: &feed.feed,
            sm3: &sm3,
        };
        Ok(Some(Offer {
            feed: feed.feed.clone(),
            claim: held.claim(),
            name: candidate.name.clone(),
            declared: found.declared,
            digest,
            bytes,
            rows: found.rows,
            position: None,
        }))
    }

    fn open(
        &self,
        name: &str,
        feed: &FeedSettings,
        input: (formats::Input, u64),
        vouched: Result<Option<Marker>, Finding>,
    ) -> Found {
        match vouched {
            Ok(marker) => rows::open(self.files, self.context, feed, name, input, marker),
            Err(why) => rows::refuse(self.files, feed, name, why),
        }
    }

    /// Whether the format's own tail is at the end: a file that was left alone may still be half a file.
    async fn has_tail(&self, candidate: &Candidate) -> Result<bool, Fault> {
        let path = names::join(&self.settings.dir, &candidate.name);
        let mut last = Last {
            bytes: Vec::new(),
            keep: self.files.tail_bytes(),
        };
        if candidate.size > self.context.max_batch_bytes {
            return Ok(true);
        }
        let read = self.place.read(&path, self.context.max_batch_bytes, &mut last).await?;
        let Some((_, feed)) = self.settings.feed_of(&candidate.name).filter(|_| read.is_some()) else {
            return Ok(false);
        };
        let encoding = rows::layout_of(self.context, &feed.feed).and_then(format::encoding);
        let encoding = encoding.map_err(Fault::person)?;
        Ok(self.files.ends(&last.bytes, encoding, feed.records.as_deref()))
    }

    /// Makes the file ours, marker and all. `None`: it is not complete yet, or somebody else was quicker.
    async fn claim(&self, candidate: &Candidate, token: &str) -> Result<Option<Marked>, Fault> {
        let path = |name: &str| names::join(&self.settings.dir, name);
        let claimed = path(&self.claimed(&candidate.name, token));
        let is_held = candidate.held.is_some();
        if self.settings.ready != Ready::Marker {
            let ours = is_held || self.place.rename(&path(&candidate.name), &claimed).await? == Moved::Done;
            return Ok(ours.then_some(None));
        }
        let marker = self.marker_of(&candidate.name);
        let free = path(&marker);
        let held = path(&self.claimed(&marker, token));
        if is_held {
            if let Some(marked) = self.read_marker(&held).await? {
                return Ok(Some(Some(marked)));
            }
            // Died between the two renames. A free marker is ours unless a new file of that name has come meanwhile.
            if self.place.stat(&path(&candidate.name)).await?.is_none()
                && let Some(marked) = self.read_marker(&free).await?
            {
                self.place.rename(&free, &held).await?;
                return Ok(Some(Some(marked)));
            }
            // Another node was taken over between its two renames, and woke for the second one.
            if let Some(theirs) = self.foreign_marker(&marker).await?
                && let Some(marked) = self.read_marker(&theirs).await?
            {
                self.place.rename(&theirs, &held).await?;
                return Ok(Some(Some(marked)));
            }
            // Died, or was taken over, between the marker's last move and the file's.
            let put_away = self.put_away_marker(&candidate.name).await?;
            return Ok(Some(Some(put_away.unwrap_or_else(|| Err(no_marker())))));
        }
        let Some(marked) = self.read_marker(&free).await? else {
            return Ok(None);
        };
        if let Ok(marker) = &marked
            && candidate.size < marker.bytes
            && self.still_grows(candidate).await?
        {
            return Ok(None);
        }
        if self.place.rename(&path(&candidate.name), &claimed).await? != Moved::Done {
            return Ok(None);
        }
        self.place.rename(&free, &held).await?;
        Ok(Some(Some(marked)))
    }

    /// A file smaller than its marker says: either it is still being written, or it is wrong.
    async fn still_grows(&self, candidate: &Candidate) -> Result<bool, Fault> {
        self.context.clock.sleep(self.settings.stable.0).await;
        Ok(!self.stands_as_seen(candidate).await?)
    }

    async fn stands_as_seen(&self, candidate: &Candidate) -> Result<bool, Fault> {
        let path = names::join(&self.settings.dir, &candidate.name);
        let now = self.place.stat(&path).await?;
        Ok(now.is_some_and(|now| now.size == candidate.size && now.mtime == candidate.mtime))
    }

    async fn read_marker(&self, path: &str) -> Result<Option<Result<Marker, Finding>>, Fault> {
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

    /// Where another node holds a marker of a file that is ours.
    async fn foreign_marker(&self, marker: &str) -> Result<Option<String>, Fault> {
        let listing = self.place.list(&self.settings.dir, self.settings.names_max).await?;
        let theirs = listing.entries.iter().map(|e| e.name.as_str()).find(|full| {
            names::claim_of(full).is_some_and(|claim| claim.name == marker && claim.node != self.context.node)
        });
        Ok(theirs.map(|full| names::join(&self.settings.dir, full)))
    }

    /// A marker that lies in `done` or `error` without its file.
    async fn put_away_marker(&self, name: &str) -> Result<Option<Result<Marker, Finding>>, Fault> {
        for dir in [self.settings.done(), self.settings.error()] {
            for copy in 1..=COPIES_MAX {
                let file = names::join(&dir, &names::copy(name, copy));
                let marked = self.read_marker(&self.marker_of(&file)).await?;
                match (self.place.stat(&file).await?, marked) {
                    (None, Some(marked)) => return Ok(Some(marked)),
                    (None, None) => break,
                    (Some(_), _) => {}
                }
            }
        }
        Ok(None)
    }

    /// The name under which we hold a file.
    fn claimed(&self, name: &str, token: &str) -> String {
        let node = self.context.node.as_str();
        names::Claimed { name, node, token }.full()
    }

    fn marker_of(&self, name: &str) -> String {
        format!("{name}{}", self.settings.marker)
    }
}

/// More than a batch may have.
pub fn too_large(size: u64, limit: u64) -> Finding {
    Finding::new(Code::ETooLarge)
        .with("found", size)
        .with("limit", limit)
        .with("setting", "max_batch_bytes")
}

/// Keeps the end of what it is given.
struct Last {
    bytes: Vec<u8>,
    keep: usize,
}

impl Sink for Last {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.bytes.extend_from_slice(bytes);
        let over = self.bytes.len().saturating_sub(self.keep);
        self.bytes.drain(..over);
        Ok(())
    }
}

fn no_marker() -> Finding {
    Finding::new(Code::EStructure).with("detail", "标记文件缺失或不可用 the marker is missing or unusable")
}
