//! The node's part in a case: prepares, hands over, takes in, crashes, and is started again.

use super::Counterpart;
use model::{BatchId, CaseNo, Code, Finding};
use port::{Adapter, Answer, Ask, BatchVerdict, Fault, Offer, Outcome, Position, Prepared, RowAnswer, Taken};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

/// How often a call that got nowhere is made again before a case fails.
const TRIES: usize = 6;

/// What became of a record, from its outcome or from a receipt that came later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The department says it has it.
    Booked,
    /// Refused by this code.
    Refused(String),
    /// Nobody can say.
    Open,
}

/// A node at work on one channel. Position and claims are what its ledger would hold.
pub struct Node<C> {
    /// The other side.
    pub other: Arc<C>,
    /// The adapter of this life.
    pub adapter: Arc<dyn Adapter>,
    /// As committed.
    pub position: Option<Position>,
}

/// An offer that was read to its end.
pub struct Read {
    /// The offer; its rows are used up.
    pub offer: Offer,
    /// Case and return code of each row, in order; no code where the rows are no receipts.
    pub rows: Vec<(String, Option<String>)>,
}

impl Read {
    /// Whether a row names this case.
    pub fn names(&self, case: &CaseNo) -> bool {
        self.rows.iter().any(|(c, _)| c == case.as_str())
    }
}

impl<C: Counterpart> Node<C> {
    /// Begins.
    pub fn new(other: Arc<C>) -> Self {
        Self {
            adapter: other.adapter(),
            other,
            position: None,
        }
    }

    /// Ends and begins again: only what was committed is left.
    pub fn restart(&mut self) {
        self.adapter = self.other.adapter();
    }

    /// Batch `seq` with these cases.
    pub fn prepare(&self, seq: u32, cases: &[u32]) -> Prepared {
        let (rows, numbers) = (self.other.outgoing(cases), self.other.numbers(seq));
        let encoded = self.adapter.encode(&rows, &numbers).unwrap();
        Prepared {
            numbers,
            encoded,
            records: rows.records,
            place: self.other.place(),
            again: false,
            copy: 1,
        }
    }

    /// Hands over; a call that got nowhere is made again, as the engine does.
    pub async fn deliver(&self, batch: &Prepared) -> Vec<Outcome> {
        let mut batch = batch.clone();
        let mut last = None;
        for _ in 0..TRIES {
            match self.adapter.deliver(&batch).await {
                Ok(outcomes) => {
                    assert_eq!(outcomes.len(), batch.records.len(), "one outcome for each record");
                    return outcomes;
                }
                Err(fault) => last = Some(fault),
            }
            batch.again = true;
            self.other.let_department_work().await;
        }
        panic!("a hand-over that never gets anywhere: {last:?}");
    }

    /// The request the engine would make.
    pub fn ask(&self, max: usize) -> Ask {
        Ask {
            position: self.position.clone(),
            place: self.other.place(),
            answers: None,
            past_gaps: false,
            max,
        }
    }

    /// Whether anything can be collected at all.
    pub fn collects(&self) -> bool {
        self.adapter.abilities().collects || self.other.place().is_some()
    }

    /// The offers, read to the end. Several columns of rows must be readable: a row that is not fails the case.
    pub async fn collect(&self, max: usize) -> Vec<Read> {
        let offers = self.adapter.collect(&self.ask(max)).await.unwrap();
        assert!(offers.len() <= max, "more than was asked for");
        offers.into_iter().map(|offer| self.read(offer)).collect()
    }

    /// Reads an offer to its end.
    pub fn read(&self, mut offer: Offer) -> Read {
        let header = offer.rows.header().clone();
        let case = header.slot(self.other.case_column());
        let code = self.other.code_column().and_then(|name| header.slot(name));
        let mut rows = Vec::new();
        while let Some(taken) = offer.rows.next().unwrap() {
            let Taken::Row(row) = taken else {
                panic!("{}: {taken:?}", offer.name)
            };
            let text = |slot: Option<usize>| slot.and_then(|s| row.get(s)).map(str::to_owned);
            rows.push((text(case).unwrap_or_default(), text(code)));
        }
        Read { offer, rows }
    }

    /// The ledger has it: position committed, source answered.
    pub async fn acknowledge(&mut self, read: &Read) {
        self.commit(read);
        self.adapter
            .acknowledge(&read.offer.claim, &answer(read))
            .await
            .unwrap();
    }

