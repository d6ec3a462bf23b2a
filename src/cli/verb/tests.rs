//! What every verb prints, in both languages and as JSON, from sample replies; and what it asks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::host::{CheckReport, Preview, PreviewRow, Refusal, ScheduleLine};
use crate::testing::{Fake, call, call_in, no, unreachable};
use engine::verb::{Reply, Request};
use engine::view::ChannelLine;
use model::{Code, Finding, Mode};
use samples::{CASE_NO, NINE};
use serde_json::Value;
use std::path::Path;

mod disks;
pub(crate) mod samples;

/// The three looks of an answer, in one snapshot.
fn looks(name: &str, host: &Fake, line: &str) {
    looks_in(name, host, line, Path::new("/nowhere"), |text| text);
}

fn looks_in(name: &str, host: &Fake, line: &str, here: &Path, hide: impl Fn(String) -> String) {
    let mut all = String::new();
    for option in ["--lang zh", "--lang en", "--json"] {
        let outcome = call_in(host, &format!("{line} {option}"), here);
        all.push_str(&format!("=== {option}: exit {}\n{}", outcome.code, outcome.out));
        if !outcome.err.is_empty() {
            all.push_str(&format!("--- stderr\n{}", outcome.err));
        }
    }
    snap(name, hide(all));
}

/// A host that knows the nine blocks.
fn drawing() -> Fake {
    let flow = serde_json::from_value(samples::flow()).unwrap();
    let mut host = Fake::refusing(no());
    host.flow = Ok(flow);
    host
}

