//! The port's promise for media: what the trait asks, in terms of the files beside this one.

use crate::bag::{self, Label};
use crate::export::{Export, Written};
use crate::found::{self, Parties};
use crate::keys::{Signer, Verifier};
use crate::names::Names;
use crate::opened::{Checker, Opened};
use crate::settings::{Carried, Settings, return_feed};
use crate::source::Source;
use crate::{claim, keys, medium, receipt, sum, table, workbook};
use async_trait::async_trait;
use formats::RowReader;
use model::define::{Channel, Layout};
use model::{Code, Finding, Header, Mode};
use port::{
    Abilities, Adapter, Answer, Ask, BatchVerdict, Claim, Context, Declared, Encoded, Fault, Misfit, Numbers, Offer,
    Outcome, Outgoing, Parts, Prepared, Recalled, Starts, TypedMode,
};
use secrecy::ExposeSecret as _;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The mode.
pub struct Disk;

impl TypedMode for Disk {
    type Settings = Settings;
    const MODE: Mode = Mode::Disk;

    fn judge(settings: &Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        settings.judge(channel, layouts)
    }

    fn build(settings: Settings, context: Context) -> Result<Arc<dyn Adapter>, Finding> {
        let wrong = |setting: &str, detail: &str| {
            Finding::new(Code::SChannelSetting)
                .with("setting", setting)
                .with("detail", detail)
        };
        let secret = context.secrets.read(&settings.signing_key)?;
        let signer = Signer::from_secret(secret.expose_secret())
            .ok_or_else(|| wrong("signing_key", "不是Ed25519私钥 not an Ed25519 private key"))?;
        let key = |(sender, hex): (&String, &String)| {
            let key = Verifier::from_hex(hex).ok_or_else(|| wrong("public_keys", sender))?;
            Ok((sender.clone(), key))
        };
        let inside = Inside {
            us: settings.sender.clone().unwrap_or_else(|| context.node.clone()),
            them: settings.recipient.clone().unwrap_or_else(|| context.dept.to_string()),
            unfinished: unfinished(&context),
            names: settings.names(&context.dept),
            keys: settings.public_keys.iter().map(key).collect::<Result<_, Finding>>()?,
            signer,
            settings,
            context,
            one_at_a_time: Mutex::new(()),
        };
        Ok(Arc::new(DiskAdapter {
            inside: Arc::new(inside),
        }))
    }
}

/// What ends the names of this channel's unfinished sets: node and channel, so that nobody sweeps another's work.
fn unfinished(context: &Context) -> String {
    let plain = |text: &str| {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b) } else { '-' })
            .collect::<String>()
    };
    format!(
        ".part-{}-{}-{}",
        plain(&context.node),
        plain(context.dept.as_str()),
        plain(&context.channel.name)
    )
}

struct Inside {
    settings: Settings,
    context: Context,
    us: String,
    them: String,
    unfinished: String,
    names: Names,
    keys: BTreeMap<String, Verifier>,
    signer: Signer,
    /// A call whose caller went away goes on writing; the next one waits for it.
    one_at_a_time: Mutex<()>,
}

struct DiskAdapter {
    inside: Arc<Inside>,
}

impl DiskAdapter {
    /// A medium may take minutes to answer: that is no work for the threads that serve everyone.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inside) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let inside = Arc::clone(&self.inside);
        let done = tokio::task::spawn_blocking(move || {
            let _turn = inside.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
            work(&inside)
        });
        done.await.unwrap_or_else(|_| {
            Err(Fault::retry(
                Finding::new(Code::CProtocol)
                    .with("endpoint", "medium")
                    .with("detail", "interrupted"),
            ))
        })
    }
}

