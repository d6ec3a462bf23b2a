//! Many clerks at one node, over the wire: races for one task, lines that are cut while somebody types, a long queue.
//!
//! `TANGHULU_RACES=n` runs n races (the long form was run with 5,000), `TANGHULU_CUTS=n` cuts n lines (1,000),
//! `TANGHULU_TASKS=n` opens n tasks (100,000) and `TANGHULU_CLERKS=n` lets n clerks work (200), for `TANGHULU_SECONDS`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod agreed;
mod client;
mod day;
mod desk;

use client::{Answer, Client, hidden};
use desk::Desk;
use std::collections::BTreeMap;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn count(name: &str, short: u64) -> u64 {
    std::env::var(name).map_or(short, |n| n.parse().unwrap())
}

fn names(n: u64) -> Vec<String> {
    (1..=n).map(|n| format!("clerk-{n}")).collect()
}

/// Worksheets that are free, as the queue lists them: they come before the forms of their results.
fn free(client: &mut Client) -> Vec<String> {
    let page = client.get("/console").body;
    let free = page.split("<h2>可领取</h2>").nth(1).unwrap_or_default();
    let free = free.split("</section>").next().unwrap_or_default();
    let links = free.split("href=\"/console/task/").skip(1);
    let tasks = links.filter_map(|rest| rest.split('"').next().map(str::to_owned));
    // What goes out is numbered from 2^40 on.
    tasks.filter(|task| task.len() > 12).collect()
}

/// Two say the same of one task at the same instant; what each was answered.
fn at_once(one: &mut Client, two: &mut Client, say: impl Fn(&mut Client) -> u16 + Sync) -> (u16, u16) {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let go = |client| {
            let (barrier, say) = (&barrier, &say);
            scope.spawn(move || {
                barrier.wait();
                say(client)
            })
        };
        let (first, second) = (go(one), go(two));
        (first.join().unwrap(), second.join().unwrap())
    })
}

/// Of two who claim, or send, exactly one is accepted; the other one is told who, and loses nothing.
#[test]
fn of_two_who_take_or_send_one_task_exactly_one_is_accepted() {
    let races = count("TANGHULU_RACES", 30);
    let desk = Desk::open(races, &names(2));
    let (mut one, mut two) = (desk.clerk("clerk-1"), desk.clerk("clerk-2"));
    desk.until_free(&mut one, 2 * races);
    let (mut done, mut waiting) = (0, Vec::new());
    while done < races {
        if waiting.is_empty() {
            waiting = free(&mut one);
        }
        let task = waiting.pop().unwrap_or_else(|| panic!("{done} of {races}"));
        let path = format!("/console/task/{task}");
        let claimed = at_once(&mut one, &mut two, |client| {
            client.post(&format!("{path}/claim"), &[]).status
        });
        assert_eq!(claimed, (303, 303), "whoever is late sees the page, read only");
        let mine = [&mut one, &mut two].map(|client| client.get(&path).body.contains("id=\"sheet\""));
        assert!(mine[0] != mine[1], "{task}: exactly one has it");
        // The one who has it, in two windows, with two numbers.
        let holder = if mine[0] { &mut one } else { &mut two };
        let mut second = holder.window();
        for window in [&mut *holder, &mut second] {
            assert_eq!(window.get(&path).status, 200);
        }
        let sent = at_once(holder, &mut second, |client| {
            let (once, number) = (client.once.clone(), format!("A-{}", &client.once[..8]));
            let fields = [
                ("once", once.as_str()),
                ("a.number", &number),
                ("a.again", &number),
                ("seen", ""),
            ];
            client.post(&format!("{path}/keyed"), &fields).status
        });
        let mut sent = [sent.0, sent.1];
        sent.sort_unstable();
        assert_eq!(sent, [303, 409], "{task}: one is accepted, the other sees what stands");
        done += 1;
    }
    let balance = desk.bench.answer(&["balance"]);
    assert_eq!(balance["unexplained"], 0, "{balance}");
    assert_eq!(
        (&balance["total"]["opened"], &balance["total"]["booked"]),
        (&races.into(), &races.into()),
        "{balance}"
    );
    assert!(free(&mut one).is_empty());
    eprintln!("{races} races for a claim and as many for an answer: one accepted in each");
}