fn snap(name: &str, text: String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn replies_look_right() {
    let one = format!("case {CASE_NO}");
    let why = format!("why {CASE_NO}");
    for (name, reply, line) in [
        ("case", samples::case(), one.as_str()),
        ("why", samples::why(), why.as_str()),
        ("queue_list", samples::tasks(), "queue list"),
        ("queue_show_worksheet", samples::worksheet(), "queue show t17"),
        ("queue_show_form", samples::form(), "queue show t17"),
        ("queue_claim", samples::claimed(), "queue claim t17"),
        ("done", samples::done(), "queue complete t17 --acceptance X"),
        ("refused_list", samples::refused(), "refused list"),
        ("refused_show", samples::refused_one(), "refused show b7:3"),
        ("codes_unmapped", samples::codes(), "codes unmapped"),
        (
            "codes_proposed",
            samples::mapped(false),
            "codes map ent_type 199 159 --reason x",
        ),
        (
            "codes_confirmed",
            samples::mapped(true),
            "codes map ent_type 199 159 --reason x",
        ),
        ("case_parked", samples::case_parked(), one.as_str()),
        ("case_reviewed", samples::case_reviewed(), one.as_str()),
        ("reviews_list", samples::reviews(), "reviews list --all"),
        ("reviews_show", samples::review_one(1), "reviews show r4"),
        (
            "reviews_confirm",
            samples::review_one(2),
            "reviews confirm r5 --reason x",
        ),
        ("reviews_in_queue", samples::review_in_queue(), "queue show r3"),
        (
            "reviews_ask",
            samples::reviews_asked(1),
            "reviews ask 1 reg_capital --dept ltax --reason x",
        ),
        (
            "reviews_ask_again",
            samples::reviews_asked(0),
            "reviews ask 1 reg_capital --dept ltax --reason x",
        ),
        ("unsettled_list", samples::unsettled(), "unsettled list"),
        ("receipts", samples::receipts(), "receipts"),
        ("disk_log", samples::disks(), "disk log"),
        ("balance", samples::balance(0), "balance"),
        ("balance_unexplained", samples::balance(-2), "balance"),
        ("collect", samples::batches("accepted", 0), "collect ltax"),
        ("collect_left", samples::held_back(), "collect ltax"),
        ("collect_refused", samples::batches("refused", 10), "collect ltax x.csv"),
        ("deliver", samples::batches("handed_over", 0), "deliver ltax"),
        (
            "disk_export",
            samples::batches("handed_over", 0),
            "disk export ntax --to /stick",
        ),
        ("disk_import", samples::batches("accepted", 2), "disk import /stick"),
        ("take_over", samples::done(), "channel take-over ltax --reason gone"),
        ("ledger_rebuild", samples::done(), "ledger rebuild"),
        ("ledger_stats", samples::stats(), "ledger stats"),
        ("ledger_stats_kept", samples::stats_kept(), "ledger stats"),
        ("ledger_backup", samples::backup(), "ledger backup --to /b"),
        ("ledger_doubt", samples::doubt(), "ledger resume"),
        ("balance_doubted", samples::in_doubt(samples::balance(0)), "balance"),
        ("why_doubted", samples::in_doubt(samples::why()), why.as_str()),
    ] {
        looks(name, &Fake::saying(reply), line);
    }
    looks("flow", &drawing(), "flow");
}

#[test]
fn help_is_short_and_in_both_languages() {
    let host = Fake::refusing(no());
    let all = ["--help", "queue --help", "refused retry --help"].map(|line| call(&host, line).out);
    snap("help", all.join("\n=====\n"));
}

/// What a line asks of the node, and in whose name.
fn asks(line: &str, request: Request) {
    let host = Fake::refusing(no());
    call_in(&host, &format!("{line} --as 张三 --config /conf"), Path::new("/here"));
    let asked = host.asked.lock().unwrap().clone();
    let expected = vec![(request, Some("张三".to_owned()), "/conf".into())];
    assert_eq!(asked, expected, "{line}");
}

#[test]
fn nothing_is_said_in_one_word() {
    let empty = serde_json::json!({ "reply": "tasks", "is": [] });
    let host = Fake::saying(empty);
    assert_eq!(call(&host, "queue list").out, "没有\n");
    assert_eq!(call(&host, "queue list --lang en").out, "nothing\n");
    assert_eq!(call(&host, "queue list --json").out, "[]\n");
}

#[test]
fn refusals_look_right() {
    looks("refusal_no", &Fake::refusing(no()), "queue show t404");
    looks("refusal_unreachable", &Fake::refusing(unreachable()), "balance");
    let placed = Finding::new(Code::LDamaged)
        .file("head")
        .byte(4)
        .with("place", "head")
        .with("detail", "head");
    looks("refusal_placed", &Fake::refusing(Refusal::No(placed)), "balance");
}

/// A configuration with an unknown key, as the loader sees it.
fn broken() -> settings::Loaded {
    let mut files = settings::Embedded::default();
    files.put("tanghulu.toml", b"[node]\nnam = \"x\"\n".to_vec());
    files.put("dictionary.toml", Vec::new());
    let today = settings::Today {
        date: jiff::civil::date(2026, 3, 2),
        offline: true,
    };
    settings::load_from(&files, &crate::local::AnyChannel, today)
}

#[test]
fn a_wrong_configuration_is_shown_with_its_lines() {
    let loaded = broken();
    let refusal = Refusal::Config {
        diagnostics: loaded.diagnostics,
        sources: loaded.sources,
    };
    looks("refusal_config", &Fake::refusing(refusal), "balance");
}

#[test]
fn check_lists_channels_and_turns() {
    let line = |channel: &str, mode, finding: Option<Finding>| ChannelLine {
        dept: "park".to_owned(),
        channel: channel.to_owned(),
        mode,
        good: finding.is_none(),
        finding,
        trusted: (mode == Mode::Frontend).then(|| engine::view::TrustedLine {
            fingerprint: "SHA256:new".to_owned(),
            instead_of: "SHA256:old".to_owned(),
            by: "张三".to_owned(),
            at: samples::NINE,
        }),
    };
    let schedule = |way: &str, next: &[&str]| ScheduleLine {
        dept: "park".to_owned(),
        channel: "link".to_owned(),
        way: way.to_owned(),
        next: next.iter().map(|n| (*n).to_owned()).collect(),
    };
    let down = Finding::new(Code::CUnreachable)
        .with("endpoint", "park.example:8443")
        .with("detail", "refused");
    let mut host = Fake::refusing(no());
    host.check = CheckReport {
        channels: vec![
            line("link", Mode::Link, Some(down)),
            line("frontend", Mode::Frontend, None),
            line("manual", Mode::Manual, None),
        ],
        schedules: vec![
            schedule("out", &["at_once"]),
            schedule("in", &["2026-03-02 18:30", "2026-03-03 18:30"]),
        ],
        ..CheckReport::default()
    };
    looks("check", &host, "check");
    host.check.channels.remove(0);
    assert_eq!(call(&host, "check").code, 0);
    let loaded = broken();
    host.check.diagnostics = loaded.diagnostics;
    host.check.sources = loaded.sources;
    assert_eq!(call(&host, "check").code, 2);
}

fn preview(bad: u64) -> Preview {
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    Preview {
        rows: vec![PreviewRow {
            line: 1,
            before: vec![pair("业务编号", CASE_NO), pair("电话", "138****5678"), pair("备注", "")],
            after: vec![pair("rep_tel", "138****5678")],
            findings: vec![
                Finding::new(Code::EFileCount)
                    .row(1)
                    .with("declared", 2)
                    .with("found", 1),
            ],
        }],
        batch_findings: Vec::new(),
        good: 1,
        bad,
    }
}

#[test]
fn preview_shows_before_and_after() {
    let mut host = Fake::refusing(no());
    host.preview = Ok(preview(1));
    looks("preview", &host, "preview park x.csv");
    host.preview = Ok(preview(0));
    assert_eq!(call(&host, "preview park x.csv").code, 0);
}

#[test]
fn all_rows_go_to_a_file_for_one_reader_and_never_over_another() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let mut host = Fake::refusing(no());
    host.preview = Ok(preview(0));
    let outcome = call_in(&host, "preview park x.csv --all --out rows.jsonl --json", dir.path());
    assert_eq!(outcome.code, 0);
    assert!(!outcome.out.contains("138"), "rows stand in the file alone");
    let file = dir.path().join("rows.jsonl");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    let row: Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(row["line"], 1);
    let again = call_in(&host, "preview park x.csv --all --out rows.jsonl", dir.path());
    assert_eq!(again.code, 1);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn requests_say_what_was_typed() {
    let reason = || "why".to_owned();
    let pair = |a: &str, b: &str| [(a.to_owned(), b.to_owned())].into_iter().collect();
    for (line, request) in [
        (
            "case 1 --reveal why",
            Request::Case {
                case_no: "1".into(),
                reveal: Some(reason()),
            },
        ),
        (
            "collect a f.csv",
            Request::Collect {
                dept: "a".into(),
                place: Some("/here/f.csv".into()),
            },
        ),
        ("deliver a", Request::Deliver { dept: "a".into() }),
        (
            "disk export a --to m --again 7",
            Request::DiskExport {
                dept: "a".into(),
                to: "/here/m".into(),
                again: Some("7".into()),
            },
        ),
        (
            "disk import /m --dept a",
            Request::DiskImport {
                from: "/m".into(),
                dept: Some("a".into()),
                answers: None,
                past_gaps: false,
            },
        ),
        (
            "disk import f.dbf --dept a --answers SW0302A1 --past-gaps",
            Request::DiskImport {
                from: "/here/f.dbf".into(),
                dept: Some("a".into()),
                answers: Some("SW0302A1".into()),
                past_gaps: true,
            },
        ),
        (
            "disk inspect m",
            Request::DiskInspect {
                place: "/here/m".into(),
            },
        ),
        (
            "channel take-over a --reason why",
            Request::TakeOver {
                dept: "a".into(),
                reason: reason(),
            },
        ),
        (
            "channel trust a --channel f --fingerprint SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            Request::Trust {
                dept: "a".into(),
                channel: Some("f".into()),
                fingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU".into(),
            },
        ),
        (
            "queue complete t1 --field a=b=c --again a=b",
            Request::QueueComplete {
                task: "t1".into(),
                acceptance: None,
                fields: pair("a", "b=c"),
                again: pair("a", "b"),
            },
        ),
        (
            "queue not-keyed t1 --reason why",
            Request::QueueNotKeyed {
                task: "t1".into(),
                reason: reason(),
            },
        ),
        (
            "queue refuse t1 --reason why",
            Request::QueueRefuse {
                task: "t1".into(),
                reason: reason(),
            },
        ),
        (
            "refused retry --dept a --code 3004 --reason why",
            Request::RefusedRetry {
                ids: vec![],
                dept: Some("a".into()),
                code: Some("3004".into()),
                reason: reason(),
            },
        ),
        (
            "refused edit a1 --set ent_name=x --reason why",
            Request::RefusedEdit {
                id: "a1".into(),
                set: pair("ent_name", "x"),
                reason: reason(),
            },
        ),
        (
            "refused drop a1 a2 --reason why",
            Request::RefusedDrop {
                ids: vec!["a1".into(), "a2".into()],
                reason: reason(),
            },
        ),
        (
            "settle 1 a.b not-booked --reason why --attempt a7",
            Request::Settle {
                case_no: "1".into(),
                matter: "a.b".into(),
                booked: false,
                reason: reason(),
                attempt: Some("a7".into()),
                listed: false,
            },
        ),
        ("receipts --overdue", Request::Receipts { overdue: true }),
        ("codes unmapped", Request::CodesUnmapped),
        (
            "codes map t 1 2 --reason r",
            Request::CodesMap {
                table: "t".into(),
                code: "1".into(),
                canonical: "2".into(),
                reason: "r".into(),
            },
        ),
        (
            "reviews list --dept a --all",
            Request::ReviewsList {
                dept: Some("a".into()),
                all: true,
            },
        ),
        ("reviews show r3", Request::ReviewsShow { review: "r3".into() }),
        (
            "reviews ask 1 x y --dept a --reason why",
            Request::ReviewsAsk {
                case_no: "1".into(),
                items: vec!["x".into(), "y".into()],
                dept: "a".into(),
                reason: reason(),
            },
        ),
        (
            "reviews confirm r3 --reason why",
            Request::ReviewsConfirm {
                review: "r3".into(),
                reason: reason(),
            },
        ),
        ("ledger rebuild", Request::LedgerRebuild),
        ("ledger backup --to b", Request::LedgerBackup { to: "/here/b".into() }),
        ("ledger resume", Request::LedgerDoubt),
        ("ledger resume --reason why", Request::LedgerDoubt),
    ] {
        asks(line, request);
    }
}

