//! Tables into plain data: `model::define` and the node's own settings. Nothing is judged here any more; a table that
//! lacks what it needs gives `None`, and `checks` has said why.

use crate::checks::department::channel_name;
use crate::tables::channel::{ChannelTable, OnBatchRefusedWord, OnRowErrorWord, RoleWord, ScheduleTable};
use crate::tables::department::{AgreementTable, DepartmentFile, MatterTable};
use crate::tables::dictionary::{CalendarFile, CodesFile, DictionaryFile, ItemTable};
use crate::tables::layout::{ComputedTable, FieldTable, LayoutTable, MeaningWord, VerifyWord};
use crate::tables::node::NodeFile;
use crate::tables::{Key, SecretTable, Words, text, value};
use crate::units::Syslog;
use jiff::civil::Date;
use model::define::{
    Agreement, Channel, CodeTable, Computed, Department, Feed, FeedRole, Field, Layout, LimitUnit, Matter, Meaning,
    OnBatchRefused, OnRowError, Title, Verify,
};
use model::schedule::Schedule;
use model::{DeptId, Dictionary, ItemDef, ItemNo, MatterId, Op, Proof, Standing};
use std::net::SocketAddr;
use std::path::PathBuf;
use toml::Spanned;

pub use crate::tables::SecretTable as SecretRef;
pub use crate::tables::node::{LogFormat, LogLevel, SuiteWord as Suite};

/// What the adapter of a mode made of its `[channel.settings]`; only it knows the type.
pub type ChannelSettings = Box<dyn std::any::Any + Send + Sync>;

/// A whole configuration.
pub struct Settings {
    /// This node.
    pub node: NodeSettings,
    /// The items.
    pub dictionary: Dictionary,
    /// For each of the six places of `ent_class` the characters that can stand there.
    pub ent_class: Vec<String>,
    /// Code tables.
    pub codes: Vec<CodeTable>,
    /// Calendars, one for each year there is.
    pub calendar: Vec<YearCalendar>,
    /// Departments, each with the settings of its channels in the order of its ladder.
    pub departments: Vec<(Department, Vec<ChannelSettings>)>,
}

/// One year's working days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct YearCalendar {
    /// The year.
    pub year: i16,
    /// The notice it was taken from.
    pub source: String,
    /// Days listed, in order: `true` is a day off, `false` a make-up day of work.
    pub days: Vec<(Date, bool)>,
}

/// `tanghulu.toml`, with defaults filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeSettings {
    /// Name of the node.
    pub name: String,
    /// The data directory as written; relative to the configuration directory.
    pub data_dir: PathBuf,
    /// Reference to the node key.
    pub key: SecretRef,
    /// Where the witness is kept, as written; beside the node key's file where nothing is.
    pub witness: Option<PathBuf>,
    /// Digest of the journal's chain.
    pub suite: Suite,
    /// Offset of civil time from UTC, minutes.
    pub offset_minutes: i32,
    /// The HTTP listener.
    pub http: SocketAddr,
    /// The local socket, relative to the data directory.
    pub socket: PathBuf,
    /// Systems that may call the platform's interface.
    pub clients: Vec<ClientSettings>,
    /// How long a nonce is remembered, milliseconds.
    pub nonce_window: u64,
    /// The most bytes of one batch.
    pub batch_bytes: u64,
    /// The most rows of one batch coming in.
    pub batch_rows: u32,
    /// The most bytes of one HTTP request.
    pub body_bytes: u64,
    /// People and their account numbers, by name.
    pub people: Vec<(String, u32)>,
    /// How much is logged.
    pub log_level: LogLevel,
    /// How it is written.
    pub log_format: LogFormat,
    /// Where a copy of every audit entry goes.
    pub log_audit: Option<Syslog>,
    /// The first pause after a failure, milliseconds.
    pub retry_first: u64,
    /// The longest pause, milliseconds.
    pub retry_max: u64,
    /// How long a claimed task stays claimed, milliseconds.
    pub lease: u64,
    /// Within how long the source of a value answers a review.
    pub review: (u32, LimitUnit),
    /// After how long the same person may key again what the layout lets them, milliseconds.
    pub rekey_later: u64,
    /// Of a hundred forms, so many are keyed again whole, drawn by chance.
    pub rekey_share: u32,
    /// The same where a clerk or a field was wrong more often than `rekey_above`.
    pub rekey_raised: u32,
    /// Wrong entries of ten thousand.
    pub rekey_above: u32,
    /// Hours a day in which a clerk keys.
    pub hours: u32,
    /// For how many days a finished case's data are kept; `None` is for ever.
    pub keep_data: Option<u32>,
    /// Where archives of them go.
    pub keep_archive: Option<PathBuf>,
    /// For how many days evidence is kept; `None` is for ever.
    pub keep_evidence: Option<u32>,
}

