//! Files going out: data first, then its marker, each written aside and renamed; and taking them back.
//!
//! The department takes a file by renaming it out of our directory, and looks only at files with a marker. So at any
//! moment a file is in exactly one of four conditions, and each can be seen from outside: aside (`NAME.part`), there
//! without marker, there with marker, taken. What a crash left behind is found again by looking, never by guessing.
//! Where the department goes by the name alone there is no marker, and one condition less.

use crate::names;
use crate::place::{Entry, Kind, Moved, Place, Sink, Written};
use crate::settings::{OutSettings, Ready};
use model::{Code, Finding};
use port::{Fault, Outcome, Part, Prepared, Recalled, Said};
use seams::{Clock, UnixMs, point};

/// What is added to the name of a file that was taken back.
const RECALLED: &str = ".recalled";

/// The outgoing side of a channel.
pub struct Outbox<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a OutSettings,
    pub clock: &'a dyn Clock,
}

/// The parts and paths of one batch.
struct Paths<'a> {
    data: &'a Part,
    name: String,
    marker: Option<Mark<'a>>,
    recalled: String,
    taken: Option<String>,
}

/// The marker, where the department waits for one.
struct Mark<'a> {
    part: &'a Part,
    path: String,
}

/// Where the data file is.
enum Found {
    Here,
    Taken,
    Recalled,
    Aside,
    Nowhere,
}

