//! What a look at a source comes to, where not all that lies there can be taken.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::run::{Parts as EngineParts, start};
use crate::testing::{Never, Still, among, paper};
use crate::verb::{Caller, Reply, Request};
use async_trait::async_trait;
use model::calendar::Calendar;
use model::define::{Field, Layout, Meaning};
use model::{Dictionary, Header};
use port::{
    Abilities, Adapter, Claim, Declared, Encoded, Next, Numbers, Outgoing, Parts, Prepared, RowSource, Starts,
    Unencoded,
};
use seams::TokioSpawn;
use std::sync::Mutex;
use std::time::Duration;

/// One row that is refused: enough to see whether a batch was taken.
struct OneRow(Header, bool);

impl RowSource for OneRow {
    fn header(&self) -> &Header {
        &self.0
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        let first = std::mem::take(&mut self.1);
        Ok(first.then(|| Taken::Bad {
            line: 1,
            findings: vec![Finding::new(Code::EFormat).row(1)],
        }))
    }
}

/// A source with these files, each taken once it is acknowledged.
#[derive(Default)]
struct Shelf {
    files: Mutex<Vec<&'static str>>,
    /// What is said of what cannot be offered.
    left: Option<Fault>,
    /// Its program breaks off.
    breaks: std::sync::atomic::AtomicBool,
    /// What is answered when it is asked whether a claim holds still; yes, where nothing more is said.
    holds: Mutex<Vec<Result<bool, Fault>>>,
}

#[async_trait]
impl Adapter for Shelf {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Node,
            collects: true,
            queries: false,
            recalls: false,
        }
    }
    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }
    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        assert!(!self.breaks.load(std::sync::atomic::Ordering::SeqCst), "a defect");
        let files = self.files.lock().unwrap().clone();
        if let (true, Some(left)) = (files.is_empty(), &self.left) {
            return Err(left.clone());
        }
        let offer = |name: &'static str| {
            let mut digest = [0; 32];
            digest[..name.len()].copy_from_slice(name.as_bytes());
            Offer {
                feed: "results".to_owned(),
                claim: Claim(name.to_owned()),
                name: name.to_owned(),
                declared: Declared::default(),
                digest,
                bytes: 1,
                rows: Box::new(OneRow(Header::new(["办件编号"]), true)),
                position: None,
            }
        };
        Ok(files.into_iter().take(ask.max).map(offer).collect())
    }
    async fn holds(&self, _: &Claim) -> Result<bool, Fault> {
        self.holds.lock().unwrap().pop().unwrap_or(Ok(true))
    }
    async fn receive(&self, _: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed"))
    }
    async fn acknowledge(&self, claim: &Claim, _: &Answer) -> Result<(), Fault> {
        self.files.lock().unwrap().retain(|name| *name != claim.0);
        Ok(())
    }
    fn encode(&self, _: &Outgoing, _: &Numbers) -> Result<Encoded, Unencoded> {
        Err(Unencoded::Misfits(Vec::new()))
    }
    async fn deliver(&self, _: &Prepared) -> Result<Vec<Outcome>, Fault> {
        Ok(Vec::new())
    }
}

/// An engine over one source.
fn engine(shelf: &Arc<Shelf>) -> crate::Handle {
    let field = Field {
        name: "办件编号".to_owned(),
        aliases: Vec::new(),
        meaning: Meaning::CaseNo,
        out: Vec::new(),
        in_: Vec::new(),
        required: true,
        max_bytes: None,
        check: None,
        double_entry: false,
        verify: None,
        kind: None,
        expr: None,
    };
    let layout = Layout {
        name: String::new(),
        encoding: "utf-8".to_owned(),
        fields: vec![field],
        computed: Vec::new(),
        status: std::collections::BTreeMap::new(),
        review: std::collections::BTreeMap::new(),
        null_words: Vec::new(),
    };
    let mut plan = among(Dictionary::default(), |dept| dept.layouts.push(layout), Vec::new());
    plan.rules.people.insert("wang".to_owned(), 0);
    let key = (DeptId::new("psb"), "frontend".to_owned());
    let (handle, _) = start(EngineParts {
        plan: Arc::new(plan),
        calendar: Arc::new(Calendar::new()),
        ledger: paper(),
        adapters: [(key, Arc::clone(shelf) as Arc<dyn Adapter>)].into(),
        clock: Arc::new(Still),
        rng: Arc::new(Never),
        spawn: Arc::new(TokioSpawn::new(tokio::runtime::Handle::current())),
        tick: Duration::from_secs(1),
        mirror: None,
        scheduled: false,
        version: "test".to_owned(),
    })
    .unwrap();
    handle
}