#[test]
fn a_field_that_stands_twice_is_not_guessed() {
    let host = Fake::saying(samples::done());
    let outcome = call(&host, "queue complete t1 --field a=1 --field a=2");
    assert_eq!(outcome.code, 2);
    assert!(host.asked().is_empty());
}

/// What is known is shown before anything is done, and done it is only for a reason.
#[test]
fn a_ledger_is_trusted_after_what_is_known_was_shown() {
    let doubt: Reply = serde_json::from_value(samples::doubt()).unwrap();
    let host = Fake::with(move |request| match request {
        Request::LedgerDoubt => Ok(doubt.clone()),
        _ => Ok(Reply::Done { count: 3 }),
    });
    looks("ledger_resume", &host, "ledger resume --reason why");
    looks(
        "ledger_resume_as_it_is",
        &host,
        "ledger resume --reason why --nothing-lost",
    );
    let asked = host.asked();
    let resume = |nothing_lost| Request::LedgerResume {
        reason: "why".into(),
        nothing_lost,
    };
    assert_eq!(asked[..2], [Request::LedgerDoubt, resume(false)]);
    assert_eq!(asked[asked.len() - 1], resume(true));
    assert_eq!(
        call(&host, "ledger resume --nothing-lost").code,
        2,
        "not without a reason"
    );
}