/// A system that may call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientSettings {
    /// The name it signs with.
    pub id: String,
    /// Reference to the shared key.
    pub secret: SecretTable,
}

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

pub(crate) fn node(file: &NodeFile) -> Option<NodeSettings> {
    let (node, listen) = (value(&file.node)?, value(&file.listen)?);
    let (hub, limits) = (
        value(&file.hub).cloned().unwrap_or_default(),
        value(&file.limits).cloned().unwrap_or_default(),
    );
    let (log, retry) = (
        value(&file.log).cloned().unwrap_or_default(),
        value(&file.retry).cloned().unwrap_or_default(),
    );
    let queue = value(&file.queue).cloned().unwrap_or_default();
    let keep = value(&file.keep).cloned().unwrap_or_default();
    let clients = hub.client.iter().map(Spanned::get_ref);
    let clients = clients.map(|c| {
        Some(ClientSettings {
            id: value(&c.id)?.clone(),
            secret: value(&c.secret)?.clone(),
        })
    });
    Some(NodeSettings {
        name: value(&node.name)?.clone(),
        data_dir: value(&node.data_dir)?.clone(),
        key: value(&node.key)?.clone(),
        witness: value(&node.witness).cloned(),
        suite: value(&node.suite).copied().unwrap_or_default(),
        offset_minutes: value(&node.offset).map_or(480, |o| o.0),
        http: value(&listen.http)?.parse().ok()?,
        socket: value(&listen.socket)
            .cloned()
            .unwrap_or_else(|| PathBuf::from("node.sock")),
        clients: clients.collect::<Option<_>>()?,
        nonce_window: value(&hub.nonce_window).map_or(5 * MINUTE, |d| d.0),
        batch_bytes: value(&limits.batch_bytes).map_or(64 << 20, |s| s.0),
        batch_rows: value(&limits.batch_rows).copied().unwrap_or(200_000),
        body_bytes: value(&limits.body_bytes).map_or(8 << 20, |s| s.0),
        people: file
            .people
            .iter()
            .map(|(name, uid)| (name.get_ref().clone(), *uid.get_ref()))
            .collect(),
        log_level: value(&log.level).copied().unwrap_or_default(),
        log_format: value(&log.format).copied().unwrap_or_default(),
        log_audit: value(&log.audit).cloned(),
        retry_first: value(&retry.first).map_or(5 * SECOND, |d| d.0),
        retry_max: value(&retry.max).map_or(10 * MINUTE, |d| d.0),
        lease: value(&queue.lease).map_or(30 * MINUTE, |d| d.0),
        review: value(&queue.review).map_or((10, LimitUnit::WorkingDay), |l| l.0),
        rekey_later: value(&queue.rekey_later).map_or(12 * 60 * MINUTE, |d| d.0),
        rekey_share: value(&queue.rekey_share).copied().unwrap_or(0),
        rekey_raised: value(&queue.rekey_raised).copied().unwrap_or(25),
        rekey_above: value(&queue.rekey_above).copied().unwrap_or(20),
        hours: value(&queue.hours).copied().unwrap_or(6),
        keep_data: value(&keep.data).map(|d| d.0),
        keep_archive: value(&keep.archive).cloned(),
        keep_evidence: value(&keep.evidence).map(|d| d.0),
    })
}

