//! What lies in a numbered directory that came in. It is taken whole, so everything in it must be something we know.

use super::END;
use crate::names;
use crate::place::{Entry, Kind, Place};
use crate::settings::{FeedSettings, InSettings};
use port::Fault;

/// More names than this in one directory are not looked at: there should be two.
const MAX: usize = 100;

/// The names of one directory, sorted out.
pub struct Inside<'s> {
    /// It is said to be complete.
    pub end: bool,
    /// Files of feeds, by name.
    pub files: Vec<(Entry, &'s FeedSettings)>,
    /// Whatever else is there, as people are shown it.
    pub others: Vec<String>,
}

impl<'s> Inside<'s> {
    pub async fn look(place: &dyn Place, settings: &'s InSettings, path: &str) -> Result<Self, Fault> {
        let listing = place.list(path, MAX).await?;
        let mut inside = Self {
            end: false,
            files: Vec::new(),
            others: Vec::new(),
        };
        for entry in listing.entries {
            let usable =
                entry.kind == Kind::File && names::is_sound(&entry.name) && !settings.is_unfinished(&entry.name);
            let feed = settings.feed_of(&entry.name).filter(|_| usable);
            match feed {
                _ if entry.kind == Kind::File && entry.name == END => inside.end = true,
                Some((_, feed)) => inside.files.push((entry, feed)),
                None => inside.others.push(names::shown(&entry.name)),
            }
        }
        if listing.cut || listing.unreadable > 0 {
            inside.others.push("…".to_owned());
        }
        inside.files.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        inside.others.sort();
        Ok(inside)
    }

    /// What a directory that is not ours yet waits for; `None` where it is to be taken, or refused.
    pub fn waits(&self) -> Option<String> {
        match (self.end, self.files.is_empty(), self.others.first()) {
            (false, ..) => Some("没有END there is no END".to_owned()),
            (true, true, None) => Some("有END而没有报文 there is END and no file".to_owned()),
            // It would be put away with the rest, and nobody would have read it.
            (true, _, Some(other)) => Some(format!("其中的{other}不属于任何数据流 {other} in it is of no feed")),
            (true, false, None) => None,
        }
    }
}