#[test]
fn another_kind_of_reply_is_no_answer() {
    let host = Fake::saying(samples::done());
    assert_eq!(call(&host, "balance").code, 3);
    assert_eq!(call(&Fake::saying(samples::balance(0)), "queue claim t1").code, 3);
}

#[test]
fn a_manifest_is_judged_whole_before_anything_is_settled() {
    let dir = tempfile::tempdir().unwrap();
    let other = "110108202603020000027";
    std::fs::write(
        dir.path().join("m.csv"),
        format!("# 对账\n{CASE_NO},已登记\n{other}\n{CASE_NO}\n"),
    )
    .unwrap();
    std::fs::write(dir.path().join("bad.csv"), format!("{CASE_NO}\nabc\n")).unwrap();
    let refuse_other = move |request: &Request| match request {
        Request::Settle { case_no, .. } if case_no == other => Err(no()),
        _ => Ok(Reply::Done { count: 1 }),
    };
    let host = Fake::with(refuse_other);
    let line = "settle - a.b booked --reason r --manifest";
    assert_eq!(call_in(&host, &format!("{line} bad.csv"), dir.path()).code, 2);
    assert!(host.asked().is_empty());
    assert_eq!(call_in(&host, &format!("{line} m.csv --json"), dir.path()).code, 1);
    assert_eq!(host.asked().len(), 2, "a number that stands twice is settled once");
    looks_in("settle_manifest", &host, &format!("{line} m.csv"), dir.path(), |t| t);
}

