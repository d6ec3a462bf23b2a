//! After the ledger has it: the file goes to `done` or `error`, its marker with it, and its receipt is left.
//!
//! A numbered directory moves whole, and has no marker. Order: receipt, marker, data. The data's own move is what ends a
//! claim, and every step before it can be made again: a node that died in between finds the data, offers it, and is told
//! that it is known. A marker left for last would be nobody's, and would vouch for the next file of that name.
//!
//! Whoever was taken over while he slept finds nothing under the names of his claim, and moves nothing. His receipt is
//! written under such a name too, then he looks whether he still holds the file, and only then is it published; who
//! takes a claim over removes what lies under that name. So after a take-over no receipt of the old holder can appear.

use crate::claim::Held;
use crate::fetch::sha256;
use crate::format::{self, Files};
use crate::numbered::Inside;
use crate::place::{Kind, Moved, Place, Sink, Written};
use crate::receipt::{self, Receipt};
use crate::settings::InSettings;
use crate::{names, rows};
use model::{Code, Finding};
use port::{Answer, BatchVerdict, Claim, Context, Fault};
use seams::point;

/// A name that is taken gets a number after it; so many are tried.
pub const COPIES_MAX: u32 = 1000;

/// Where a claimed file goes, and how.
pub struct Settling<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a InSettings,
    pub files: Files<'a>,
    pub context: &'a Context,
}

impl Settling<'_> {
    /// Carries out an answer. Any number of times, with the same end.
    pub async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let held = Held::read(claim);
        let Some((held, owned)) = held.and_then(|held| {
            let owned = names::claim_of(held.claimed)?;
            names::is_sound(owned.name).then_some((held, owned))
        }) else {
            return Err(Fault::never("不是本通道的认领 no claim of this channel"));
        };
        let name = owned.name;
        let refused = matches!(answer.verdict, BatchVerdict::Refused | BatchVerdict::Quarantined);
        let target = if refused {
            self.settings.error()
        } else {
            self.settings.done()
        };
        let data = names::join(&self.settings.dir, held.claimed);
        let marker_name = format!("{name}{}", self.settings.marker);
        let marker_claim = names::Claimed {
            name: &marker_name,
            ..owned
        };
        let marker = names::join(&self.settings.dir, &marker_claim.full());

        if self.place.stat(&data).await?.is_none() {
            // Whoever moved it may have left the marker.
            return self.move_marker(&marker, &target, name).await;
        }
        self.ensure_dir(&target).await?;
        let free = self.free_name(&data, &target, name).await?;
        if self.settings.answer {
            let dir = self.settings.receipts.as_ref().unwrap_or(&target);
            let receipt = self.receipt(held, owned.token, answer)?;
            if !self.leave(dir, owned, &data, &receipt).await? {
                tracing::warn!(file = name, "taken over by another node; nothing of it was touched");
                return Ok(());
            }
        }
        let Some(free) = free else {
            // The same bytes lie there already under this name: one copy is enough.
            self.place.remove(&marker).await?;
            self.place.remove(&data).await?;
            return Ok(());
        };
        if !refused && self.has_more(&data).await? {
            tracing::warn!(
                directory = name,
                "something was put into it since it was read; it is read again"
            );
            return Ok(());
        }
        self.move_marker(&marker, &target, &free).await?;
        point::passed("frontend.marker-put-away");
        if self.place.rename(&data, &names::join(&target, &free)).await? == Moved::Exists {
            return Err(again(&target));
        }
        point::passed("frontend.put-away");
        Ok(())
    }

    /// Whether a numbered directory holds more than what was read out of it: nothing is put away unread.
    async fn has_more(&self, data: &str) -> Result<bool, Fault> {
        let stat = self.place.stat(data).await?;
        if stat.is_none_or(|entry| entry.kind != Kind::Dir) {
            return Ok(false);
        }
        match Inside::look(self.place, self.settings, data).await {
            Ok(inside) => Ok(inside.files.len() + inside.others.len() > 1),
            // Taken over between the two: it is not ours to put away.
            Err(_) if self.place.stat(data).await?.is_none() => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// The marker goes where its file goes, under that file's name; a second one is not kept.
    async fn move_marker(&self, marker: &str, target: &str, file: &str) -> Result<(), Fault> {
        if self.place.stat(marker).await?.is_some() {
            let to = names::join(target, &format!("{file}{}", self.settings.marker));
            if self.place.rename(marker, &to).await? == Moved::Exists {
                self.place.remove(marker).await?;
            }
        }
        Ok(())
    }

    async fn ensure_dir(&self, dir: &str) -> Result<(), Fault> {
        match self.place.stat(dir).await? {
            Some(entry) if entry.kind == Kind::Dir => Ok(()),
            _ => self.place.make_dir(dir).await,
        }
    }

    /// A name in `dir` that nothing has; `None` where the same bytes stand under the plain name.
    async fn free_name(&self, data: &str, dir: &str, name: &str) -> Result<Option<String>, Fault> {
        for copy in 1..=COPIES_MAX {
            let candidate = names::copy(name, copy);
            let path = names::join(dir, &candidate);
            match self.place.stat(&path).await? {
                None => return Ok(Some(candidate)),
                Some(entry) if entry.kind == Kind::File && self.same(data, &path).await? => return Ok(None),
                Some(_) => {}
            }
        }
        Err(taken(dir, name))
    }

    async fn same(&self, a: &str, b: &str) -> Result<bool, Fault> {
        let (left, right) = (self.place.stat(a).await?, self.place.stat(b).await?);
        match (left, right) {
            (Some(left), Some(right)) if left.size == right.size && left.size <= self.context.max_batch_bytes => {
                Ok(self.digest(a).await? == self.digest(b).await?)
            }
            _ => Ok(false),
        }
    }

    async fn digest(&self, path: &str) -> Result<Option<[u8; 32]>, Fault> {
        let mut hashing = Hashing(aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256));
        let limit = self.context.max_batch_bytes;
        let read = self.place.read(path, limit, &mut hashing).await?;
        let mut digest = sha256(&[]);
        digest.copy_from_slice(hashing.0.finish().as_ref());
        Ok(read.map(|_| digest))
    }

    fn receipt(&self, held: Held<'_>, token: &str, answer: &Answer) -> Result<Receipt, Fault> {
        let of = receipt::Of { sm3: held.sm3, token };
        rows::layout_of(self.context, held.feed)
            .and_then(format::encoding)
            .and_then(|encoding| receipt::write(self.files, encoding, of, answer))
            .map_err(Fault::person)
    }

    /// Leaves a receipt in `dir`. One that says the same is enough; another one is never replaced. `false`: the file is
    /// somebody else's by now.
    async fn leave(&self, dir: &str, owned: names::Claimed<'_>, data: &str, receipt: &Receipt) -> Result<bool, Fault> {
        let name = owned.name;
        for copy in 1..=COPIES_MAX {
            let path = names::join(dir, &format!("{}{}", names::copy(name, copy), receipt.extension));
            match self.place.stat(&path).await? {
                None => {
                    let part = part_of(dir, owned);
                    if self.place.write_part(&part, &receipt.bytes).await? == Written::NoDir {
                        let gone = Finding::new(Code::CPlace).with("path", dir);
                        return Err(Fault::person(gone.with("detail", "目录不存在 no such directory")));
                    }
                    point::passed("frontend.receipt-written");
                    if self.place.stat(data).await?.is_none() {
                        self.place.remove(&part).await?;
                        return Ok(false);
                    }
                    match self.place.rename(&part, &path).await? {
                        Moved::Done => {
                            point::passed("frontend.receipt-left");
                            return Ok(true);
                        }
                        // Who took it over removed it.
                        Moved::Missing => return Ok(false),
                        Moved::Exists => {}
                    }
                    self.place.remove(&part).await?;
                    return Err(again(dir));
                }
                Some(entry) if entry.kind == Kind::File && self.holds(&path, entry.size, receipt).await? => {
                    return Ok(true);
                }
                Some(_) => {}
            }
        }
        Err(taken(dir, name))
    }

    async fn holds(&self, path: &str, size: u64, receipt: &Receipt) -> Result<bool, Fault> {
        if size != receipt.bytes.len() as u64 {
            return Ok(false);
        }
        let mut found = Vec::new();
        let read = self.place.read(path, size, &mut found).await?;
        Ok(read.is_some() && receipt.says(&found))
    }
}