pub(crate) fn dictionary(file: &DictionaryFile) -> Dictionary {
    let item = |i: &ItemTable, shared: bool| {
        let (kind, max_len) = value(&i.type_)?.0;
        Some(ItemDef {
            no: ItemNo(*value(&i.no)?),
            id: text(&i.id).into(),
            zh: text(&i.zh).into(),
            en: text(&i.en).into(),
            kind,
            max_len,
            repeating: i.repeating,
            mask: value(&i.mask).copied(),
            check: value(&i.check).map(|c| c.as_str().into()),
            codes: value(&i.codes).map(|c| c.as_str().into()),
            open_end: i.open_end,
            shared,
        })
    };
    let shared = file.item.iter().filter_map(|i| item(i.get_ref(), true));
    let mut dictionary = Dictionary::new(shared.chain(file.result.iter().filter_map(|i| item(i.get_ref(), false))));
    for group in &file.same {
        let group: Vec<ItemNo> = group
            .iter()
            .filter_map(|id| Some(dictionary.find(id.get_ref())?.no))
            .collect();
        dictionary.add_same(group);
    }
    dictionary
}

pub(crate) fn codes(file: &CodesFile) -> Option<CodeTable> {
    Some(CodeTable {
        name: value(&file.name)?.clone(),
        version: value(&file.version)?.clone(),
        date: value(&file.date)?.0,
        pairs: file
            .pairs
            .iter()
            .map(|(l, r)| (l.get_ref().clone(), r.get_ref().clone()))
            .collect(),
    })
}

pub(crate) fn calendar(file: &CalendarFile) -> Option<YearCalendar> {
    let off = file.off.iter().map(|d| (d.get_ref().0, true));
    let mut days: Vec<(Date, bool)> = off.chain(file.work.iter().map(|d| (d.get_ref().0, false))).collect();
    days.sort_unstable();
    Some(YearCalendar {
        year: i16::try_from(*value(&file.year)?).ok()?,
        source: text(&file.source).to_owned(),
        days,
    })
}

pub(crate) fn department(file: &DepartmentFile, dictionary: &Dictionary) -> Option<Department> {
    let matters = file.matter.iter().map(|m| matter(m.get_ref(), dictionary));
    Some(Department {
        id: DeptId::new(value(&file.id)?),
        title: Title {
            zh: text(&file.name).to_owned(),
            en: text(&file.name_en).to_owned(),
        },
        agreement: agreement(value(&file.agreement)?, dictionary)?,
        matters: matters.collect::<Option<_>>()?,
        layouts: layouts(file, dictionary)?,
        ladder: file
            .channel
            .iter()
            .map(|c| channel(c.get_ref()))
            .collect::<Option<_>>()?,
        no_manual: value(&file.no_manual).cloned(),
    })
}

/// The layouts of a department, for those who judge a channel by them.
pub(crate) fn layouts(file: &DepartmentFile, dictionary: &Dictionary) -> Option<Vec<Layout>> {
    file.layout.iter().map(|l| layout(l.get_ref(), dictionary)).collect()
}

fn items(words: &Words, dictionary: &Dictionary) -> Option<Vec<ItemNo>> {
    words
        .iter()
        .map(|w| dictionary.find(w.get_ref()).map(|d| d.no))
        .collect()
}

fn agreement(table: &AgreementTable, dictionary: &Dictionary) -> Option<Agreement> {
    Some(Agreement {
        id: value(&table.id)?.clone(),
        basis: text(&table.basis).to_owned(),
        purpose: text(&table.purpose).to_owned(),
        expires: value(&table.expires)?.0,
        items: items(value(&table.items)?, dictionary)?,
    })
}

