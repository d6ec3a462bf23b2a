//! Through a one-way gap: one file per case, and a manifest last that vouches for them.
//!
//! The gap takes whatever stands in our directory, at any moment and in any order, and deletes it there; nothing is ever
//! answered. So a file must be whole the moment it appears, under a name that may cross, and only this node can know
//! whether one that is gone was ever there. Everything is therefore staged in a directory of our own on the same file
//! system, then a copy of the manifest is kept there for good, and only then does the first file move over: with that
//! copy, a file in neither place was taken; without it, nothing was ever published.

use crate::format;
use crate::names;
use crate::place::{Entry, Kind, Moved, Place, Sink, Written};
use crate::settings::{FileFormat, OutSettings};
use crate::units::{Period, Size};
use crate::xml::{Facts, XmlSettings};
use formats::xml::{Tag, XmlWriteOptions, XmlWriter};
use formats::{Encoding, RowWriter as _, digest};
use model::{Cell, Code, Finding, Header, Row};
use port::{Encoded, Fault, Misfit, Numbers, Outcome, Outgoing, Part, Prepared, Said, Unencoded};
use seams::{Clock, UnixMs, point};
use serde::Deserialize;

/// What the name of a kept manifest has after it.
const KEPT: &str = ".kept";

/// `[channel.settings.out.manifest]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestSettings {
    /// The manifest's name, with `{date}` and `{seq4}`; without its extension it is the batch's number.
    pub name: String,
    /// Where files are staged, and manifests kept. Ours alone, and on the same file system as `dir`.
    pub tmp: String,
    /// The largest file that crosses.
    #[serde(default = "one_mebibyte")]
    pub max_bytes: Size,
    /// How long a kept manifest surely stays in `tmp`. Of a batch older than this, one that is not there says nothing.
    #[serde(default = "a_week")]
    pub keeps: Period,
}

fn one_mebibyte() -> Size {
    Size(1 << 20)
}

fn a_week() -> Period {
    Period::seconds(604_800)
}

/// What types cannot say.
pub fn judge(out: &OutSettings, manifest: &ManifestSettings, format: FileFormat, say: &mut impl FnMut(&str, &str)) {
    if format != FileFormat::Xml {
        say("out.ready", "清单须用 a manifest goes with format = \"xml\"");
    }
    let day = jiff::civil::date(2026, 1, 1);
    let numbers = [("{seq6}", "000001"), ("{seq4}", "0001"), ("{date}", "20260101")];
    for (setting, pattern, number) in [
        ("out.name", &out.name, "{seq6}"),
        ("out.manifest.name", &manifest.name, "{seq4}"),
    ] {
        let sample = numbers
            .iter()
            .fold(pattern.clone(), |name, (word, text)| name.replace(word, text));
        let whole = pattern.contains("{date}") && pattern.contains(number) && sample.ends_with(".xml");
        let known = !names::outgoing(pattern, day, 1)
            .replace("{seq6}", "")
            .contains(['{', '}']);
        if !whole || !known || !names::is_sound(&sample) {
            say(setting, &format!("须含 must hold {{date}} {number} .xml"));
        }
    }
}

/// The name of a case's file: `{date}` is `yyyymmdd`, `{seq6}` the hand-over's own number in at least six digits.
pub fn file_name(pattern: &str, numbers: &Numbers, own: u64) -> String {
    let day = numbers.day.strftime("%Y%m%d").to_string();
    pattern.replace("{date}", &day).replace("{seq6}", &format!("{own:06}"))
}

