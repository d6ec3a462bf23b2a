//! The port's promise for media: what the trait asks, in terms of the files beside this one.

use crate::bag::{self, Label};
use crate::export::{Export, Written};
use crate::keys::{Signer, Verifier};
use crate::names::Names;
use crate::opener::Identities;
use crate::seal::{Recipients, Seal};
use crate::settings::{Carried, PublicKeys, Settings};
use crate::suite::Suite;
use crate::{page, sum, table, took, workbook};
use async_trait::async_trait;
use model::define::{Channel, Layout};
use model::{Code, Finding, Mode};
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Context, Encoded, Fault, Lying, Misfit, Numbers, Offer, Outcome, Outgoing,
    Part, Parts, Prepared, Recalled, Slip, Starts, TypedMode, Unencoded,
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
        let suite = settings.suite();
        let signer =
            Signer::from_secret(suite, secret.expose_secret()).ok_or_else(|| wrong("signing_key", no_signer(suite)))?;
        let key = |(sender, keys): (&String, &PublicKeys)| {
            let keys = keys.verifiers(suite).ok_or_else(|| wrong("public_keys", sender))?;
            Ok((sender.clone(), keys))
        };
        let identities = match &settings.identity {
            Some(identity) => Identities::from_text(suite, context.secrets.read(identity)?.expose_secret())
                .ok_or_else(|| wrong("identity", no_identity(suite)))?,
            None => Identities::none(suite),
        };
        let recipients = Recipients::from_texts(suite, &settings.recipients)
            .map_err(|at| wrong("recipients", settings.recipients.get(at).map_or("", String::as_str)))?;
        let seal = match (&settings.plain, settings.recipients.is_empty()) {
            (Some(_), true) => None,
            (None, false) => {
                let wrong = || wrong("recipients", "不能用来加密 nothing can be encrypted for one of them");
                Some(Seal::new(recipients, &signer).ok_or_else(wrong)?)
            }
            _ => return Err(Finding::new(Code::SPlain).with("setting", "plain")),
        };
        let inside = Inside {
            seal,
            identities,
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

fn no_signer(suite: Suite) -> &'static str {
    match suite {
        Suite::Age => "不是Ed25519私钥 not an Ed25519 private key",
        Suite::Sm => "不是一个SM2私钥 not one SM2 private key: make one with openssl genpkey -algorithm SM2",
    }
}