fn caller() -> Caller {
    Caller {
        name: Some("wang".to_owned()),
        uid: 0,
        inside: true,
    }
}

/// What a person is told who looks, each batch in a line; or why nothing was looked at.
async fn look(handle: &crate::Handle) -> Result<Vec<String>, Code> {
    let request = Request::Collect {
        dept: "psb".to_owned(),
        place: None,
    };
    match handle.ask(request, caller()).await {
        Ok(Reply::Batches(lines)) => Ok(lines
            .iter()
            .map(|l| {
                let codes: Vec<&str> = l.findings.iter().map(|f| f.code.word()).collect();
                format!("{} {} {}", l.name, l.verdict, codes.join(" "))
                    .trim()
                    .to_owned()
            })
            .collect()),
        Ok(other) => panic!("{other:?}"),
        Err(finding) => Err(finding.code),
    }
}

async fn troubles(handle: &crate::Handle) -> Vec<Code> {
    match handle.ask(Request::Status, caller()).await.unwrap() {
        Reply::Status(status) => status
            .troubles
            .iter()
            .filter_map(|t| t.finding.as_ref().map(|f| f.code))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_taken_is_told_beside_what_is_held_back() {
    let held_back = Finding::new(Code::CHeldBack).with("file", "4.csv").with("missing", 3);
    let shelf = Arc::new(Shelf {
        files: Mutex::new(vec!["1.csv", "2.csv"]),
        left: Some(Fault::retry(held_back)),
        ..Shelf::default()
    });
    let handle = engine(&shelf);
    let expected = ["1.csv accepted", "2.csv accepted", "4.csv left C_HELD_BACK"];
    assert_eq!(look(&handle).await.unwrap(), expected);
    // What comes meanwhile is taken at the next look; the one that waits is told again.
    shelf.files.lock().unwrap().push("9.csv");
    assert_eq!(
        look(&handle).await.unwrap(),
        ["9.csv accepted", "4.csv left C_HELD_BACK"]
    );
    assert_eq!(look(&handle).await.unwrap(), ["4.csv left C_HELD_BACK"]);
    assert_eq!(troubles(&handle).await, [Code::CHeldBack]);
}

#[tokio::test]
async fn what_breaks_a_look_off_does_not_hide_what_it_took() {
    let shelf = Arc::new(Shelf {
        files: Mutex::new(vec!["1.csv"]),
        left: Some(Fault::retry(Finding::new(Code::CUnreachable))),
        ..Shelf::default()
    });
    let handle = engine(&shelf);
    assert_eq!(look(&handle).await.unwrap(), ["1.csv accepted", "left C_UNREACHABLE"]);
    assert_eq!(look(&handle).await, Err(Code::CUnreachable), "nothing at all");
}

/// Whoever cannot ask whether a claim still holds may have lost it: nothing has effect, and the fault is the channel's.
#[tokio::test]
async fn a_batch_whose_claim_cannot_be_asked_about_has_no_effect() {
    let unreachable = Fault {
        finding: Finding::new(Code::CUnreachable)
            .with("endpoint", "ftp")
            .with("detail", "gone"),
        next: Next::Retry,
        retry_after: None,
    };
    let shelf = Arc::new(Shelf {
        files: Mutex::new(vec!["1.csv", "2.csv"]),
        holds: Mutex::new(vec![Err(unreachable)]),
        ..Shelf::default()
    });
    let handle = engine(&shelf);
    assert_eq!(look(&handle).await, Err(Code::CUnreachable));
    assert_eq!(troubles(&handle).await, [Code::CUnreachable], "kept");
    assert_eq!(*shelf.files.lock().unwrap(), ["1.csv", "2.csv"], "nothing was answered");
    let refused = |handle: crate::Handle| async move {
        match handle.ask(Request::RefusedList { dept: None }, caller()).await.unwrap() {
            Reply::Refused(lines) => lines.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(handle.clone()).await, 0, "and had no effect");
    // Asked and answered, the same batch is a new one, and taken.
    assert_eq!(look(&handle).await.unwrap(), ["1.csv accepted", "2.csv accepted"]);
    assert_eq!(refused(handle.clone()).await, 2);
    assert_eq!(troubles(&handle).await, []);
}

/// Lost to another node: left to it, and the next one is taken; nothing is wrong with the channel.
#[tokio::test]
async fn a_batch_that_was_lost_is_left_and_the_next_one_taken() {
    let shelf = Arc::new(Shelf {
        files: Mutex::new(vec!["1.csv", "2.csv"]),
        holds: Mutex::new(vec![Ok(false), Ok(true), Ok(false)]),
        ..Shelf::default()
    });
    let handle = engine(&shelf);
    assert_eq!(look(&handle).await.unwrap(), ["2.csv accepted"]);
    assert_eq!(*shelf.files.lock().unwrap(), ["1.csv"]);
    assert_eq!(troubles(&handle).await, []);
}

/// Whoever asks, and by whichever way: what is no fingerprint is said before anything is looked at or written.
#[tokio::test]
async fn what_is_no_fingerprint_is_refused_before_anything_is_looked_at() {
    let handle = engine(&Arc::new(Shelf::default()));
    let trust = async |fingerprint: &str| {
        let request = Request::Trust {
            dept: "psb".to_owned(),
            channel: None,
            fingerprint: fingerprint.to_owned(),
        };
        handle.ask(request, caller()).await.unwrap_err().code
    };
    let right = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    for wrong in [
        String::new(),
        right.to_owned(),
        format!("MD5:{right}"),
        format!("SHA256:{}", &right[..42]),
        format!("SHA256:{right}="),
        format!("SHA256:{}", right.replace('/', "-")),
        format!("SHA256:{}\u{202E}", &right[..42]),
    ] {
        assert_eq!(trust(&wrong).await, Code::VCall, "{wrong:?}");
    }
    assert_eq!(
        trust(&format!(" SHA256:{right}\n")).await,
        Code::VNoKey,
        "and then the channel is looked at"
    );
}

/// A defect in an adapter stops its channel, by name and until somebody looked; the loop and others go on.
#[tokio::test]
async fn a_channel_that_breaks_off_stands_still_and_is_named() {
    use crate::command::Way;
    let shelf = Arc::new(Shelf {
        files: Mutex::new(vec!["1.csv"]),
        breaks: true.into(),
        ..Shelf::default()
    });
    let handle = engine(&shelf);
    let (dept, channel) = (DeptId::new("psb"), "frontend".to_owned());
    let turn = || Command::Turn(dept.clone(), channel.clone(), Way::In);
    let until = async |expected: &[Code], left: usize| {
        for _ in 0..1_000 {
            if troubles(&handle).await == expected && shelf.files.lock().unwrap().len() == left {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("never {expected:?} with {left}: {:?}", troubles(&handle).await);
    };
    handle.tell(turn()).await;
    until(&[Code::CBroken], 1).await;
    // Mended, and somebody looked: its turns are its own again.
    shelf.breaks.store(false, std::sync::atomic::Ordering::SeqCst);
    handle.tell(turn()).await;
    until(&[Code::CBroken], 1).await;
    handle.tell(Command::Well(dept.clone(), channel.clone())).await;
    handle.tell(turn()).await;
    until(&[], 0).await;
}