/// The bytes of a batch: a file per record, and the manifest.
pub fn encode(
    out: &OutSettings,
    manifest: &ManifestSettings,
    xml: &XmlSettings,
    offset_minutes: i32,
    rows: &Outgoing,
    numbers: &Numbers,
) -> Result<Encoded, Unencoded> {
    let everyone = |finding: Finding| -> Vec<Misfit> {
        let misfit = |record| Misfit {
            record,
            findings: vec![finding.clone()],
        };
        (0..rows.records.len()).map(misfit).collect()
    };
    let encoding = format::encoding(&rows.layout).map_err(everyone)?;
    let at = format::civil(numbers.at, offset_minutes);
    let (mut parts, mut misfits) = (Vec::new(), Vec::new());
    for (index, (record, row)) in rows.records.iter().zip(&rows.rows).enumerate() {
        let facts = Facts {
            message_id: &record.token,
            at,
            count: 1,
        };
        let mut findings = format::too_long(rows, index, encoding);
        match document(xml, rows, row, encoding, &facts) {
            Err(more) => findings.extend(more),
            Ok(bytes) if bytes.len() as u64 > manifest.max_bytes.0 => {
                let too_large = Finding::new(Code::ETooLarge).row(row.line).with("found", bytes.len());
                findings.push(
                    too_large
                        .with("limit", manifest.max_bytes.0)
                        .with("setting", "out.manifest.max_bytes"),
                );
            }
            Ok(bytes) => parts.push(Part {
                name: file_name(&out.name, numbers, record.attempt.0),
                bytes,
                records: index..index + 1,
            }),
        }
        if !findings.is_empty() {
            misfits.push(Misfit {
                record: index,
                findings,
            });
        }
    }
    if !misfits.is_empty() {
        return Err(misfits.into());
    }
    let name = names::outgoing(&manifest.name, numbers.day, numbers.seq);
    let number = names::stem(&name).to_owned();
    let bytes = listing(&parts, numbers).map_err(everyone)?;
    if bytes.len() as u64 > manifest.max_bytes.0 {
        let too_large = Finding::new(Code::ETooLarge).with("found", bytes.len());
        let too_large = too_large
            .with("limit", manifest.max_bytes.0)
            .with("setting", "out.manifest.max_bytes");
        return Err(match rows.records.len() {
            ..=1 => everyone(too_large).into(),
            // No row is to blame; fewer of them fit.
            all => Unencoded::TooLarge { rows: all / 2 },
        });
    }
    parts.push(Part {
        name,
        bytes,
        records: 0..0,
    });
    Ok(Encoded { number, parts })
}

fn document(
    xml: &XmlSettings,
    rows: &Outgoing,
    row: &Row,
    encoding: Encoding,
    facts: &Facts<'_>,
) -> Result<Vec<u8>, Vec<Finding>> {
    let one = |finding: Finding| vec![finding];
    let mut writer = xml.writer(rows.header.clone(), encoding, facts).map_err(one)?;
    let mut bytes = Vec::new();
    writer.begin(&mut bytes).map_err(one)?;
    writer.row(row, &mut bytes)?;
    writer.end(&mut bytes).map_err(one)?;
    Ok(bytes)
}

/// The manifest: what the batch is, which one went before it, and each file with its size and digest.
fn listing(files: &[Part], numbers: &Numbers) -> Result<Vec<u8>, Finding> {
    let root = Tag::new("Manifest")
        .attribute("seq", numbers.seq.to_string())
        .attribute("prev", numbers.seq.saturating_sub(1).to_string())
        .attribute("date", numbers.day.strftime("%Y%m%d").to_string());
    let options = XmlWriteOptions {
        around: vec![root],
        ..XmlWriteOptions::new(Encoding::Utf8, Tag::new("File"))
    };
    let mut writer = XmlWriter::new(Header::new(["@name", "@size", "@sm3", "@cases"]), options)?;
    let mut bytes = Vec::new();
    writer.begin(&mut bytes)?;
    for (file, line) in files.iter().zip(1..) {
        let cell = |text: String| -> Cell { Some(text.into()) };
        let row = Row {
            line,
            cells: vec![
                cell(file.name.clone()),
                cell(file.bytes.len().to_string()),
                cell(digest::sm3_hex(&file.bytes)),
                cell(file.records.len().to_string()),
            ],
        };
        writer
            .row(&row, &mut bytes)
            .map_err(|mut f| f.pop().unwrap_or_else(|| Finding::new(Code::EStructure)))?;
    }
    writer.end(&mut bytes)?;
    Ok(bytes)
}

/// The outgoing side of a channel through a gap.
pub struct Ferry<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a OutSettings,
    pub manifest: &'a ManifestSettings,
    pub clock: &'a dyn Clock,
}

/// Where a file is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Staged, not published.
    Staged,
    /// Published, not taken.
    There,
    /// In neither place.
    Nowhere,
}