#[test]
fn the_ledger_is_verified_without_node_and_key() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir_all(data.join("journal")).unwrap();
    std::fs::create_dir(dir.path().join("config")).unwrap();
    std::fs::write(
        dir.path().join("config/tanghulu.toml"),
        "[node]\ndata_dir = \"../data\"\n",
    )
    .unwrap();
    let host = Fake::refusing(unreachable());
    assert_eq!(call_in(&host, "ledger verify", dir.path()).code, 1, "no journal there");
    write_journal(&data.join("journal"));
    let good = call_in(&host, "ledger verify --json", dir.path());
    assert_eq!(good.code, 0, "{good:?}");
    let report: Value = serde_json::from_str(&good.out).unwrap();
    assert_eq!(
        (&report["intact"], &report["entries"]),
        (&Value::Bool(true), &Value::from(2))
    );
    let segment = data.join("journal").join(format!("{:020}.seg", 1));
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let bad = call_in(&host, "ledger verify --json", dir.path());
    assert_eq!(bad.code, 1);
    let report: Value = serde_json::from_str(&bad.out).unwrap();
    assert!(report["damages"].as_u64().unwrap() > 0);
    assert!(host.asked().is_empty(), "no node was asked");
    let hide = |text: String| text.replace(&dir.path().display().to_string(), "DIR");
    let bad = call_in(&host, "ledger verify --lang en", dir.path());
    assert!(hide(bad.out.clone()).starts_with("damaged\n"), "{}", bad.out);
    assert!(bad.out.contains(&format!("{:020}.seg byte ", 1)), "{}", bad.out);
}

fn write_journal(dir: &Path) {
    use std::sync::Arc;
    let storage = Arc::new(seams::DirStorage::open(dir).unwrap());
    let key = journal::NodeKey::from_bytes([7; 32]);
    let rng = Arc::new(seams::SeededRng::new(1));
    let (suite, limits) = (journal::Suite::Sha256, journal::Limits::default());
    let mut log = journal::Journal::create(storage, &key, suite, limits, rng).unwrap();
    for n in 0..2u8 {
        let entry = journal::NewEntry {
            kind: 1,
            key: &[n],
            body: &[n; 100],
        };
        log.commit(i64::from(n) + NINE, &[entry]).unwrap();
    }
    log.close().unwrap();
}

#[test]
fn the_drawing_is_written_where_asked() {
    let dir = tempfile::tempdir().unwrap();
    let outcome = call_in(&drawing(), "flow --svg out.svg", dir.path());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(
        std::fs::read_to_string(dir.path().join("out.svg"))
            .unwrap()
            .starts_with("<svg")
    );
}

/// A department's words may hold marks that turn what is read: in every form of an answer they are seen.
#[test]
fn no_answer_holds_a_mark_that_turns_what_is_read() {
    let mut reply = samples::batches("refused", 1);
    let finding = serde_json::json!({ "code": "E_OTHER", "args": [["detail", "已办结\u{202E}结办未\u{061C}"]] });
    reply["is"][0]["findings"] = serde_json::json!([finding]);
    reply["is"][0]["name"] = "a\u{2066}b.csv".into();
    let refused = Refusal::No(Finding::new(Code::EOther).with("detail", "x\u{202E}y"));
    for (host, words) in [
        (Fake::saying(reply), ["202E", "061C", "2066"].as_slice()),
        (Fake::refusing(refused), &["202E"]),
    ] {
        for option in ["--lang zh", "--lang en", "--json"] {
            let outcome = call(&host, &format!("collect ltax {option}"));
            let text = outcome.out + &outcome.err;
            assert!(!text.contains(model::visible::turns), "{option}: {text}");
            for word in words {
                assert!(text.to_ascii_uppercase().contains(word), "{option} {word}: {text}");
            }
        }
    }
}
