//! Nothing is acknowledged before it is durable, seen from outside: the shipped program runs among living departments under
//! strace, and before each acknowledgement, whatever its mode, the journal was written and made durable since that was
//! asked for which is acknowledged.
//!
//! | mode | asked by | acknowledged by |
//! |---|---|---|
//! | link | a request that posts a case | the answer |
//! | frontend | a file, once it is claimed | its receipt, and its move to `done` |
//! | disk | a medium that is to be read | the receipt on it |
//! | manual | a clerk who completes a task | the answer |

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::play::{Play, assert_right};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use torture::Node;

/// One call of the program's.
#[derive(Debug, PartialEq)]
struct Call {
    name: String,
    /// All that strace says of it.
    text: String,
    /// When it began and when it was over, in lines of the trace.
    begun: usize,
    over: usize,
    well: bool,
}

impl Call {
    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    /// The descriptor it is about, with what is behind it.
    fn descriptor(&self) -> &str {
        let text = self.text.split_once('(').map_or("", |(_, rest)| rest);
        text.split_once(',').map_or(text, |(first, _)| first)
    }

    fn is_about_journal(&self) -> bool {
        self.text.contains("/journal/") && self.text.contains(".seg>")
    }
}

/// A trace, call by call, in the order in which they began.
fn calls(trace: &str) -> Vec<Call> {
    let (mut calls, mut open): (Vec<Call>, HashMap<&str, usize>) = (Vec::new(), HashMap::new());
    for (at, line) in trace.lines().enumerate() {
        let Some((pid, text)) = line.split_once(' ') else {
            continue;
        };
        let text = text.trim_start();
        let well = |text: &str| {
            text.rsplit_once(" = ")
                .is_some_and(|(_, answer)| !answer.starts_with('-'))
        };
        if let Some(rest) = text.strip_prefix("<... ") {
            let begun = open.remove(pid).map(|n| &mut calls[n]);
            if let (Some(call), Some((_, rest))) = (begun, rest.split_once("resumed>")) {
                call.text.push_str(rest);
                (call.over, call.well) = (at, well(rest));
            }
            continue;
        }
        let Some((name, _)) = text.split_once('(') else {
            continue;
        };
        let (begun, unfinished) = match text.split_once(" <unfinished") {
            Some((begun, _)) => (begun, true),
            None => (text, false),
        };
        if unfinished {
            open.insert(pid, calls.len());
        }
        calls.push(Call {
            name: name.to_owned(),
            text: begun.to_owned(),
            begun: at,
            over: if unfinished { usize::MAX } else { at },
            well: !unfinished && well(text),
        });
    }
    calls
}

const WRITES: &[&str] = &["write", "pwrite64", "writev", "pwritev"];
const SYNCS: &[&str] = &["fdatasync", "fsync"];
const HEARS: &[&str] = &["read", "recvfrom", "recvmsg", "readv"];
const SAYS: &[&str] = &["write", "sendto", "sendmsg", "writev"];
const NAMES: &[&str] = &["rename", "renameat", "renameat2", "link", "linkat", "openat"];