/// Whether a claim still stands under its name.
pub async fn holds(place: &dyn Place, settings: &InSettings, claim: &Claim) -> Result<bool, Fault> {
    let held = Held::read(claim).ok_or_else(|| Fault::never("不是本通道的认领 no claim of this channel"))?;
    Ok(place.stat(&names::join(&settings.dir, held.claimed)).await?.is_some())
}

/// Takes over what other nodes hold; the names. Called again, it takes what is left.
pub async fn take_over(place: &dyn Place, settings: &InSettings, heir: &str) -> Result<Vec<String>, Fault> {
    let listing = place.list(&settings.dir, settings.names_max).await?;
    let claims = listing.entries.iter().filter_map(|e| names::claim_of(&e.name));
    let theirs = claims.filter(|claim| claim.node != heir && names::is_sound(claim.name));
    // Markers first: a file of ours whose marker another node still holds would be refused for want of it.
    let (markers, files): (Vec<_>, Vec<_>) = theirs.partition(|claim| claim.name.ends_with(&settings.marker));
    let mut taken = Vec::new();
    for claim in markers.into_iter().chain(files) {
        let file = claim.name.strip_suffix(&settings.marker).unwrap_or(claim.name);
        let token = names::Claimed { name: file, ..claim }.token_for(heir);
        let ours = names::Claimed {
            node: heir,
            token: &token,
            ..claim
        };
        let path = |claim: names::Claimed<'_>| names::join(&settings.dir, &claim.full());
        if place.rename(&path(claim), &path(ours)).await? != Moved::Done {
            continue;
        }
        // What the old holder wrote and did not publish, he cannot publish any more.
        for dir in receipt_dirs(settings) {
            place.remove(&part_of(&dir, claim)).await?;
        }
        taken.push(claim.name.to_owned());
    }
    taken.sort();
    Ok(taken)
}

/// Where receipts may go.
fn receipt_dirs(settings: &InSettings) -> Vec<String> {
    match &settings.receipts {
        _ if !settings.answer => Vec::new(),
        Some(dir) => vec![dir.clone()],
        None => vec![settings.done(), settings.error()],
    }
}

/// Where a claim's receipt is written before it gets its name.
fn part_of(dir: &str, claim: names::Claimed<'_>) -> String {
    names::join(dir, &format!("{}.part", claim.full()))
}

struct Hashing(aws_lc_rs::digest::Context);

impl Sink for Hashing {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.0.update(bytes);
        Ok(())
    }
}

fn taken(dir: &str, name: &str) -> Fault {
    Fault::person(Finding::new(Code::CConflict).with("path", names::join(dir, name)))
}

fn again(dir: &str) -> Fault {
    let detail = "对方同时改动 changed by somebody else at the same time";
    Fault::retry(Finding::new(Code::CPlace).with("path", dir).with("detail", detail))
}