/// The medium is not usable as it is: somebody must put it in, or another one.
fn unusable(path: &Path, error: &io::Error) -> Fault {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => "不存在 not found".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限 permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "只读 read-only".to_owned(),
        io::ErrorKind::StorageFull => "空间不足 no space left".to_owned(),
        io::ErrorKind::InvalidData => {
            "写入后读回不一致，请换盘 what was written reads back differently: use another medium".to_owned()
        }
        io::ErrorKind::Other => error.to_string(),
        kind => kind.to_string(),
    };
    Fault::person(
        Finding::new(Code::CPlace)
            .with("path", path.display())
            .with("detail", detail),
    )
}

fn no_medium() -> Fault {
    unusable(Path::new("?"), &io::Error::from(io::ErrorKind::NotFound))
}

impl Inside {
    fn export<'a>(&'a self, batch: &'a Prepared, place: &'a Path) -> Result<Export<'a>, Fault> {
        let sound = self.names.is_ours(&batch.encoded.number)
            && batch.encoded.parts.iter().all(|part| bag::is_inside(&part.name));
        if !sound {
            return Err(Fault::never("不是本通道的批次 not a batch of this channel"));
        }
        Ok(Export {
            medium: place,
            number: &batch.encoded.number,
            parts: &batch.encoded.parts,
            unfinished: &self.unfinished,
        })
    }

    fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let place = batch.place.as_deref().ok_or_else(no_medium)?;
        if !place.is_dir() {
            return Err(unusable(place, &io::Error::from(io::ErrorKind::NotFound)));
        }
        let export = self.export(batch, place)?;
        match export.write(&|name| self.names.is_ours(name)) {
            Ok(Written::Done) => Ok(vec![Outcome::Pending; batch.records.len()]),
            Ok(Written::Conflict) => Err(Fault::person(
                Finding::new(Code::CConflict).with("path", place.join(&batch.encoded.number).display()),
            )),
            Err(error) => Err(unusable(place, &error)),
        }
    }

    fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        // Another copy may be on its way: this one proves nothing about that one.
        let (Some(place), 0..=1) = (batch.place.as_deref(), batch.copy) else {
            return Ok(Recalled::Impossible);
        };
        if !place.is_dir() {
            return Ok(Recalled::Impossible);
        }
        let answers = |name: &str| self.names.answers(name).as_deref() == Some(&*batch.encoded.number);
        self.export(batch, place)?
            .take_back(&answers)
            .map_err(|error| unusable(place, &error))
    }

    fn parties(&self) -> Parties<'_> {
        Parties {
            us: &self.us,
            them: &self.them,
        }
    }

    fn checker(&self) -> Checker<'_> {
        Checker {
            names: &self.names,
            parties: self.parties(),
            keys: &self.keys,
            work: &self.context.work_dir,
            max_bytes: self.context.max_batch_bytes,
        }
    }

    fn collect(&self, place: &Path, max: usize) -> Result<Vec<Offer>, Fault> {
        let failed = |error: io::Error| unusable(place, &error);
        let checker = self.checker();
        let feed = return_feed(&self.context.channel).ok_or_else(|| Fault::never("feeds"))?;
        let layout = self
            .context
            .layout(&feed.layout)
            .ok_or_else(|| Fault::never("layout"))?;
        let mut offers = Vec::new();
        for found in found::find(place, &self.names, &self.parties())
            .map_err(failed)?
            .into_iter()
            .take(max)
        {
            let opened = checker.open(&found).map_err(failed)?;
            let declared = Declared {
                number: self.number(&opened),
                answers: opened.answers.clone(),
                rows: opened.rows,
            };
            let medium = found
                .medium
                .to_str()
                .ok_or_else(|| unusable(&found.medium, &io::Error::from(io::ErrorKind::InvalidInput)))?;
            offers.push(Offer {
                feed: feed.name.clone(),
                claim: self.claim(&found.name, medium, &opened),
                declared,
                digest: opened.digest,
                bytes: opened.bytes,
                rows: Box::new(self.source(opened, layout, &found.name)),
                name: found.name,
                position: None,
            });
        }
        Ok(offers)
    }

    /// The return's own number. A table's name says no year, so its header does; without it the name comes again.
    fn number(&self, opened: &Opened) -> Option<String> {
        let name = self.names.back_of(opened.answers.as_ref()?);
        let head = opened
            .copy
            .as_ref()
            .map(|copy| copy.head.as_slice())
            .unwrap_or_default();
        Some(match head.get(1).filter(|_| self.settings.format == Carried::Dbf) {
            Some(year @ 1..=99) => format!("{name}/20{year:02}"),
            Some(year @ 100..=199) => format!("{name}/{}", 1900 + u32::from(*year)),
            _ => name,
        })
    }

    /// A workbook is read once more for the form that goes back: it must be the same then.
    fn claim(&self, name: &str, medium: &str, opened: &Opened) -> Claim {
        let digest = (self.settings.format == Carried::Xlsx).then(|| keys::to_hex(&opened.digest));
        claim::make(name, medium, digest.as_deref())
    }

    fn source(&self, opened: Opened, layout: &Layout, name: &str) -> Source {
        let (format, max) = (self.settings.format, self.context.max_batch_bytes);
        let expected = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
        let (copy, answers) = (opened.copy, opened.answers);
        let (layout, names) = (layout.clone(), self.names.clone());
        let open = move || -> Result<Box<dyn RowReader>, Finding> {
            let mut copy = copy?;
            if format == Carried::Dbf {
                return Ok(Box::new(table::open(Box::new(copy.file), copy.bytes, &layout, max)?));
            }
            let reader = workbook::open(&copy.all()?, &layout, max)?;
            match (reader.mark(), answers.as_deref()) {
                // The name of the file and the line above its table speak of two batches: nobody guesses.
                (Some(mark), Some(answers)) if !names.is_same(answers, mark) => {
                    let detail = format!("批次号与文件名不符 batch number and file name differ: {answers}");
                    Err(Finding::new(Code::EStructure).with("detail", detail))
                }
                _ => Ok(Box::new(reader)),
            }
        };
        Source::new(Box::new(open), expected, name, opened.rows, opened.warnings)
    }

    /// The department's workbook with a reason beside each row, where one of its rows was refused; nothing where it is
    /// no longer the workbook that was answered.
    fn form(&self, claim: &Claim, answer: &Answer) -> Result<Option<Vec<u8>>, Fault> {
        let refused = answer.verdict == BatchVerdict::Accepted && answer.rows.iter().any(|row| row.code != "0000");
        let (Some((medium, name)), Some(digest), true) = (claim::read(claim), claim::digest(claim), refused) else {
            return Ok(None);
        };
        let layout = return_feed(&self.context.channel).and_then(|feed| self.context.layout(&feed.layout));
        let is_bag = medium.join(name).is_dir();
        let found = found::Found {
            medium: medium.clone(),
            name: name.to_owned(),
            is_bag,
        };
        let opened = self.checker().open(&found).map_err(|error| unusable(&medium, &error))?;
        let (Some(layout), Ok(mut copy)) = (layout, opened.copy) else {
            return Ok(None);
        };
        if keys::to_hex(&opened.digest) != digest {
            return Ok(None);
        }
        let read = copy
            .all()
            .and_then(|bytes| workbook::open(&bytes, layout, self.context.max_batch_bytes));
        let day = opened.answers.as_deref().and_then(|number| self.names.day(number));
        Ok(read
            .ok()
            .zip(day)
            .and_then(|(reader, day)| workbook::answered(&reader, &answer.rows, day)))
    }

    /// Leaves the receipt beside the source. Where nothing can be written, the source keeps its own silence.
    fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let Some((medium, name)) = claim::read(claim) else {
            return Ok(());
        };
        if medium.join(name).symlink_metadata().is_err() {
            return Ok(());
        }
        let (path, text) = (medium.join(receipt::name(name)), receipt::text(name, answer));
        let stands = path.symlink_metadata().is_ok();
        if stands && (answer.verdict == BatchVerdict::Repeat || medium::holds(&path, text.as_bytes()).unwrap_or(false))
        {
            return Ok(());
        }
        // The text last: whoever finds it finds the form as well.
        let form = self.form(claim, answer)?.map(|form| (receipt::form_name(name), form));
        for (name, bytes) in form.into_iter().chain([(receipt::name(name), text.into_bytes())]) {
            match medium::write_over(&medium, &name, &bytes) {
                Err(error) if cannot_write(&error) => return Ok(()),
                other => other.map_err(|error| unusable(&medium, &error))?,
            }
        }
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Vec<Misfit>> {
        let Some(number) = self.names.number(numbers.day, numbers.seq) else {
            // The day is full: no row is to blame, and tomorrow has names again.
            return Err(vec![Misfit {
                record: rows.records.len(),
                findings: vec![Finding::new(Code::EFileName).with("pattern", self.names.full())],
            }]);
        };
        let payload = match (self.settings.format, self.settings.title.as_deref()) {
            (Carried::Dbf, _) => table::write(rows, numbers.day)?,
            (Carried::Xlsx, title) => workbook::write(rows, title.unwrap_or(&self.them), &number, numbers.day)?,
        };
        let label = Label {
            number: &number,
            ledger: numbers.batch,
            sender: &self.us,
            recipient: &self.them,
            day: numbers.day,
            rows: rows.rows.len(),
            control_sum: self.control_sum(rows)?,
        };
        let parts = bag::parts(
            &label,
            &format!("{number}.{}", self.names.style.ending()),
            payload,
            &self.signer,
        );
        Ok(Encoded { number, parts })
    }

    fn control_sum(&self, rows: &Outgoing) -> Result<Option<(String, String)>, Vec<Misfit>> {
        let column = self.settings.control_sum.as_deref();
        let Some((column, slot)) = column.and_then(|c| rows.header.slot(c).map(|slot| (c, slot))) else {
            return Ok(None);
        };
        let kind = rows
            .layout
            .fields
            .iter()
            .find(|f| f.name == column)
            .and_then(|f| f.kind.as_deref());
        let values = rows.rows.iter().map(|row| row.get(slot).unwrap_or(""));
        let sum = sum::decimal_sum(
            values,
            kind.and_then(|kind| self.settings.format.scale(kind)).unwrap_or(0),
        );
        let range = || {
            table::all(
                rows.rows.len(),
                &Finding::new(Code::ERange).with("column", column).column(column),
            )
        };
        sum.map(|sum| Some((column.to_owned(), sum))).ok_or_else(range)
    }
}

fn cannot_write(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied
    )
}

#[async_trait]
impl Adapter for DiskAdapter {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Medium,
            collects: false,
            queries: false,
            recalls: true,
        }
    }

    /// There is no medium until somebody brings one; only our own side can be asked.
    async fn probe(&self) -> Result<(), Fault> {
        self.off_thread(|inside| {
            let work = &inside.context.work_dir;
            std::fs::read_dir(work)
                .map(|_| ())
                .map_err(|error| unusable(work, &error))
        })
        .await
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let (Some(place), max) = (ask.place.clone(), ask.max) else {
            return Ok(Vec::new());
        };
        self.off_thread(move |inside| inside.collect(&place, max)).await
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("导盘不接收推送 nothing is pushed to a disk channel"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let (claim, answer) = (claim.clone(), answer.clone());
        self.off_thread(move |inside| inside.acknowledge(&claim, &answer)).await
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Vec<Misfit>> {
        self.inside.encode(rows, numbers)
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let batch = batch.clone();
        self.off_thread(move |inside| inside.deliver(&batch)).await
    }

    async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        let batch = batch.clone();
        self.off_thread(move |inside| inside.recall(&batch)).await
    }
}

#[cfg(test)]
mod tests;