fn no_identity(suite: Suite) -> &'static str {
    match suite {
        Suite::Age => "不是 AGE-SECRET-KEY-1… no such key: make one with age-keygen",
        Suite::Sm => "不是SM2私钥 no SM2 private key: make one with openssl genpkey -algorithm SM2",
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

pub(crate) struct Inside {
    pub(crate) settings: Settings,
    pub(crate) context: Context,
    pub(crate) us: String,
    pub(crate) them: String,
    pub(crate) unfinished: String,
    pub(crate) names: Names,
    pub(crate) keys: BTreeMap<String, Vec<Verifier>>,
    pub(crate) signer: Signer,
    /// Encrypts sets; absent where they go in clear, for the reason that the settings give.
    pub(crate) seal: Option<Seal>,
    /// Open returns that came encrypted.
    pub(crate) identities: Identities,
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
/// Whether the device under a medium does not answer any more.
fn is_gone(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(
        Errno::from_io_error(error),
        Some(Errno::IO | Errno::NXIO | Errno::NODEV | Errno::NOMEDIUM)
    )
}

pub(crate) fn unusable(path: &Path, error: &io::Error) -> Fault {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => "不存在 not found".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限 permission denied".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "只读 read-only".to_owned(),
        io::ErrorKind::StorageFull => "空间不足 no space left".to_owned(),
        io::ErrorKind::InvalidData => {
            "写入后读回不一致，请换盘 what was written reads back differently: use another medium".to_owned()
        }
        _ if is_gone(error) => "读写出错，介质可能已拔出或损坏 it cannot be read: pulled out, or damaged".to_owned(),
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
    pub(crate) fn suite(&self) -> Suite {
        self.signer.suite()
    }

    /// Whether returns should come encrypted: somebody can open them, and nobody accepted them in clear.
    pub(crate) fn asks_sealed(&self) -> bool {
        self.seal.is_some() && !self.identities.is_empty() && self.settings.plain_returns.is_none()
    }

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

    /// Whether there is a medium.
    fn ready(&self, place: &Path) -> Result<(), Fault> {
        if place.is_dir() {
            return Ok(());
        }
        Err(unusable(place, &io::Error::from(io::ErrorKind::NotFound)))
    }

    fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let place = batch.place.as_deref().ok_or_else(no_medium)?;
        self.ready(place)?;
        let export = self.export(batch, place)?;
        match export.write(&|name| self.names.is_ours(name)) {
            Ok(Written::Done) => Ok(vec![Outcome::Pending; batch.records.len()]),
            Ok(Written::Conflict) => Err(Fault::person(
                Finding::new(Code::CConflict).with("path", place.join(&batch.encoded.number).display()),
            )),
            Err(error) => Err(unusable(place, &error)),
        }
    }

    /// Under which name the department answers a batch.
    pub(crate) fn answer_to(&self, number: &str) -> String {
        let sealed = if self.asks_sealed() { self.suite().ending() } else { "" };
        format!("{}.{}{sealed}", self.names.back_of(number), self.names.style.ending())
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

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        let Some(number) = self.names.number(numbers.day, numbers.seq) else {
            // The day is full: no row is to blame, and tomorrow has names again.
            return Err(vec![Misfit {
                record: rows.records.len(),
                findings: vec![Finding::new(Code::EFileName).with("pattern", self.names.full())],
            }]
            .into());
        };
        let cap = self.settings.max_bytes;
        let payload = match (self.settings.format, self.settings.title.as_deref()) {
            (Carried::Dbf, _) => table::write(rows, numbers.day, cap, self.seal.is_some())?,
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
            before: rows.beside.before.as_ref(),
        };
        let took = took::write(&rows.beside.took, &self.context.node).map_err(|findings| {
            vec![Misfit {
                record: rows.records.len(),
                findings,
            }]
        })?;
        let parts = self.parts(&label, payload, took).ok_or_else(|| {
            // The keys were tried when the channel was made: no row is to blame for what the machine cannot do now.
            vec![Misfit {
                record: rows.records.len(),
                findings: vec![Finding::new(Code::CNotPossible).with("detail", "age, SM2")],
            }]
        })?;
        let lies = parts.iter().filter(|part| part.name.starts_with(bag::DATA));
        cap.judge(lies.map(|part| part.bytes.len()).sum(), rows.rows.len())?;
        Ok(Encoded { number, parts })
    }

    /// The layout of answers, where there are any.
    pub(crate) fn return_layout(&self) -> Option<&Layout> {
        let feed = self.settings.return_feed(&self.context.channel)?;
        self.context.layout(&feed.layout)
    }

    /// The set of a payload.
    fn parts(&self, label: &Label<'_>, payload: Vec<u8>, took: Option<Vec<u8>>) -> Option<Vec<Part>> {
        let files = self.closed(label, payload)?;
        let name = files.first().map(|(name, _)| name.as_str()).unwrap_or_default();
        let page = match (&self.settings.peer, self.return_layout()) {
            (Some(_), None) => page::for_gateway(label, name),
            (_, returned) => page::Page {
                label,
                suite: self.suite(),
                payload: name,
                is_sealed: self.seal.is_some(),
                answer: &self.answer_to(label.number),
                encrypts_for: self.asks_sealed().then_some(&self.identities),
                returned,
            }
            .text(),
        };
        bag::parts(label, files, page, took, &self.signer)
    }

    /// A payload as it lies in its bag: its files by name.
    fn closed(&self, label: &Label<'_>, payload: Vec<u8>) -> Option<Vec<(String, Vec<u8>)>> {
        let name = format!("{}.{}", label.number, self.names.style.ending());
        let Some(seal) = &self.seal else {
            return Some(vec![(name, payload)]);
        };
        let name = format!("{name}{}", seal.ending());
        let (batch, day) = (label.ledger.to_string(), label.day.to_string());
        let about = ["set", &name, &batch, &day, label.sender, label.recipient];
        Some(seal.close(&about, &payload)?.named(&name))
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
        let (Some(place), ask) = (ask.place.clone(), ask.clone()) else {
            return Ok(Vec::new());
        };
        self.off_thread(move |inside| inside.collect(&ask, &place)).await
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("导盘不接收推送 nothing is pushed to a disk channel"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let (claim, answer) = (claim.clone(), answer.clone());
        self.off_thread(move |inside| inside.acknowledge(&claim, &answer)).await
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        self.inside.encode(rows, numbers)
    }

    fn tells(&self) -> bool {
        self.inside.settings.peer.is_some()
    }

    async fn ready(&self, place: &Path) -> Result<(), Fault> {
        let place = place.to_owned();
        self.off_thread(move |inside| inside.ready(&place)).await
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let batch = batch.clone();
        self.off_thread(move |inside| inside.deliver(&batch)).await
    }

    async fn inspect(&self, place: &Path) -> Result<Vec<Lying>, Fault> {
        let place = place.to_owned();
        self.off_thread(move |inside| inside.inspect(&place)).await
    }

    /// The tag manifest: its digest covers the payload's, by way of the manifest.
    fn slip(&self, batch: &Encoded) -> Option<Slip> {
        // Of the suite it was cut in: what was cut before the settings changed is what it was.
        let named = |suite: Suite| batch.parts.iter().find(|part| part.name == suite.tag_manifest());
        let (suite, vouches) = Suite::ALL.into_iter().find_map(|suite| Some((suite, named(suite)?)))?;
        Some(Slip {
            file: format!("{}/{}", batch.number, vouches.name),
            kind: suite.kind(),
            digest: suite.digest(&vouches.bytes),
            answer: self
                .inside
                .return_layout()
                .map(|_| self.inside.answer_to(&batch.number)),
        })
    }

    async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        let batch = batch.clone();
        self.off_thread(move |inside| inside.recall(&batch)).await
    }
}

#[cfg(test)]
mod tests;
