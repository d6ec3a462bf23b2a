//! What the tests of this crate share: a channel with a form each for names and licences.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{Manual, Settings};
use model::define::*;
use model::schedule::Schedule;
use model::*;
use port::*;
use seams::{ScenarioClock, SeededRng, TokioSpawn, UnixMs};
use secrecy::SecretString;
use std::sync::Arc;

struct NoSecrets;

impl Secrets for NoSecrets {
    fn read(&self, _secret: &Secret) -> Result<SecretString, Finding> {
        Err(Finding::new(Code::CNotPossible))
    }
}

fn field(name: &str, meaning: Meaning, required: bool, double_entry: bool) -> Field {
    Field {
        name: name.into(),
        meaning,
        required,
        double_entry,
        ..Field::default()
    }
}

/// The form for a name: number twice, date once, name may be left out.
pub(crate) fn form_layout() -> Layout {
    let fields = vec![
        field("办件编号", Meaning::CaseNo, true, false),
        field("处理结果", Meaning::Status, true, false),
        field("说明", Meaning::Reason, false, false),
        field("名称预核准文号", Meaning::Item(ItemNo(2)), false, true),
        field("名称保留期至", Meaning::Item(ItemNo(3)), false, false),
        Field {
            aliases: vec!["ent_name".into()],
            ..field("企业名称", Meaning::Item(ItemNo(1)), false, false)
        },
        field("附件", Meaning::Attachments, false, false),
    ];
    Layout {
        name: "name_result".into(),
        encoding: "utf-8".into(),
        fields,
        ..Layout::default()
    }
}

pub(crate) fn bare_layout() -> Layout {
    let fields = vec![
        field("case_no", Meaning::CaseNo, true, false),
        field("matter", Meaning::Matter, true, false),
        field("reg_no", Meaning::Item(ItemNo(5)), true, true),
    ];
    Layout {
        name: "licence_result".into(),
        encoding: "utf-8".into(),
        fields,
        ..Layout::default()
    }
}

pub(crate) fn channel() -> Channel {
    let feed = |name: &str, layout: &str, matter: Option<&str>| Feed {
        name: name.into(),
        role: FeedRole::Results,
        layout: layout.into(),
        matter: matter.map(MatterId::new),
    };
    Channel {
        name: "manual".into(),
        mode: Mode::Manual,
        proof: Proof::Receipt,
        ops: Op::ALL.to_vec(),
        layouts: [(MatterId::new("aic.name"), "worksheet".to_owned())].into(),
        out: Schedule::AtOnce,
        in_: Schedule::OnRequest,
        feeds: vec![
            feed("name", "name_result", Some("aic.name")),
            feed("licence", "licence_result", None),
        ],
        max_rows: 100,
        unconfirmed_after: None,
        on_batch_refused: OnBatchRefused::default(),
        on_row_error: OnRowError::default(),
    }
}

pub(crate) fn adapter() -> Arc<dyn Adapter> {
    let context = Context {
        node: "haidian-1".into(),
        dept: "aic".into(),
        channel: Arc::new(channel()),
        layouts: Arc::new(vec![form_layout(), bare_layout()]),
        work_dir: "/nonexistent".into(),
        worker: None,
        offset_minutes: 480,
        max_batch_bytes: 1 << 20,
        clock: Arc::new(ScenarioClock::new(UnixMs(0))),
        rng: Arc::new(SeededRng::new(1)),
        spawn: Arc::new(TokioSpawn::new(tokio::runtime::Handle::current())),
        secrets: Arc::new(NoSecrets),
    };
    Manual::build(toml::from_str::<Settings>("").unwrap(), context).unwrap()
}
