//! After the ledger has it: the file goes to `done` or `error`, its marker with it, and a refused one gets its reason.
//!
//! A numbered directory moves whole, and has no marker. Order: reason, marker, data. The data's own move is what ends a
//! claim, and every step before it can be made again: a node that died in between finds the data, offers it, and is told
//! that it is known. A marker left for last would be nobody's, and would vouch for the next file of that name.

use crate::fetch::sha256;
use crate::names;
use crate::place::{Kind, Moved, Place, Sink, Written};
use crate::settings::InSettings;
use formats::Encoding;
use model::{Code, Finding, Lang};
use port::{Answer, BatchVerdict, Claim, Fault};

/// A name that is taken in `done` or `error` gets a number after it; so many are tried.
const COPIES_MAX: u32 = 1000;

/// Where a claimed file goes, and how.
pub struct Settling<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a InSettings,
    pub max_bytes: u64,
}

impl Settling<'_> {
    /// Carries out an answer. Any number of times, with the same end.
    pub async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let Some((name, node)) = names::claim_of(&claim.0).filter(|(name, _)| names::is_sound(name)) else {
            return Err(Fault::never("不是本通道的认领 no claim of this channel"));
        };
        let refused = matches!(answer.verdict, BatchVerdict::Refused | BatchVerdict::Quarantined);
        let target = if refused {
            self.settings.error()
        } else {
            self.settings.done()
        };
        let data = names::join(&self.settings.dir, &claim.0);
        let marker_name = format!("{name}{}", self.settings.marker);
        let marker = names::join(&self.settings.dir, &names::claimed(&marker_name, node));

        if self.place.stat(&data).await?.is_none() {
            // Whoever moved it may have left the marker.
            return self.move_marker(&marker, &target, name).await;
        }
        self.ensure_dir(&target).await?;
        let Some(free) = self.free_name(&data, &target, name).await? else {
            // The same bytes lie there already under this name: one copy is enough.
            self.place.remove(&marker).await?;
            self.place.remove(&data).await?;
            return Ok(());
        };
        if refused && self.settings.answer {
            self.write_reason(&target, &free, name, answer).await?;
        }
        self.move_marker(&marker, &target, &free).await?;
        if self.place.rename(&data, &names::join(&target, &free)).await? == Moved::Exists {
            return Err(again(&target));
        }
        Ok(())
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
            let candidate = if copy == 1 {
                name.to_owned()
            } else {
                format!("{name}.{copy}")
            };
            let path = names::join(dir, &candidate);
            match self.place.stat(&path).await? {
                None => return Ok(Some(candidate)),
                Some(entry) if entry.kind == Kind::File && self.same(data, &path).await? => return Ok(None),
                Some(_) => {}
            }
        }
        Err(Fault::person(
            Finding::new(Code::CConflict).with("path", names::join(dir, name)),
        ))
    }

    async fn same(&self, a: &str, b: &str) -> Result<bool, Fault> {
        let (left, right) = (self.place.stat(a).await?, self.place.stat(b).await?);
        match (left, right) {
            (Some(left), Some(right)) if left.size == right.size && left.size <= self.max_bytes => {
                Ok(self.digest(a).await? == self.digest(b).await?)
            }
            _ => Ok(false),
        }
    }

    async fn digest(&self, path: &str) -> Result<Option<[u8; 32]>, Fault> {
        let mut hashing = Hashing(aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256));
        let read = self.place.read(path, self.max_bytes, &mut hashing).await?;
        let mut digest = sha256(&[]);
        digest.copy_from_slice(hashing.0.finish().as_ref());
        Ok(read.map(|_| digest))
    }

    async fn write_reason(&self, dir: &str, file: &str, name: &str, answer: &Answer) -> Result<(), Fault> {
        let path = names::join(dir, &format!("{file}.reason.txt"));
        let part = format!("{path}.part");
        if self.place.write_part(&part, &reason(name, answer)).await? == Written::NoDir {
            return Err(again(dir));
        }
        // An earlier call's reason says the same.
        if self.place.rename(&part, &path).await? == Moved::Exists {
            self.place.remove(&part).await?;
        }
        Ok(())
    }
}

struct Hashing(aws_lc_rs::digest::Context);

impl Sink for Hashing {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.0.update(bytes);
        Ok(())
    }
}

/// Why a file was refused: a short text in Chinese, GBK, CR LF, one sentence per finding.
fn reason(name: &str, answer: &Answer) -> Vec<u8> {
    let mut text = format!("文件：{name}\r\n返回码：{}\r\n", answer.code);
    for finding in &answer.findings {
        text.push_str(&finding.sentence(Lang::Zh).replace(['\r', '\n'], " "));
        text.push_str("\r\n");
    }
    // GB18030 has every character and writes those of GBK as GBK does.
    Encoding::Gb18030.encode(&text).unwrap_or_else(|_| text.into_bytes())
}

fn again(dir: &str) -> Fault {
    let detail = "对方同时改动 changed by somebody else at the same time";
    Fault::retry(Finding::new(Code::CPlace).with("path", dir).with("detail", detail))
}
