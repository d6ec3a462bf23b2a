//! Numbered directories going out: a ticket, the directory, the file, `END`; and taking one back.
//!
//! The ticket is an empty hidden file `.NUMBER-BATCH` beside the directories. It is written before anything else and
//! never removed: by it a batch that was begun is finished in its own directory, never in a second one, and a number
//! is not given again when the department has taken and cleared everything. The department takes a directory by
//! renaming it, and only where `END` stands in it.

use super::{END, name_of, number_of};
use crate::names;
use crate::outgoing::{Compare, conflict};
use crate::place::{Entry, Kind, Listing, Moved, Place, Written};
use crate::settings::OutSettings;
use model::{Code, Finding};
use port::{Fault, Outcome, Part, Prepared, Recalled, Said};
use seams::{Clock, UnixMs, point};

/// What is added to the name of a directory that was taken back.
const RECALLED: &str = ".recalled";
/// More names than this in the directory, and nobody can say which number is free.
const NAMES_MAX: usize = 100_000;

/// The outgoing side of a channel.
pub struct Outbox<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a OutSettings,
    pub clock: &'a dyn Clock,
}

/// One batch's file in its directory.
struct Paths<'a> {
    data: &'a Part,
    dir: String,
    recalled: String,
    taken: Option<String>,
}

/// Where the directory is.
enum Found {
    Here,
    Taken,
    Recalled,
    Nowhere,
}