fn plain(words: &Words) -> Vec<String> {
    words.iter().map(|w| w.get_ref().clone()).collect()
}

fn matter(table: &MatterTable, dictionary: &Dictionary) -> Option<Matter> {
    let (limit, limit_unit) = value(&table.limit)?.0;
    Some(Matter {
        id: MatterId::new(value(&table.id)?),
        title: Title {
            zh: text(&table.title).to_owned(),
            en: text(&table.title_en).to_owned(),
        },
        applies: plain(&table.applies),
        needs: items(&table.needs, dictionary)?,
        needs_before_decision: items(&table.needs_before_decision, dictionary)?,
        after: table.after.iter().map(|m| MatterId::new(m.get_ref())).collect(),
        gives: items(&table.gives, dictionary)?,
        limit,
        limit_unit,
        basis: text(&table.basis).to_owned(),
        reports: table.reports,
        promised: value(&table.promised).copied().unwrap_or(true),
    })
}

fn layout(table: &LayoutTable, dictionary: &Dictionary) -> Option<Layout> {
    Some(Layout {
        name: value(&table.name)?.clone(),
        encoding: value(&table.encoding)?.clone(),
        fields: table
            .field
            .iter()
            .map(|f| field(f.get_ref(), dictionary))
            .collect::<Option<_>>()?,
        status: value(&table.status)
            .map(|words| words.iter().map(plain_status).collect())
            .unwrap_or_default(),
        review: value(&table.review)
            .into_iter()
            .flatten()
            .map(|(word, named)| Some((word.get_ref().clone(), items(named, dictionary)?)))
            .collect::<Option<_>>()?,
        null_words: plain(&table.null_words),
        computed: table
            .computed
            .iter()
            .map(|c| computed(c.get_ref(), dictionary))
            .collect::<Option<_>>()?,
    })
}

fn computed(table: &ComputedTable, dictionary: &Dictionary) -> Option<Computed> {
    let from = table.from.iter();
    Some(Computed {
        item: dictionary.find(value(&table.item)?)?.no,
        from: from.map(|(n, f)| (n.get_ref().clone(), f.get_ref().clone())).collect(),
        expr: value(&table.expr)?.clone(),
        required: table.required,
    })
}

fn plain_status((word, standing): (&Spanned<String>, &Spanned<Standing>)) -> (String, Standing) {
    (word.get_ref().clone(), *standing.get_ref())
}

fn field(table: &FieldTable, dictionary: &Dictionary) -> Option<Field> {
    let meaning = match (value(&table.item), value(&table.constant), value(&table.is)) {
        (Some(item), None, None) => Meaning::Item(dictionary.find(item)?.no),
        (None, Some(text), None) => Meaning::Const(text.clone()),
        (None, None, Some(word)) => meaning(*word),
        (None, None, None) if table.expr.is_some() => Meaning::Computed,
        _ => return None,
    };
    Some(Field {
        name: value(&table.name)?.clone(),
        aliases: plain(&table.aliases),
        meaning,
        out: plain(&table.out),
        in_: plain(&table.in_),
        required: table.required,
        max_bytes: value(&table.max_bytes).copied(),
        check: value(&table.check).cloned(),
        double_entry: table.double_entry,
        verify: value(&table.verify).map(|word| match word {
            VerifyWord::Rekey => Verify::Rekey,
            VerifyWord::RekeyLater => Verify::RekeyLater,
        }),
        kind: value(&table.kind).cloned(),
        expr: value(&table.expr).cloned(),
    })
}

