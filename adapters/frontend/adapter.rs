//! The mode itself: settings and context in, the port's promises out.

use crate::alarms;
use crate::backlog::Backlog;
use crate::database::Database;
use crate::directory::Directory;
use crate::ferry::{self, Ferry};
use crate::format::Files;
use crate::given;
use crate::incoming::{Candidate, Inbox};
use crate::outgoing::Outbox;
use crate::place::{Kind, Place};
use crate::seen::Seen;
use crate::settings::{self, InSettings, OutSettings, Ready, Settings, Transport};
use crate::settle::{self, Settling};
use crate::sftp::{Login, Sftp, Who};
use crate::{format, names, numbered, sequence};
use async_trait::async_trait;
use model::define::{Channel, Layout};
use model::{Code, Finding};
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Context, Encoded, Fault, Misfit, Numbers, Offer, Outcome, Outgoing, Part,
    Parts, Prepared, Recalled, Said, Starts, TypedMode, Unencoded,
};
use std::sync::Arc;

/// Mode `frontend`, for whoever assembles the modes.
pub struct Mode;

impl TypedMode for Mode {
    type Settings = Settings;
    const MODE: model::Mode = model::Mode::Frontend;

    fn judge(settings: &Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        settings::judge(settings, channel, layouts)
    }

    fn build(settings: Settings, context: Context) -> Result<Arc<dyn Adapter>, Finding> {
        let place: Arc<dyn Place> = match settings.transport {
            Transport::Sftp => Arc::new(sftp(&settings, &context)?),
            Transport::Directory => Arc::new(directory(&settings, &context)?),
            Transport::Database => return database(settings, context),
        };
        Ok(Arc::new(Frontend::over(place, settings, context)))
    }
}

fn missing(setting: &str) -> Finding {
    Finding::new(Code::SChannelSetting)
        .with("setting", setting)
        .with("detail", "必需 needed")
}

fn directory(settings: &Settings, context: &Context) -> Result<Directory, Finding> {
    let root = settings.root.as_ref().ok_or_else(|| missing("root"))?;
    Ok(Directory::new(root, Arc::clone(&context.clock)))
}

fn database(settings: Settings, context: Context) -> Result<Arc<dyn Adapter>, Finding> {
    let settings = settings.database.ok_or_else(|| missing("database"))?;
    Ok(Arc::new(Database::new(settings, context)?))
}

fn sftp(settings: &Settings, context: &Context) -> Result<Sftp, Finding> {
    let sftp = settings.sftp.clone().ok_or_else(|| missing("sftp"))?;
    let kept = |secret: &port::Secret| context.kept(secret);
    let who: Who = match (&sftp.password, &sftp.key) {
        (Some(password), None) => {
            let password = kept(password)?;
            Box::new(move || password.read().map(Login::Password))
        }
        (None, Some(key)) => {
            let (key, passphrase) = (kept(key)?, sftp.passphrase.as_ref().map(kept).transpose()?);
            let read = move || {
                let passphrase = passphrase.as_ref().map(port::Kept::read).transpose()?;
                Login::key(&key.read()?, passphrase.as_ref())
            };
            // What cannot be a key is said at the start.
            read()?;
            Box::new(read)
        }
        _ => return Err(missing("sftp.password | sftp.key")),
    };
    Ok(Sftp::new(sftp, who, Arc::clone(&context.clock)))
}

/// A front-end machine's staging place as a channel.
pub struct Frontend {
    place: Arc<dyn Place>,
    settings: Settings,
    context: Context,
    backlog: Backlog<Candidate>,
    seen: Seen,
}

impl Frontend {
    /// Over any place.
    pub fn over(place: Arc<dyn Place>, settings: Settings, context: Context) -> Self {
        Self {
            place,
            settings,
            context,
            backlog: Backlog::default(),
            seen: Seen::default(),
        }
    }

    fn out(&self) -> Result<&OutSettings, Fault> {
        self.settings
            .out
            .as_ref()
            .ok_or_else(|| Fault::never("本通道不向外发送 this channel sends nothing"))
    }

    fn in_(&self) -> Result<&InSettings, Fault> {
        self.settings
            .in_
            .as_ref()
            .ok_or_else(|| Fault::never("本通道没有来件 this channel brings nothing"))
    }

    fn outbox(&self) -> Result<Outbox<'_>, Fault> {
        Ok(Outbox {
            place: &*self.place,
            settings: self.out()?,
            clock: &*self.context.clock,
        })
    }

    /// The same for numbered directories; `None` where files stand by themselves.
    fn numbered(&self) -> Result<Option<numbered::Outbox<'_>>, Fault> {
        let settings = self.out()?;
        Ok((settings.ready == Ready::End).then_some(numbered::Outbox {
            place: &*self.place,
            settings,
            clock: &*self.context.clock,
        }))
    }

    /// The same for a manifest through a gap.
    fn ferry(&self) -> Result<Option<Ferry<'_>>, Fault> {
        let settings = self.out()?;
        let manifest = settings.manifest.as_ref().filter(|_| settings.ready == Ready::Manifest);
        Ok(manifest.map(|manifest| Ferry {
            place: &*self.place,
            settings,
            manifest,
            clock: &*self.context.clock,
        }))
    }

    fn files(&self) -> Files<'_> {
        Files::of(&self.settings)
    }

    async fn need_dir(&self, dir: &str) -> Result<(), Fault> {
        match self.place.stat(dir).await? {
            Some(entry) if entry.kind == Kind::Dir => Ok(()),
            _ => Err(Fault::person(
                Finding::new(Code::CPlace)
                    .with("path", dir)
                    .with("detail", "目录不存在 no such directory"),
            )),
        }
    }
}