impl Outbox<'_> {
    /// Hands a batch over.
    pub async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let paths = self.paths(batch)?;
        let all = |outcome: Outcome| Ok(vec![outcome; batch.records.len()]);
        // A foreign marker would vouch for our data: nothing is put beside it.
        if let Some(mark) = &paths.marker {
            self.same(&mark.path, &mark.part.bytes).await?;
        }
        match self.find(&paths).await? {
            Found::Taken => return all(Outcome::Pending),
            Found::Recalled => return Err(Fault::never("该批已撤回 this batch was recalled")),
            Found::Here => {}
            // Before the rename nobody could take it: what lies aside proves that it was never published.
            Found::Aside => self.publish(&paths, &paths.name, &paths.data.bytes).await?,
            Found::Nowhere if batch.again && !self.absence_proves(batch) => return all(Outcome::Unknown),
            Found::Nowhere => self.publish(&paths, &paths.name, &paths.data.bytes).await?,
        }
        self.finish(&paths).await?;
        all(Outcome::Pending)
    }

    /// What can be said of a batch by looking: only that it was taken back. That the department took a file does not
    /// say that it booked the rows, and that a file is gone does not say that it did not.
    pub async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let paths = self.paths(batch)?;
        let said = match self.find(&paths).await? {
            Found::Recalled => Said::NotBooked,
            _ => Said::CannotSay,
        };
        Ok(vec![said; batch.records.len()])
    }

    /// Takes a batch back. The marker goes first: after that no new taking can begin; one that has begun is decided by
    /// the rename of the data file, which either they or we win.
    pub async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        let paths = self.paths(batch)?;
        let Some(taken) = &paths.taken else {
            return self.recall_unseen(&paths).await;
        };
        if self.same(taken, &paths.data.bytes).await? {
            return Ok(Recalled::Taken);
        }
        if let Some(mark) = &paths.marker {
            self.place.remove(&self.settings.aside_of(&mark.path)).await?;
            self.place.remove(&mark.path).await?;
        }
        let moved = self.place.rename(&paths.name, &paths.recalled).await?;
        if self.same(taken, &paths.data.bytes).await? {
            return Ok(Recalled::Taken);
        }
        if moved == Moved::Exists {
            // Taken back once and put there again by somebody else than us.
            return Err(conflict(&paths.name));
        }
        if self.place.stat(&paths.name).await?.is_some() {
            return Err(self.moving(&paths.name));
        }
        let proved = moved == Moved::Done || self.keep_proof(&paths).await?;
        self.place.remove(&self.settings.aside_of(&paths.name)).await?;
        Ok(if proved || self.absence_proves(batch) {
            Recalled::Recalled
        } else {
            Recalled::Impossible
        })
    }

    /// Where nobody can see what was taken, only what was never published can be taken back.
    async fn recall_unseen(&self, paths: &Paths<'_>) -> Result<Recalled, Fault> {
        let marked = match &paths.marker {
            Some(mark) => self.place.stat(&mark.path).await?.is_some(),
            None => false,
        };
        let published = marked || self.place.stat(&paths.name).await?.is_some();
        Ok(if !published && self.keep_proof(paths).await? {
            Recalled::Recalled
        } else {
            Recalled::Impossible
        })
    }

    /// What lies aside was never published. It is moved rather than removed, so that a second call finds the proof.
    async fn keep_proof(&self, paths: &Paths<'_>) -> Result<bool, Fault> {
        let moved = self
            .place
            .rename(&self.settings.aside_of(&paths.name), &paths.recalled)
            .await?;
        Ok(moved != Moved::Missing || self.place.stat(&paths.recalled).await?.is_some())
    }

    fn paths<'a>(&self, batch: &'a Prepared) -> Result<Paths<'a>, Fault> {
        let marked = self.settings.ready == Ready::Marker;
        let (data, marker) = match batch.encoded.parts.as_slice() {
            [data, marker] if marked => (data, Some(marker)),
            [data] if !marked => (data, None),
            _ => {
                let detail = "该批不是数据文件（加标记文件） the batch is not a data file (with its marker)";
                return Err(Fault::never(detail));
            }
        };
        let fits = |marker: &Part| marker.name == format!("{}{}", data.name, self.settings.marker);
        if !names::is_sound(&data.name) || !marker.is_none_or(fits) {
            return Err(Fault::person(
                Finding::new(Code::EFileName).with("pattern", &self.settings.name),
            ));
        }
        let name = names::join(&self.settings.dir, &data.name);
        Ok(Paths {
            data,
            marker: marker.map(|part| Mark {
                part,
                path: names::join(&self.settings.dir, &part.name),
            }),
            recalled: format!("{name}{RECALLED}"),
            taken: self.settings.taken.as_ref().map(|dir| names::join(dir, &data.name)),
            name,
        })
    }

    /// Looks for the data file. Here, there, and here once more: a file that is taken between two looks is seen by the
    /// second, one that is published between them by the third.
    async fn find(&self, paths: &Paths<'_>) -> Result<Found, Fault> {
        if self.same(&paths.name, &paths.data.bytes).await? {
            return Ok(Found::Here);
        }
        if let Some(taken) = &paths.taken {
            if self.same(taken, &paths.data.bytes).await? {
                return Ok(Found::Taken);
            }
            if self.same(&paths.name, &paths.data.bytes).await? {
                return Ok(Found::Here);
            }
        }
        if self.place.stat(&paths.recalled).await?.is_some() {
            return Ok(Found::Recalled);
        }
        let aside = self.place.stat(&self.settings.aside_of(&paths.name)).await?.is_some();
        Ok(if aside { Found::Aside } else { Found::Nowhere })
    }

    /// Whether a file that is nowhere was surely not taken: taken files can be seen, and are kept long enough.
    fn absence_proves(&self, batch: &Prepared) -> bool {
        self.settings.taken.is_some() && self.clock.now().since(UnixMs(batch.numbers.at)) < self.settings.taken_keeps.0
    }

    /// Writes aside and renames. Ends well only if the bytes now stand under the name, or were taken from there.
    async fn publish(&self, paths: &Paths<'_>, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let part = self.settings.aside_of(path);
        if self.place.write_part(&part, bytes).await? == Written::NoDir {
            return Err(Fault::person(
                Finding::new(Code::CPlace)
                    .with("path", &self.settings.dir)
                    .with("detail", "目录不存在 no such directory"),
            ));
        }
        point::passed("frontend.part-written");
        if self.place.rename(&part, path).await? == Moved::Done || self.same(path, bytes).await? {
            point::passed("frontend.part-renamed");
            return Ok(());
        }
        // An earlier connection of ours may have finished the rename before it died, and they may have been quick.
        match &paths.taken {
            Some(taken) if self.same(taken, &paths.data.bytes).await? => Ok(()),
            _ => Err(self.moving(path)),
        }
    }

    /// The data is there: its marker follows.
    async fn finish(&self, paths: &Paths<'_>) -> Result<(), Fault> {
        let Some(mark) = &paths.marker else {
            return Ok(());
        };
        if self.same(&mark.path, &mark.part.bytes).await? {
            return Ok(());
        }
        self.publish(paths, &mark.path, &mark.part.bytes).await?;
        point::passed("frontend.marked");
        if let Some(taken) = &paths.taken
            && self.place.stat(&paths.name).await?.is_none()
            && self.same(taken, &paths.data.bytes).await?
            && self.place.stat(&mark.path).await?.is_some()
        {
            // It was taken while we looked, with a marker from an earlier call: this one would stay behind.
            self.place.remove(&mark.path).await?;
        }
        Ok(())
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

/// Something else stands where ours should.
pub fn conflict(path: &str) -> Fault {
    Fault::person(Finding::new(Code::CConflict).with("path", path))
}

/// Compares what comes with what is expected.
pub struct Compare<'a> {
    rest: &'a [u8],
    same: bool,
}

impl<'a> Compare<'a> {
    /// With these bytes.
    pub fn with(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            same: true,
        }
    }

    /// Whether exactly these came.
    pub fn is_same(&self) -> bool {
        self.same && self.rest.is_empty()
    }
}

impl Sink for Compare<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => self.rest = rest,
            None => self.same = false,
        }
        Ok(())
    }
}