impl Outbox<'_> {
    /// Hands a batch over.
    pub async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let data = self.data(batch)?;
        let all = |outcome: Outcome| Ok(vec![outcome; batch.records.len()]);
        let listing = self.list(&self.settings.dir).await?;
        let ticket = ticket_of(&listing, &batch.encoded.number);
        let number = match ticket {
            Some(number) => number,
            None => self.draw(&listing, &batch.encoded.number).await?,
        };
        let paths = self.paths(data, number);
        match self.find(&paths).await? {
            Found::Taken => return all(Outcome::Pending),
            Found::Recalled => return Err(Fault::never("该批已撤回 this batch was recalled")),
            Found::Here => {}
            // With a ticket of an earlier call it may have been put out, taken and cleared.
            Found::Nowhere if ticket.is_some() && !self.absence_proves(batch) => return all(Outcome::Unknown),
            Found::Nowhere => {
                self.place.make_dir(&paths.dir).await?;
                point::passed("frontend.directory-made");
            }
        }
        self.publish(&paths, &paths.data.name, &paths.data.bytes).await?;
        self.publish(&paths, END, &[]).await?;
        all(Outcome::Pending)
    }

    /// What can be said of a batch by looking: only that it was taken back.
    pub async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let data = self.data(batch)?;
        let listing = self.list(&self.settings.dir).await?;
        let recalled = match ticket_of(&listing, &batch.encoded.number) {
            Some(number) => matches!(self.find(&self.paths(data, number)).await?, Found::Recalled),
            None => false,
        };
        let said = if recalled { Said::NotBooked } else { Said::CannotSay };
        Ok(vec![said; batch.records.len()])
    }

    /// Takes a batch back. `END` goes first: after that no new taking can begin; one that has begun is decided by the
    /// rename of the directory, which either they or we win.
    pub async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        let data = self.data(batch)?;
        let absent = match self.absence_proves(batch) {
            true => Recalled::Recalled,
            false => Recalled::Impossible,
        };
        let listing = self.list(&self.settings.dir).await?;
        let Some(number) = ticket_of(&listing, &batch.encoded.number) else {
            return Ok(absent);
        };
        let paths = self.paths(data, number);
        let end = names::join(&paths.dir, END);
        if paths.taken.is_none() && self.place.stat(&end).await?.is_some() {
            // Where nobody can see what was taken, only what was never complete can be taken back.
            return Ok(Recalled::Impossible);
        }
        if self.is_taken(&paths).await? {
            return Ok(Recalled::Taken);
        }
        self.place.remove(&self.settings.aside_of(&end)).await?;
        self.place.remove(&end).await?;
        let moved = self.place.rename(&paths.dir, &paths.recalled).await?;
        if self.is_taken(&paths).await? {
            return Ok(Recalled::Taken);
        }
        Ok(match moved {
            Moved::Done => Recalled::Recalled,
            // Taken back once and put there again by somebody else than us.
            Moved::Exists => return Err(conflict(&paths.dir)),
            Moved::Missing if self.place.stat(&paths.recalled).await?.is_some() => Recalled::Recalled,
            Moved::Missing => absent,
        })
    }

    fn data<'b>(&self, batch: &'b Prepared) -> Result<&'b Part, Fault> {
        match batch.encoded.parts.as_slice() {
            [data] if names::is_sound(&data.name) && data.name != END => Ok(data),
            _ => Err(Fault::person(
                Finding::new(Code::EFileName).with("pattern", &self.settings.name),
            )),
        }
    }

    fn paths<'b>(&self, data: &'b Part, number: u64) -> Paths<'b> {
        let name = name_of(number);
        let dir = names::join(&self.settings.dir, &name);
        Paths {
            data,
            recalled: format!("{dir}{RECALLED}"),
            taken: self.settings.taken.as_ref().map(|taken| names::join(taken, &name)),
            dir,
        }
    }

    async fn list(&self, dir: &str) -> Result<Listing, Fault> {
        let listing = self.place.list(dir, NAMES_MAX).await?;
        if listing.cut {
            let detail = format!("目录项超过 more names than {NAMES_MAX}");
            return Err(Fault::person(
                Finding::new(Code::CPlace).with("path", dir).with("detail", detail),
            ));
        }
        Ok(listing)
    }

    /// The next number that nobody has or had, ours from now on.
    async fn draw(&self, listing: &Listing, batch: &str) -> Result<u64, Fault> {
        let mut highest = highest(listing);
        if let Some(taken) = &self.settings.taken
            && self.place.stat(taken).await?.is_some()
        {
            highest = highest.max(self::highest(&self.list(taken).await?));
        }
        let number = highest + 1;
        let ticket = names::join(&self.settings.dir, &ticket(number, batch));
        match self.place.write_part(&ticket, &[]).await? {
            Written::Done => Ok(number),
            Written::NoDir => Err(Fault::person(
                Finding::new(Code::CPlace)
                    .with("path", &self.settings.dir)
                    .with("detail", "目录不存在 no such directory"),
            )),
        }
    }

    /// Here, there, and here once more: a directory that is taken between two looks is seen by the second.
    async fn find(&self, paths: &Paths<'_>) -> Result<Found, Fault> {
        if self.is_dir(&paths.dir).await? {
            return Ok(Found::Here);
        }
        if self.is_taken(paths).await? {
            return Ok(Found::Taken);
        }
        if self.is_dir(&paths.dir).await? {
            return Ok(Found::Here);
        }
        let recalled = self.place.stat(&paths.recalled).await?.is_some();
        Ok(if recalled { Found::Recalled } else { Found::Nowhere })
    }

    async fn is_taken(&self, paths: &Paths<'_>) -> Result<bool, Fault> {
        match &paths.taken {
            Some(taken) => self.is_dir(taken).await,
            None => Ok(false),
        }
    }

    async fn is_dir(&self, path: &str) -> Result<bool, Fault> {
        match self.place.stat(path).await? {
            None => Ok(false),
            Some(entry) if entry.kind == Kind::Dir => Ok(true),
            Some(_) => Err(conflict(path)),
        }
    }

    /// Whether a directory that is nowhere was surely not taken: taken ones can be seen, and are kept long enough.
    fn absence_proves(&self, batch: &Prepared) -> bool {
        self.settings.taken.is_some() && self.clock.now().since(UnixMs(batch.numbers.at)) < self.settings.taken_keeps.0
    }

    /// Writes aside and renames, unless exactly this stands there already.
    async fn publish(&self, paths: &Paths<'_>, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        let path = names::join(&paths.dir, name);
        if self.same(&path, bytes).await? {
            return Ok(());
        }
        let part = self.settings.aside_of(&path);
        if self.place.write_part(&part, bytes).await? == Written::NoDir {
            // Complete from an earlier call, it was taken under our hands: the next call sees it there.
            return Err(self.moving(&path));
        }
        point::passed("frontend.inside-written");
        match self.place.rename(&part, &path).await? {
            Moved::Done => {
                point::passed("frontend.inside-renamed");
                Ok(())
            }
            _ if self.same(&path, bytes).await? => Ok(()),
            _ => Err(self.moving(&path)),
        }
    }

    /// Whether exactly these bytes stand at a path. Something else there is a conflict: nothing is overwritten.
    async fn same(&self, path: &str, bytes: &[u8]) -> Result<bool, Fault> {
        match self.place.stat(path).await? {
            None => Ok(false),
            Some(Entry {
                kind: Kind::File, size, ..
            }) if size == bytes.len() as u64 => {
                let mut compare = Compare::with(bytes);
                match self.place.read(path, size, &mut compare).await? {
                    None => Ok(false),
                    Some(_) if compare.is_same() => Ok(true),
                    Some(_) => Err(conflict(path)),
                }
            }
            Some(_) => Err(conflict(path)),
        }
    }

    fn moving(&self, path: &str) -> Fault {
        let detail = "对方正在移动 the other side is moving it";
        Fault::retry(Finding::new(Code::CPlace).with("path", path).with("detail", detail))
    }
}

fn ticket(number: u64, batch: &str) -> String {
    format!(".{}-{batch}", name_of(number))
}

/// The number and batch of a ticket's name.
fn parse_ticket(name: &str) -> Option<(u64, &str)> {
    let (number, batch) = name.strip_prefix('.')?.split_once('-')?;
    Some((number_of(number)?, batch))
}

fn ticket_of(listing: &Listing, batch: &str) -> Option<u64> {
    let tickets = listing.entries.iter().filter_map(|e| parse_ticket(&e.name));
    // The lowest, should two calls ever have drawn one each: always the same.
    tickets.filter(|(_, b)| *b == batch).map(|(number, _)| number).min()
}

/// The highest number of directories, taken back ones too, and tickets.
fn highest(listing: &Listing) -> u64 {
    let number = |e: &Entry| {
        let plain = e.name.strip_suffix(RECALLED).unwrap_or(&e.name);
        number_of(plain).or_else(|| parse_ticket(&e.name).map(|(number, _)| number))
    };
    listing.entries.iter().filter_map(number).max().unwrap_or(0)
}