#[async_trait]
impl Adapter for Frontend {
    fn abilities(&self) -> Abilities {
        let seen = self.settings.out.as_ref().is_some_and(|out| out.taken.is_some());
        Abilities {
            starts: Starts::Node,
            collects: self.settings.in_.is_some(),
            queries: seen
                || self
                    .settings
                    .out
                    .as_ref()
                    .is_some_and(|out| out.ready == Ready::Manifest),
            recalls: seen,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        if let Some(out) = &self.settings.out {
            self.need_dir(&out.dir).await?;
            if let Some(taken) = &out.taken {
                self.need_dir(taken).await?;
            }
            if let Some(manifest) = &out.manifest {
                self.need_dir(&manifest.tmp).await?;
            }
        }
        match &self.settings.in_ {
            Some(in_) => {
                if let Some(receipts) = &in_.receipts {
                    self.need_dir(receipts).await?;
                }
                alarms::judge(&*self.place, in_, &self.context, &self.seen).await
            }
            None => Ok(()),
        }
    }

    fn pinned(&self) -> Option<String> {
        self.place.pinned()
    }

    fn trust(&self, fingerprint: &str) {
        self.place.trust(fingerprint);
    }

    async fn holds(&self, claim: &Claim) -> Result<bool, Fault> {
        if given::is_given(claim) {
            return Ok(true);
        }
        settle::holds(&*self.place, self.in_()?, claim).await
    }

    async fn take_over(&self) -> Result<Vec<String>, Fault> {
        settle::take_over(&*self.place, self.in_()?, &self.context.node).await
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let (place, settings, files, context) = (&*self.place, self.in_()?, self.files(), &self.context);
        if let Some(file) = &ask.place {
            return given::offer(settings, files, context, file).map(|offer| vec![offer]);
        }
        if settings.ready == Ready::End {
            let inbox = numbered::Inbox {
                place,
                settings,
                files,
                context,
                seen: &self.seen,
            };
            return inbox.collect(ask).await;
        }
        let inbox = Inbox {
            place,
            settings,
            files,
            context,
            seen: &self.seen,
        };
        let offers = inbox.collect(ask, &self.backlog).await?;
        Ok(sequence::count(settings, ask.position.as_ref(), offers))
    }

    async fn hint(&self) {
        match &self.settings.in_ {
            Some(in_) => self.place.changed(&in_.dir).await,
            None => std::future::pending().await,
        }
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("文件交到前置机 files go to the front-end machine"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        if given::is_given(claim) {
            return Ok(());
        }
        let settling = Settling {
            place: &*self.place,
            settings: self.in_()?,
            files: self.files(),
            context: &self.context,
        };
        settling.acknowledge(claim, answer).await?;
        self.backlog.settled(&claim.0);
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        let Ok(out) = self.out() else {
            let finding = Finding::new(Code::CNotPossible).with("detail", "out");
            let misfits = (0..rows.records.len()).map(|record| Misfit {
                record,
                findings: vec![finding.clone()],
            });
            return Err(misfits.collect::<Vec<_>>().into());
        };
        if let Ok(Some(ferry)) = self.ferry() {
            return match self.files().xml() {
                Ok(xml) => ferry::encode(out, ferry.manifest, xml, self.context.offset_minutes, rows, numbers),
                Err(finding) => {
                    let (record, findings) = (rows.records.len(), vec![finding]);
                    Err(vec![Misfit { record, findings }].into())
                }
            };
        }
        let bytes = format::encode(self.files(), rows, numbers)?;
        let name = names::outgoing(&out.name, numbers.day, numbers.seq);
        let number = self.files().number(numbers, &name);
        let marker = (out.ready == Ready::Marker).then(|| {
            let marker = format::marker(&bytes, rows.rows.len(), numbers.at, self.context.offset_minutes);
            Part {
                name: format!("{name}{}", out.marker),
                bytes: marker.write().into_bytes(),
                records: 0..0,
            }
        });
        let data = Part {
            name,
            bytes,
            records: 0..rows.records.len(),
        };
        let parts = std::iter::once(data).chain(marker).collect();
        Ok(Encoded { number, parts })
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        if batch.place.is_some() {
            return Err(Fault::never("文件交到前置机 files go to the front-end machine"));
        }
        if let Some(ferry) = self.ferry()? {
            return ferry.deliver(batch).await;
        }
        match self.numbered()? {
            Some(outbox) => outbox.deliver(batch).await,
            None => self.outbox()?.deliver(batch).await,
        }
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        if let Some(ferry) = self.ferry()? {
            return ferry.query(batch).await;
        }
        match self.numbered()? {
            Some(outbox) => outbox.query(batch).await,
            None => self.outbox()?.query(batch).await,
        }
    }

    async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        if self.ferry()?.is_some() {
            // What stands there may be crossing at this moment, and nobody would say so.
            return Ok(Recalled::Impossible);
        }
        match self.numbered()? {
            Some(outbox) => outbox.recall(batch).await,
            None => self.outbox()?.recall(batch).await,
        }
    }
}