    /// Only the ledger's part.
    pub fn commit(&mut self, read: &Read) {
        if read.offer.position.is_some() {
            self.position.clone_from(&read.offer.position);
        }
    }

    /// Takes in everything that is ready, turn by turn, and answers it.
    pub async fn take_in(&mut self) -> Vec<Read> {
        let mut all: Vec<Read> = Vec::new();
        if !self.collects() {
            return all;
        }
        for _ in 0..TRIES {
            let mut news = 0;
            for read in self.collect(100).await {
                // What is offered once more is known by its content, as in the ledger.
                let known = all
                    .iter()
                    .any(|r| r.offer.digest == read.offer.digest && r.offer.name == read.offer.name);
                self.acknowledge(&read).await;
                if !known {
                    news += 1;
                    all.push(read);
                }
            }
            if news == 0 {
                break;
            }
        }
        all
    }

    /// What is known of each record once the department has worked and its answers were taken in.
    pub async fn verdicts(&mut self, batch: &Prepared, outcomes: &[Outcome]) -> Vec<Verdict> {
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        for read in self.take_in().await {
            let coded = read.rows.into_iter().filter_map(|(case, code)| Some((case, code?)));
            told.extend(coded);
        }
        let verdict = |(record, outcome): (&port::Record, &Outcome)| match outcome {
            Outcome::Acknowledged(_) => Verdict::Booked,
            Outcome::Refused { code, .. } => Verdict::Refused(code.clone()),
            Outcome::Pending | Outcome::Unknown => match told.get(record.case_no.as_str()).map(String::as_str) {
                None => Verdict::Open,
                Some(word) if word == self.other.good() => Verdict::Booked,
                Some(code) => Verdict::Refused(code.to_owned()),
            },
        };
        batch.records.iter().zip(outcomes).map(verdict).collect()
    }

    /// How often each record of a batch stands in the books.
    pub fn booked(&self, batch: &Prepared) -> Vec<usize> {
        batch.records.iter().map(|r| self.other.booked(&r.case_no)).collect()
    }
}

/// The ledger's word on a batch that was accepted whole.
pub fn answer(read: &Read) -> Answer {
    let row = |(at, (case_no, _)): (usize, &(String, Option<String>))| RowAnswer {
        line: at as u64 + 1,
        case_no: case_no.clone(),
        code: "0000".into(),
        message: String::new(),
    };
    Answer {
        verdict: BatchVerdict::Accepted,
        batch: BatchId(1),
        code: "0000".into(),
        findings: Vec::new(),
        rows: read.rows.iter().enumerate().map(row).collect(),
        anchor: None,
    }
}

/// Runs a call in a process of its own, which ends after so many polls. `None`: it ended before the call returned.
///
/// The process is a runtime: with it go the connections and tasks behind the call. What a blocking call had begun it
/// finishes, as the kernel would.
pub async fn crash_after<C, T, F, Fut>(other: &Arc<C>, polls: usize, call: F) -> Option<T>
where
    C: Counterpart,
    T: Send + 'static,
    F: FnOnce(Arc<dyn Adapter>) -> Fut + Send + 'static,
    Fut: Future<Output = T>,
{
    let other = Arc::clone(other);
    let life = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let call = pin!(call(other.adapter()));
            Cut { call, polls }.await
        })
    });
    life.await.unwrap()
}

struct Cut<'a, F> {
    call: Pin<&'a mut F>,
    polls: usize,
}

impl<F: Future> Future for Cut<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        match self.call.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if self.polls == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The crash points of a call: every poll of the first stretch, then ever wider steps.
///
/// The caller stops at the first point that the call outlives.
pub fn crash_points() -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let point = at;
        at += 1 + at / 24;
        (point < 2000).then_some(point)
    })
}

/// A channel's fault: classified, and with nothing of the data in it.
pub fn assert_sound(fault: &Fault) {
    assert_ne!(fault.finding.code, Code::CNotPossible, "{fault}");
    assert_silent(&fault.finding);
}

/// Nothing of the data stands in a finding.
pub fn assert_silent(finding: &Finding) {
    let text = format!("{finding:?}");
    assert!(!text.contains(super::SECRET), "{text}");
}

/// Every file below a directory with its bytes, by relative path; directories end in `/`.
pub fn tree(root: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                open.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