fn meaning(word: MeaningWord) -> Meaning {
    match word {
        MeaningWord::CaseNo => Meaning::CaseNo,
        MeaningWord::EntClass => Meaning::EntClass,
        MeaningWord::RowNo => Meaning::RowNo,
        MeaningWord::MessageId => Meaning::MessageId,
        MeaningWord::Status => Meaning::Status,
        MeaningWord::StatusVersion => Meaning::StatusVersion,
        MeaningWord::ReturnCode => Meaning::ReturnCode,
        MeaningWord::Reason => Meaning::Reason,
        MeaningWord::SourceSeq => Meaning::SourceSeq,
        MeaningWord::ReceiptNo => Meaning::ReceiptNo,
        MeaningWord::BatchNo => Meaning::BatchNo,
        MeaningWord::Operation => Meaning::Operation,
        MeaningWord::ResultDate => Meaning::ResultDate,
        MeaningWord::Matter => Meaning::Matter,
        MeaningWord::Review => Meaning::Review,
        MeaningWord::Attachments => Meaning::Attachments,
        MeaningWord::Secrecy => Meaning::Secrecy,
        MeaningWord::Ignored => Meaning::Ignored,
    }
}

/// A channel, where everything it needs stands.
pub(crate) fn channel(table: &ChannelTable) -> Option<Channel> {
    let layouts = table
        .layouts
        .iter()
        .map(|(m, l)| (MatterId::new(m.get_ref()), l.get_ref().clone()));
    let feeds = table.feed.iter().map(Spanned::get_ref).map(|f| {
        Some(Feed {
            name: value(&f.name)?.clone(),
            role: match value(&f.role)? {
                RoleWord::Cases => FeedRole::Cases,
                RoleWord::Results => FeedRole::Results,
                RoleWord::Receipts => FeedRole::Receipts,
                RoleWord::ReceiptsWithResults => FeedRole::ReceiptsWithResults,
            },
            layout: value(&f.layout)?.clone(),
            matter: value(&f.matter).map(MatterId::new),
        })
    });
    Some(Channel {
        name: channel_name(table),
        mode: *value(&table.mode)?,
        proof: value(&table.proof).copied().unwrap_or(Proof::Receipt),
        ops: match value(&table.ops) {
            Some(ops) => ops.iter().map(|o| *o.get_ref()).collect(),
            None => Op::ALL.to_vec(),
        },
        layouts: layouts.collect(),
        out: schedule(&table.out)?,
        in_: schedule(&table.in_)?,
        feeds: feeds.collect::<Option<_>>()?,
        max_rows: value(&table.max_rows).copied().unwrap_or(1_000),
        unconfirmed_after: value(&table.unconfirmed_after).map(|d| d.0),
        on_batch_refused: match value(&table.on_batch_refused) {
            None | Some(OnBatchRefusedWord::WithoutNamed) => OnBatchRefused::WithoutNamed,
            Some(OnBatchRefusedWord::Person) => OnBatchRefused::Person,
        },
        on_row_error: match value(&table.on_row_error) {
            None | Some(OnRowErrorWord::AcceptRest) => OnRowError::AcceptRest,
            Some(OnRowErrorWord::RejectFile) => OnRowError::RejectFile,
        },
    })
}

/// A direction that is not used has no turns: it waits to be asked.
fn schedule(key: &Key<ScheduleTable>) -> Option<Schedule> {
    let Some(table) = value(key) else {
        return Some(Schedule::OnRequest);
    };
    if let Some(every) = value(&table.every) {
        return Some(Schedule::Every(every.0));
    }
    if let Some(cron) = value(&table.cron) {
        let workdays_only = value(&table.workdays_only).copied().unwrap_or_default();
        return Some(Schedule::Cron {
            fields: cron.clone(),
            workdays_only,
        });
    }
    let yes = |key: &Key<bool>| value(key).copied().unwrap_or_default();
    match (yes(&table.at_once), yes(&table.on_request)) {
        (true, _) => Some(Schedule::AtOnce),
        (_, true) => Some(Schedule::OnRequest),
        _ => None,
    }
}