impl Ferry<'_> {
    /// Hands a batch over: staged, the manifest kept, published file by file, the manifest last. The answer comes another
    /// day, or never.
    pub async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let manifest = self.judge(batch)?;
        if !self.same(&self.kept(manifest), &manifest.bytes).await? {
            if batch.again && !self.absence_proves(batch).await? {
                return Ok(vec![Outcome::Unknown; batch.records.len()]);
            }
            self.stage(batch, manifest).await?;
        }
        for part in &batch.encoded.parts {
            self.publish(part).await?;
        }
        Ok(vec![Outcome::Pending; batch.records.len()])
    }

    /// A file that is in neither place was taken, and its manifest with it: more nobody says here.
    pub async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let manifest = self.judge(batch)?;
        let mut said = vec![Said::CannotSay; batch.records.len()];
        let left = self.same(&self.kept(manifest), &manifest.bytes).await?;
        if !left || self.stands(manifest).await? != Stands::Nowhere {
            return Ok(said);
        }
        for part in &batch.encoded.parts {
            if self.stands(part).await? != Stands::Nowhere {
                continue;
            }
            for record in part.records.clone() {
                if let Some(said) = said.get_mut(record) {
                    *said = Said::Taken;
                }
            }
        }
        Ok(said)
    }

    /// The manifest of a batch whose names may all cross.
    fn judge<'b>(&self, batch: &'b Prepared) -> Result<&'b Part, Fault> {
        let crosses = |name: &str| names::is_sound(name) && name.ends_with(".xml");
        match batch.encoded.parts.as_slice() {
            [.., manifest] if batch.encoded.parts.iter().all(|p| crosses(&p.name)) => Ok(manifest),
            _ => Err(Fault::person(
                Finding::new(Code::EFileName).with("pattern", &self.settings.name),
            )),
        }
    }

    /// Whether nothing of a batch without its kept manifest can have left: the manifest would still be kept, and no file
    /// of it stands where only a publisher puts it.
    async fn absence_proves(&self, batch: &Prepared) -> Result<bool, Fault> {
        if self.clock.now().since(UnixMs(batch.numbers.at)) >= self.manifest.keeps.0 {
            return Ok(false);
        }
        for part in &batch.encoded.parts {
            if self.place.stat(&self.published(&part.name)).await?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn stage(&self, batch: &Prepared, manifest: &Part) -> Result<(), Fault> {
        for part in &batch.encoded.parts {
            self.write(&self.staged(&part.name), &part.bytes).await?;
            point::passed("frontend.part-staged");
        }
        let kept = self.kept(manifest);
        let aside = format!("{kept}.part");
        self.write(&aside, &manifest.bytes).await?;
        match self.place.rename(&aside, &kept).await? {
            Moved::Done => {
                point::passed("frontend.manifest-kept");
                Ok(())
            }
            // Somebody else's under our name, or ours from a moment ago: the next look says which.
            Moved::Exists | Moved::Missing => Err(again(&kept)),
        }
    }

    async fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        match self.place.write_part(path, bytes).await? {
            Written::Done => Ok(()),
            Written::NoDir => Err(Fault::person(
                Finding::new(Code::CPlace)
                    .with("path", &self.manifest.tmp)
                    .with("detail", "目录不存在 no such directory"),
            )),
        }
    }

    /// Moves one staged file over. One that is not staged any more was published before.
    async fn publish(&self, part: &Part) -> Result<(), Fault> {
        let (from, to) = (self.staged(&part.name), self.published(&part.name));
        match self.place.rename(&from, &to).await? {
            Moved::Done | Moved::Missing => {
                point::passed("frontend.part-moved-over");
                Ok(())
            }
            Moved::Exists => Err(Fault::person(Finding::new(Code::CConflict).with("path", to))),
        }
    }

    async fn stands(&self, part: &Part) -> Result<Stands, Fault> {
        // First where it is staged: a file that moves between the two looks is seen by the second.
        if self.place.stat(&self.staged(&part.name)).await?.is_some() {
            return Ok(Stands::Staged);
        }
        let there = self.place.stat(&self.published(&part.name)).await?.is_some();
        Ok(if there { Stands::There } else { Stands::Nowhere })
    }

    fn staged(&self, name: &str) -> String {
        names::join(&self.manifest.tmp, name)
    }

    fn published(&self, name: &str) -> String {
        names::join(&self.settings.dir, name)
    }

    fn kept(&self, manifest: &Part) -> String {
        self.staged(&format!("{}{KEPT}", manifest.name))
    }

    /// Whether exactly these bytes stand at a path of ours. Something else there is a conflict.
    async fn same(&self, path: &str, bytes: &[u8]) -> Result<bool, Fault> {
        let conflict = || Fault::person(Finding::new(Code::CConflict).with("path", path));
        match self.place.stat(path).await? {
            None => Ok(false),
            Some(Entry {
                kind: Kind::File, size, ..
            }) if size == bytes.len() as u64 => {
                let mut found = Vec::new();
                let sink: &mut dyn Sink = &mut found;
                match self.place.read(path, size, sink).await? {
                    None => Ok(false),
                    Some(_) if found == bytes => Ok(true),
                    Some(_) => Err(conflict()),
                }
            }
            Some(_) => Err(conflict()),
        }
    }
}

fn again(path: &str) -> Fault {
    let detail = "对方同时改动 changed by somebody else at the same time";
    Fault::retry(Finding::new(Code::CPlace).with("path", path).with("detail", detail))
}