/// What was asked and what was acknowledged, by the word of a mode: when each was known and when each began.
type Acknowledged = Vec<(&'static str, usize, usize, String)>;

/// Every acknowledgement of a trace, with what it answers.
fn acknowledged(calls: &[Call]) -> Acknowledged {
    let mut found = Vec::new();
    let mut heard: HashMap<&str, (&'static str, usize)> = HashMap::new();
    let mut claimed: HashMap<String, usize> = HashMap::new();
    let mut reading: Option<usize> = None;
    for call in calls {
        let (text, to) = (call.text.as_str(), call.descriptor());
        if call.is(HEARS) && call.well {
            let asked = if text.contains("\"POST /v1/cases") {
                Some("link")
            } else if text.contains("queue_complete") {
                Some("manual")
            } else {
                None
            };
            if let Some(mode) = asked {
                heard.insert(to, (mode, call.over));
            }
            if text.contains("disk_import") {
                reading = Some(call.over);
            }
        } else if call.is(SAYS) && (text.contains("\"HTTP/1.1 2") || text.contains("{\\\"yes\\\"")) {
            if let Some((mode, since)) = heard.remove(to) {
                found.push((mode, since, call.begun, text.to_owned()));
            }
        } else if call.is(NAMES) {
            let list = text
                .split('"')
                .find_map(|part| part.find("LIST_").map(|at| part[at..].to_owned()));
            let base = list.and_then(|name| name.split_once(".jsonl").map(|(base, _)| base.to_owned()));
            if let Some(base) = base {
                let put = call.is(&["rename", "renameat", "renameat2", "link", "linkat"]);
                let receipt = put && text.contains(".receipt.jsonl\"");
                let away = put && text.contains("done") && !text.contains("receipt");
                if put && !claimed.contains_key(&base) {
                    claimed.insert(base, call.begun);
                } else if receipt || away {
                    found.push(("frontend", claimed[&base], call.begun, text.to_owned()));
                }
            }
            if text.contains(".receipt.txt") && !text.contains("O_RDONLY") && !call.is(&["openat"]) {
                let since = reading.expect("nobody asked for it");
                found.push(("disk", since, call.begun, text.to_owned()));
            }
        }
    }
    found
}

/// Acknowledgements before which the journal was not written and then made durable since they were asked for.
fn hasty(calls: &[Call]) -> Vec<String> {
    let journal = |names| {
        calls
            .iter()
            .filter(move |c| c.is(names) && c.well && c.is_about_journal())
    };
    let durable = |since: usize, until: usize| {
        let mut writes = journal(WRITES).filter(|w| w.begun > since && w.over < until);
        writes.any(|w| journal(SYNCS).any(|s| s.begun > w.over && s.over < until))
    };
    acknowledged(calls)
        .into_iter()
        .filter(|(_, since, at, _)| !durable(*since, *at))
        .map(|(mode, since, at, text)| format!("{mode}, asked in line {since}, acknowledged in line {at}: {text}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn before_each_acknowledgement_of_every_mode_the_journal_is_synced() {
    let play = Play::begin(4).await;
    let trace = play.stage.dir.join("trace");
    let which = "trace=read,recvfrom,recvmsg,readv,write,pwrite64,writev,pwritev,sendto,sendmsg,fsync,fdatasync,\
                 rename,renameat,renameat2,link,linkat,openat";
    let out = trace.to_str().unwrap();
    let strace = [
        "strace",
        "-D",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-s",
        "96",
        "-e",
        which,
        "-o",
        out,
    ];
    let mut node = Node::spawn_under(&strace, Path::new(crate::play::NODE), &play.stage)
        .expect("strace is needed: apt-get install strace");
    node.ready(&play.line, crate::play::LONG, &*play.stage.clock)
        .await
        .unwrap();
    play.people.want_list();
    assert_right(&play.settle().await);
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    let trace = std::fs::read_to_string(&trace).unwrap();
    let calls = calls(&trace);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (mode, ..) in acknowledged(&calls) {
        *seen.entry(mode).or_default() += 1;
    }
    println!("{seen:?} of {} calls", calls.len());
    assert_eq!(
        seen.keys().copied().collect::<Vec<_>>(),
        ["disk", "frontend", "link", "manual"],
        "every mode was seen to acknowledge"
    );
    assert!(seen["link"] >= 4 && seen["frontend"] >= 2, "{seen:?}");
    let hasty = hasty(&calls);
    assert!(hasty.is_empty(), "{}", hasty.join("\n"));
}

/// What the test above looks for is seen where it is, also where two threads are told of in turns.
#[test]
fn an_answer_before_the_journal_is_synced_is_seen() {
    let seg = "15</d/journal/1.seg>";
    let ask = r#"7 recvfrom(9<TCP:[1]>, "POST /v1/cases HTTP/1.1"..., 8192, 0, NULL, NULL) = 300"#;
    let write = format!("8 write({seg}, \"x\", 1) = 1");
    let sync = format!("8 fdatasync({seg}) = 0");
    let say = r#"7 sendto(9<TCP:[1]>, "HTTP/1.1 200 OK"..., 200, 0, NULL, 0) = 200"#;
    let half = format!("8 fdatasync({seg} <unfinished ...>");
    let rest = "8 <... fdatasync resumed>) = 0";
    let failed = format!("8 fdatasync({seg}) = -1 EIO (Input/output error)");
    let cases: [(&[&str], usize); 7] = [
        (&[ask, &write, &sync, say], 0),
        (&[ask, &write, &half, rest, say], 0),
        (&[ask, &write, &half, say, rest], 1),
        (&[ask, &write, say, &sync], 1),
        (&[ask, &write, &failed, say], 1),
        (&[&write, &sync, ask, say], 1),
        (&[ask, &sync, &write, say], 1),
    ];
    for (lines, wrong) in cases {
        let calls = calls(&lines.join("\n"));
        assert_eq!(acknowledged(&calls).len(), 1, "{lines:?}");
        assert_eq!(hasty(&calls).len(), wrong, "{lines:?}");
    }
}
