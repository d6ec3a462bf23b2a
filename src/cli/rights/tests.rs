#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::args::Cli;
use crate::testing::{Fake, call, no};
use clap::{CommandFactory, Parser};
use std::collections::BTreeSet;

/// What a verb needs: a right, or no node at all.
#[derive(Debug, PartialEq)]
enum Needs {
    Right(Action),
    /// It reads files, or is the process: the operating system's rights decide.
    Files,
}

use Action::{Accounts, Carry, Keep, Key, Look, Map, Reveal, Review, Settle, Supervise, Verify, Vouch};
use Needs::{Files, Right};

const PRINT: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Every verb with a call of it.
fn calls() -> Vec<(String, Needs)> {
    let trust = format!("channel trust aic --fingerprint {PRINT}");
    let rows = vec![
        ("demo", Files),
        ("run", Files),
        ("check --offline", Files),
        ("preview aic f.csv", Files),
        ("flow", Files),
        ("oneform nowhere.toml", Files),
        ("ledger restore /b", Files),
        ("ledger verify", Files),
        ("case 1", Right(Look)),
        ("case 1 --reveal why", Right(Reveal)),
        ("why 1", Right(Look)),
        ("queue list", Right(Look)),
        ("queue show t1", Right(Look)),
        ("queue claim t1", Right(Key)),
        ("queue complete t1 --acceptance A", Right(Key)),
        ("queue refuse t1 --reason why", Right(Key)),
        ("queue not-keyed t1 --reason why", Right(Key)),
        ("queue verify t1", Right(Verify)),
        ("queue verify t1 --field a=b", Right(Verify)),
        ("queue decide t1 --field a=b --reason why", Right(Verify)),
        ("queue back t1 --reason why", Right(Verify)),
        ("queue release t1", Right(Verify)),
        ("queue assign t1 --to x --reason why", Right(Supervise)),
        ("queue rank t1 -1 --reason why", Right(Supervise)),
        ("queue stats", Right(Look)),
        ("queue forecast --clerks 2", Right(Supervise)),
        ("refused list", Right(Look)),
        ("refused show a1", Right(Look)),
        ("refused retry a1 --reason why", Right(Settle)),
        ("refused edit a1 --set x=y --reason why", Right(Settle)),
        ("refused drop a1 --reason why", Right(Settle)),
        ("codes unmapped", Right(Look)),
        ("codes map t c d --reason why", Right(Map)),
        ("reviews list", Right(Look)),
        ("reviews show r1", Right(Look)),
        ("reviews ask 1 ent_name --dept aic --reason why", Right(Review)),
        ("reviews confirm r1 --reason why", Right(Review)),
        ("unsettled list", Right(Look)),
        ("settle 1 aic.name booked --reason why", Right(Settle)),
        ("receipts", Right(Look)),
        ("balance", Right(Look)),
        ("collect aic", Right(Carry)),
        ("deliver aic", Right(Carry)),
        ("disk export aic --to /m", Right(Carry)),
        ("disk import /m", Right(Carry)),
        ("disk inspect /m", Right(Look)),
        ("disk log", Right(Look)),
        ("disk log d1 --returned", Right(Carry)),
        ("disk slip d1 --to /s", Right(Look)),
        ("disk remind --to /s", Right(Look)),
        ("disk cancel d1 --reason why", Right(Carry)),
        ("channel take-over aic --reason why", Right(Keep)),
        (trust.as_str(), Right(Vouch)),
        ("ledger stats", Right(Look)),
        ("ledger rebuild", Right(Keep)),
        ("ledger archive --before 2026-01-01 --to /a", Right(Keep)),
        ("ledger erase 1 --reason why", Right(Keep)),
        ("ledger backup --to /b", Right(Keep)),
        // It looks what is known first; the order itself is judged below.
        ("ledger resume --reason why", Right(Look)),
        ("user list", Right(Accounts)),
        ("user add x --role clerk", Right(Accounts)),
        ("user passwd x", Right(Accounts)),
        ("user roles x --role clerk", Right(Accounts)),
        ("user disable x", Right(Accounts)),
    ];
    rows.into_iter().map(|(call, needs)| (call.to_owned(), needs)).collect()
}

/// The verbs that have none below them.
fn leaves(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
    let mut below = command.get_subcommands().peekable();
    if below.peek().is_none() {
        found.insert(path.trim().to_owned());
    }
    for verb in below {
        leaves(verb, &format!("{path} {}", verb.get_name()), found);
    }
}

#[test]
fn every_verb_stands_in_the_table() {
    let mut verbs = BTreeSet::new();
    leaves(&Cli::command(), "", &mut verbs);
    let called = |verb: &String| {
        calls()
            .iter()
            .any(|(call, _)| call == verb || call.starts_with(&format!("{verb} ")))
    };
    let without: Vec<&String> = verbs.iter().filter(|verb| !called(verb)).collect();
    assert!(without.is_empty(), "which right do they need? {without:?}");
}

#[test]
fn every_verb_asks_for_what_the_table_says() {
    for (words, needs) in calls() {
        let host = Fake::refusing(no());
        let typed = ["tanghulu"].into_iter().chain(words.split_whitespace());
        Cli::try_parse_from(typed).unwrap_or_else(|error| panic!("{words}: {error}"));
        call(&host, &words);
        let asked = host.asked().first().map(action);
        let ordered = !host.ordered.lock().unwrap().is_empty();
        let needed = match (asked, ordered) {
            (Some(action), false) => Right(action),
            (None, true) => Right(Accounts),
            _ => Files,
        };
        assert_eq!(needed, needs, "{words}");
    }
    let resume = Request::LedgerResume {
        reason: String::new(),
        nothing_lost: false,
    };
    assert_eq!(action(&resume), Keep);
}