/// What was acknowledged as kept is there after any cut of the line, and after the node was killed.
#[test]
fn what_was_typed_survives_a_cut_line_and_a_killed_node() {
    let cuts = count("TANGHULU_CUTS", 24);
    let mut desk = Desk::open(1, &names(1));
    let mut clerk = desk.clerk("clerk-1");
    desk.until_free(&mut clerk, 2);
    let task = free(&mut clerk).remove(0);
    let path = format!("/console/task/{task}");
    assert_eq!(clerk.post(&format!("{path}/claim"), &[]).status, 303);
    clerk.get(&path);
    // What was acknowledged last, and what was sent after it and nobody heard of.
    let (mut kept, mut unheard, mut killed) = (String::new(), Vec::new(), 0);
    let (draft, once) = (format!("{path}/draft"), clerk.once.clone());
    for n in 1..=cuts {
        let text = format!("GS-{n}-{}", "7".repeat(usize::try_from(n % 40).unwrap()));
        let (turn, later) = ((2 * n).to_string(), (2 * n + 1).to_string());
        let fields = |text, turn| {
            [
                ("once", once.as_str()),
                ("turn", turn),
                ("a.number", text),
                ("a.again", ""),
            ]
        };
        match n % 3 {
            // Kept, and then the next one is cut somewhere in its midst.
            0 | 1 => {
                assert_eq!(clerk.post(&draft, &fields(&text, &turn)).status, 303);
                kept.clone_from(&text);
                let next = format!("{text}8");
                clerk.cut(&draft, &fields(&next, &later), usize::try_from(n * 37 % 500).unwrap());
                unheard = vec![next];
            }
            // Nobody hears the answer: the node is killed over it.
            _ if n % 12 == 2 => {
                let (mut other, whole) = (clerk.window(), text.clone());
                let fields = fields(&text, &turn).map(|(name, text)| (name, text.to_owned()));
                let to = draft.clone();
                let sender = thread::spawn(move || {
                    let fields = fields.each_ref().map(|(name, text)| (*name, text.as_str()));
                    other.try_post(&to, &fields).is_ok_and(|said| said.status == 303)
                });
                thread::sleep(Duration::from_micros(n * 53 % 3_000));
                desk.kill();
                killed += 1;
                if sender.join().unwrap() {
                    (kept, unheard) = (whole, Vec::new());
                } else {
                    unheard.push(whole);
                }
                clerk = desk.clerk("clerk-1");
            }
            _ => {
                clerk.cut(&draft, &fields(&text, &turn), usize::try_from(n * 53 % 400).unwrap());
                unheard.push(text.clone());
            }
        }
        let page = clerk.get(&path).body;
        let number = hidden_number(&page);
        // Cut before its end it has no effect; whole, it may have had one that nobody heard of.
        assert!(
            number == kept || unheard.contains(&number),
            "{n}: {number:?}, kept was {kept:?}"
        );
    }
    eprintln!("{cuts} lines were cut, the node killed {killed} times: nothing that was kept is gone");
}

fn hidden_number(page: &str) -> String {
    hidden(page, "a.number").unwrap_or_else(|| panic!("{page}"))
}

/// Pages of a long queue, asked for by many clerks at once. Sizes are bounds; times are printed, for the table of the
/// reliability report.
#[test]
fn many_clerks_work_at_a_long_queue() {
    let (tasks, clerks) = (count("TANGHULU_TASKS", 150), count("TANGHULU_CLERKS", 4));
    let seconds = count("TANGHULU_SECONDS", 2);
    let desk = Desk::open(tasks / 2, &names(clerks));
    desk.account("boss", "supervisor");
    let mut first = desk.clerk("clerk-1");
    let begun = Instant::now();
    desk.until_free(&mut first, tasks);
    eprintln!("{tasks} tasks laid out {:?} after the node was there", begun.elapsed());
    let sessions: Vec<Mutex<Client>> = names(clerks).iter().map(|name| Mutex::new(desk.clerk(name))).collect();
    let (sessions, times) = (
        Arc::new(sessions),
        Arc::new(Mutex::new(BTreeMap::<&str, Vec<Duration>>::new())),
    );
    let boss = Arc::new(Mutex::new(desk.clerk("boss")));
    // Forty requests a second, whoever they are of.
    let (every, until) = (Duration::from_millis(25), Instant::now() + Duration::from_secs(seconds));
    let mut due = Instant::now();
    thread::scope(|scope| {
        let mut n = 0_usize;
        while Instant::now() < until {
            let (sessions, times, boss) = (sessions.clone(), times.clone(), boss.clone());
            scope.spawn(move || {
                let turn = n / sessions.len();
                let mut client = if n % 50 == 49 {
                    boss.lock().unwrap()
                } else {
                    sessions[n % sessions.len()].lock().unwrap()
                };
                let (what, said, took) = if n % 50 == 49 {
                    timed("team", || client.get("/console/team"))
                } else {
                    step(&mut client, turn)
                };
                assert!(
                    matches!(said.status, 200 | 303),
                    "{what}: {} {}",
                    said.status,
                    said.body
                );
                assert!(said.body.len() < 150 << 10, "{what}: {} bytes", said.body.len());
                times.lock().unwrap().entry(what).or_default().push(took);
            });
            n += 1;
            due += every;
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    });
    for (what, times) in times.lock().unwrap().iter_mut() {
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100];
        eprintln!(
            "{what:8} {:5} times, p50 {:?}, p95 {:?}, worst {:?}",
            times.len(),
            at(50),
            at(95),
            at(100)
        );
    }
}

fn timed(what: &'static str, ask: impl FnOnce() -> Answer) -> (&'static str, Answer, Duration) {
    let begun = Instant::now();
    let said = ask();
    (what, said, begun.elapsed())
}

/// What a clerk does next: look at the queue, take the next task, look at it, keep what is typed.
fn step(client: &mut Client, turn: usize) -> (&'static str, Answer, Duration) {
    let mine = |page: &str| {
        let mine = page.split("<h2>我的</h2>").nth(1)?;
        let task = mine.split("href=\"/console/task/").nth(1)?.split('"').next()?;
        Some(format!("/console/task/{task}"))
    };
    if turn % 4 == 1 {
        return timed("next", || client.post("/console/next", &[]));
    }
    let queue = timed("queue", || client.get("/console"));
    match mine(&queue.1.body) {
        Some(path) if turn % 4 == 2 => timed("task", || client.get(&path)),
        Some(path) if turn % 4 == 3 => timed("draft", || {
            client.post(&format!("{path}/draft"), &[("a.number", "GS-1")])
        }),
        _ => queue,
    }
}
