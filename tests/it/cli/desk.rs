//! A clerk's and an operator's day on a small ledger: departments are out of reach, tasks wait, rows are refused, a disk
//! goes out and nobody answers for it. Each verb is seen in the state it is made for, and in one where it must refuse.

mod medium;

use super::daemon::{Daemon, until};
use super::normal::Normal;
use super::say::{Said, ask, forms, golden, golden_once};
use departments::cases;
use departments::play::{self, Endpoints, config};
use departments::poster::Poster;
use seams::{Clock, SystemClock, TokioSpawn};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The case that is worked through; its park does not answer.
const FIRST: u32 = 1;
/// One without a park, for the disk.
const DISK: u32 = 5;
/// One more of these.
const OTHER: u32 = 15;
/// A representative whose name GBK lacks, without a park.
const RARE: u32 = 11;

/// A node with nobody around it.
struct Desk {
    dir: TempDir,
    config: PathBuf,
    medium: PathBuf,
    normal: Normal,
    clock: Arc<dyn Clock>,
    runtime: Runtime,
    nonce: u64,
}

/// Writes a configuration whose departments were there once: their addresses are real, and nobody listens any more.
pub(super) fn deserted(dir: &Path, clock: &Arc<dyn Clock>) {
    let runtime = Runtime::new().unwrap();
    let spawn = Arc::new(TokioSpawn::new(runtime.handle().clone()));
    let endpoints: Endpoints = runtime.block_on(async {
        let world = play::open(dir, 1, clock.clone(), spawn.clone()).await.unwrap();
        world.endpoints("127.0.0.1:0")
    });
    // With it end the servers that were started on it.
    drop(runtime);
    config::write(dir, &endpoints).unwrap();
    config::keep(&dir.join("config"), &config::SPINE).unwrap();
}

fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{}: {from} is not in it: {text}", file.display());
    fs::write(file, text.replace(from, to)).unwrap();
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        deserted(dir.path(), &clock);
        let config = dir.path().join("config");
        // Everything at a person's word, so that each run of this day is the same.
        for dept in ["ltax", "ntax", "park"] {
            change(
                &config.join(format!("departments/{dept}.toml")),
                "every = \"1s\"",
                "on_request = true",
            );
        }
        let medium = dir.path().join("stick");
        fs::create_dir(&medium).unwrap();
        let normal = Normal::new(dir.path());
        Self {
            config,
            medium,
            normal,
            clock,
            runtime,
            nonce: 1,
            dir,
        }
    }

    fn start(&self) -> Daemon {
        Daemon::start(&self.config, &self.dir.path().join("log"))
    }

    /// Posts a case as the platform does, and waits until its first task is there.
    fn post(&mut self, daemon: &Daemon, n: u32, park: bool) {
        self.nonce += 1000;
        let poster = Poster::new(
            daemon.base.clone(),
            "bj-hub",
            config::HUB_KEY,
            self.nonce,
            self.clock.clone(),
        )
        .unwrap();
        let mut case = cases::spine_submission(n);
        case["ent_class"] = if park { "000001" } else { "000000" }.into();
        let told = self.runtime.block_on(poster.post(&case)).unwrap();
        if told.accepted() {
            self.task(n, "aic.name", "form");
        }
    }

    fn golden(&self, name: &str, line: &str, code: i32) {
        golden(&format!("desk_{name}"), &self.config, &words(line), code, &self.normal);
    }

    fn once(&self, name: &str, line: &str, code: i32) {
        golden_once(&format!("desk_{name}"), &self.config, &words(line), code, &self.normal);
    }

    fn good(&self, line: &str) -> Said {
        let said = ask(&self.config, &words(line));
        assert_eq!(said.code, 0, "{line}: {said:?}");
        said
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.good(&format!("{line} --json")).out).unwrap()
    }

    /// The number of a task, once it is there.
    fn task(&self, n: u32, matter: &str, kind: &str) -> String {
        let no = cases::case_no(n);
        until(&format!("task {no} {matter} {kind}"), || {
            let tasks = self.json("queue list");
            let mut tasks = tasks.as_array().unwrap().iter();
            let task = tasks.find(|t| t["case_no"] == no.as_str() && t["matter"] == matter && t["kind"] == kind)?;
            Some(task["task"].as_str().unwrap().to_owned())
        })
    }

    /// Waits until a matter of a case waits for this.
    fn waits(&self, n: u32, matter: &str, what: &str) {
        let line = format!("why {}", cases::case_no(n));
        until(&format!("{line}: {matter} for {what}"), || {
            let why = self.json(&line);
            let found = why["lines"]
                .as_array()
                .unwrap()
                .iter()
                .any(|l| l["matter"] == matter && l["waits_for"] == what);
            found.then_some(())
        });
    }

    /// Keys a matter in and enters its decision.
    fn grant(&self, n: u32, matter: &str) {
        let sheet = self.task(n, matter, "worksheet");
        self.good(&format!("queue claim {sheet} --as 张三"));
        self.good(&format!(
            "queue complete {sheet} --acceptance SL-{n}-{matter} --as 张三"
        ));
        let form = self.task(n, matter, "form");
        self.good(&format!("queue claim {form} --as 张三"));
        self.good(&format!("queue complete {form} {} --as 张三", decision(n, matter)));
    }
}

/// What stands on the paper that a clerk brings back.
fn decision(n: u32, matter: &str) -> String {
    let number = if matter == "aic.name" {
        format!("name_approval_no=（京海）名称预核（内）字〔2026〕第{n:07}号")
    } else {
        format!("reg_no={}", cases::reg_no(n))
    };
    let name = cases::submission(n)["items"]["ent_name"].as_str().unwrap().to_owned();
    let more = if matter == "aic.name" {
        format!("--field ent_name={name} --field ent_name_valid_to=2026-09-01")
    } else {
        "--field licence_issue_date=2026-03-02 --again licence_issue_date=2026-03-02".to_owned()
    };
    format!("--field status=准予 --field date=2026-03-02 --field {number} --again {number} {more}")
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn a_day_at_the_desk() {
    let mut desk = Desk::new();
    let daemon = desk.start();
    desk.post(&daemon, FIRST, true);
    desk.post(&daemon, 7, true);
    desk.post(&daemon, DISK, false);
    desk.post(&daemon, OTHER, false);
    desk.post(&daemon, RARE, false);
    let first = cases::case_no(FIRST);

    // What waits.
    desk.golden("queue_list", "queue list", 0);
    desk.golden("queue_list_dept", "queue list --dept ltax", 0);
    desk.golden("why", &format!("why {first}"), 0);
    desk.golden("case", &format!("case {first}"), 0);
    desk.golden("refused_list", "refused list", 0);
    desk.golden("balance", "balance", 0);
    let row = desk.json("refused list")[0]["id"].as_str().unwrap().to_owned();
    desk.golden("refused_show", &format!("refused show {row}"), 0);
    desk.golden("refused_show_unknown", "refused show a404", 1);

    worksheet(&desk);
    form(&desk);
    refusals(&desk, &row);
    disk(&desk);
    daemon.end();
    unsettled(&desk);
    let daemon = desk.start();
    let lines = [
        "balance",
        "queue list",
        "refused list",
        "unsettled list",
        "disk log",
        "receipts",
    ];
    let all = |desk: &Desk| lines.map(|line| forms(&desk.config, &words(line)));
    let served = all(&desk);
    daemon.end();
    assert_eq!(served, all(&desk), "borrowed");
    desk.good("ledger rebuild --as 张三");
    assert_eq!(served, all(&desk), "made again");
    desk.good("ledger verify");
}

/// From a task nobody holds to one that is keyed, with everything a clerk may do wrong on the way.
fn worksheet(desk: &Desk) {
    let task = desk.task(FIRST, "aic.name", "worksheet");
    desk.golden("show_masked", &format!("queue show {task}"), 0);
    desk.golden("claim_nobody", &format!("queue claim {task}"), 1);
    desk.golden("claim_stranger", &format!("queue claim {task} --as 王五"), 1);
    desk.golden("claim_unknown", "queue claim t404 --as 张三", 1);
    desk.golden(
        "complete_unclaimed",
        &format!("queue complete {task} --acceptance SL-1 --as 张三"),
        1,
    );
    desk.once("claim", &format!("queue claim {task} --as 张三 --lang zh"), 0);
    desk.once("claim_json", &format!("queue claim {task} --as 张三 --json"), 0);
    desk.golden("claim_held", &format!("queue claim {task} --as 李四"), 1);
    desk.golden(
        "complete_held",
        &format!("queue complete {task} --acceptance SL-1 --as 李四"),
        1,
    );
    desk.golden("show_held_by_another", &format!("queue show {task} --as 李四"), 0);
    desk.golden("show_held", &format!("queue show {task} --as 张三"), 0);
    desk.golden("why_held", &format!("why {}", cases::case_no(FIRST)), 0);
    desk.golden(
        "complete_without_number",
        &format!("queue complete {task} --as 张三"),
        1,
    );
    desk.golden(
        "complete_number_of_blanks",
        &format!("queue complete {task} --acceptance= --as 张三"),
        1,
    );
    desk.golden(
        "complete_twice_named",
        &format!("queue complete {task} --field a=1 --field a=2 --as 张三"),
        2,
    );
    desk.once(
        "complete",
        &format!("queue complete {task} --acceptance SL-1 --as 张三 --lang zh"),
        0,
    );
    desk.once(
        "complete_again",
        &format!("queue complete {task} --acceptance SL-1 --as 张三 --json"),
        0,
    );
    desk.golden(
        "complete_otherwise",
        &format!("queue complete {task} --acceptance SL-2 --as 张三"),
        1,
    );

    // Looked for and not there: the same is to be keyed anew.
    let task = desk.task(DISK, "aic.name", "worksheet");
    desk.good(&format!("queue claim {task} --as 张三"));
    desk.once(
        "not_keyed",
        &format!("queue not-keyed {task} --reason 查无此件 --as 张三 --lang zh"),
        0,
    );
    desk.golden(
        "not_keyed_again",
        &format!("queue not-keyed {task} --reason 查无此件 --as 张三"),
        1,
    );
    // Not taken there: a refusal, by hand.
    let task = desk.task(DISK, "aic.name", "worksheet");
    desk.good(&format!("queue claim {task} --as 张三"));
    desk.once(
        "refuse",
        &format!("queue refuse {task} --reason 对方系统不收 --as 张三 --lang en"),
        0,
    );
    desk.waits(DISK, "aic.name", "edit");
    desk.golden("why_refused", &format!("why {}", cases::case_no(DISK)), 0);
}

/// A decision on paper, entered as it should not be and as it should.
fn form(desk: &Desk) {
    let task = desk.task(FIRST, "aic.name", "form");
    desk.golden("form_show", &format!("queue show {task} --as 张三"), 0);
    desk.golden(
        "form_unclaimed_number",
        &format!("queue complete {task} --acceptance X --as 张三"),
        1,
    );
    desk.good(&format!("queue claim {task} --as 张三"));
    let number = "name_approval_no=（京海）名称预核（内）字〔2026〕第0000001号";
    for (name, fields) in [
        ("form_empty", "--field reason=x".to_owned()),
        ("form_keyed_once", format!("--field status=准予 --field {number}")),
        (
            "form_keyed_otherwise",
            format!("--field status=准予 --field {number} --again name_approval_no=别的"),
        ),
        (
            "form_word_unknown",
            format!("--field status=同意 --field {number} --again {number}"),
        ),
        (
            "form_field_unknown",
            format!("--field status=准予 --field 备注=x --field {number} --again {number}"),
        ),
        (
            "form_no_date",
            format!("--field status=准予 --field date=2026-02-30 --field {number} --again {number}"),
        ),
    ] {
        desk.golden(name, &format!("queue complete {task} {fields} --as 张三"), 1);
    }
    desk.once(
        "form",
        &format!(
            "queue complete {task} {} --as 张三 --lang zh",
            decision(FIRST, "aic.name")
        ),
        0,
    );
    desk.golden("case_named", &format!("case {}", cases::case_no(FIRST)), 0);
    desk.grant(FIRST, "aic.licence");
    // The park is out of reach.
    let park = format!("why {}", cases::case_no(FIRST));
    until("the park's trouble", || {
        let why = desk.json(&park);
        why["lines"]
            .as_array()
            .unwrap()
            .iter()
            .any(|l| l["matter"] == "park.hitech" && l["finding"].is_object())
            .then_some(())
    });
    desk.golden("why_unreachable", &park, 0);
    for n in [OTHER, RARE] {
        desk.grant(n, "aic.name");
        desk.grant(n, "aic.licence");
        desk.waits(n, "ntax.reg", "turn");
    }
}

/// What was refused, and what a person does about it.
fn refusals(desk: &Desk, row: &str) {
    let refused = |desk: &Desk, dept: &str| {
        let lines = desk.json(&format!("refused list --dept {dept}"));
        lines[0]["id"].as_str().unwrap().to_owned()
    };
    let by_hand = refused(desk, "aic");
    desk.golden("refused_by_hand", &format!("refused show {by_hand}"), 0);
    desk.golden("retry_nobody", &format!("refused retry {by_hand} --reason 已改正"), 1);
    desk.golden("retry_unknown", "refused retry a404 --reason 已改正 --as 张三", 1);
    desk.golden(
        "retry_a_row",
        &format!("refused retry {row} --reason 已改正 --as 张三"),
        1,
    );
    desk.golden(
        "edit_unknown_item",
        &format!("refused edit {by_hand} --set colour=red --reason r --as 张三"),
        1,
    );
    desk.once(
        "retry",
        &format!("refused retry {by_hand} --reason 已改正 --as 张三 --lang zh"),
        0,
    );
    desk.golden(
        "retry_again",
        &format!("refused retry {by_hand} --reason 已改正 --as 张三"),
        1,
    );
    desk.once(
        "retry_none",
        "refused retry --dept aic --code 2999 --reason 已改正 --as 张三 --json",
        0,
    );
    desk.grant(DISK, "aic.name");
    desk.grant(DISK, "aic.licence");
    desk.waits(DISK, "ntax.reg", "turn");
    desk.golden("drop_unknown", "refused drop b404:1 --reason 放弃 --as 张三", 1);
    desk.once(
        "drop",
        &format!("refused drop {row} --reason 申请人放弃 --as 张三 --lang en"),
        0,
    );
    desk.golden(
        "drop_again",
        &format!("refused drop {row} --reason 申请人放弃 --as 张三"),
        1,
    );
}

/// A disk goes out; one record is refused for a character that the bureau cannot write, and goes by other words.
fn disk(desk: &Desk) {
    let (config, stick) = (&desk.config, desk.medium.to_str().unwrap());
    desk.golden("export_nobody", &format!("disk export ntax --to {stick}"), 1);
    desk.golden("export_no_stick", "disk export ntax --to /nowhere/stick --as 张三", 1);
    desk.golden(
        "export_unknown",
        &format!("disk export nobody --to {stick} --as 张三"),
        1,
    );
    desk.golden(
        "export_again_unknown",
        &format!("disk export ntax --to {stick} --again SW0101A9 --as 张三"),
        1,
    );
    desk.once(
        "export",
        &format!("disk export ntax --to {stick} --as 张三 --lang zh"),
        0,
    );
    desk.golden("export_nothing", &format!("disk export ntax --to {stick} --as 张三"), 0);
    desk.golden("disk_log", "disk log", 0);
    desk.golden("receipts", "receipts", 0);
    desk.golden("receipts_overdue", "receipts --overdue", 0);
    desk.golden("why_on_disk", &format!("why {}", cases::case_no(DISK)), 0);
    let number = desk.json("disk log")[0]["number"].as_str().unwrap().to_owned();
    let other = desk.dir.path().join("another");
    fs::create_dir(&other).unwrap();
    let again = format!(
        "disk export ntax --to {} --again {number} --as 张三 --json",
        other.display()
    );
    desk.once("export_again", &again, 0);
    let table = format!("{number}.DBF");
    let (mut one, mut two) = (None, None);
    for (place, found) in [(&desk.medium, &mut one), (&other, &mut two)] {
        *found = find(place, &table).map(|path| fs::read(path).unwrap());
    }
    assert!(one.is_some() && one == two, "{table} is cut again byte for byte");
    medium::inspected(desk, &other, &number);
    medium::carried(desk, &number);
    desk.golden(
        "import_empty",
        &format!(
            "disk import {} --dept ntax --as 张三",
            desk.dir.path().join("books").display()
        ),
        0,
    );
    desk.golden("import_no_stick", "disk import /nowhere/stick --as 张三", 1);
    let lines = desk.json("refused list --dept ntax");
    let rare = lines[0]["id"].as_str().unwrap().to_owned();
    desk.golden("refused_character", &format!("refused show {rare}"), 0);
    desk.once(
        "edit",
        &format!("refused edit {rare} --set rep_name=卯测试 --reason 经本人同意用字 --as 张三 --lang zh"),
        0,
    );
    desk.waits(RARE, "ntax.reg", "turn");
    medium::cancelled(desk, RARE);
    desk.golden("refused_list_after", "refused list", 0);

    // The other bureau's machine does not answer.
    desk.golden("deliver_unreachable", "deliver ltax --as 张三", 1);
    desk.golden("deliver_unknown", "deliver nobody --as 张三", 1);
    desk.golden("deliver_nobody", "deliver ltax", 1);
    desk.golden("collect_unreachable", "collect ltax --as 张三", 1);
    desk.golden(
        "collect_no_file",
        "collect ltax /nowhere/LTAX_HUB_DJJG_20260302_0001.csv --as 张三",
        1,
    );
    desk.golden(
        "take_over_unreachable",
        "channel take-over ltax --reason 另机停用 --as 张三",
        1,
    );
    desk.golden("take_over_nobody", "channel take-over ltax --reason 另机停用", 1);
    let check = forms(config, &["check"]);
    assert!(check.iter().all(|(_, said)| said.code == 1), "{check:?}");
    assert!(
        check[1].1.out.contains("[fail] ltax/frontend") && check[1].1.out.contains("[ ok ] aic/manual"),
        "{check:?}"
    );
}

fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if let Some(found) = find(&path, name) {
                return Some(found);
            }
        } else if path.file_name().is_some_and(|n| n.eq_ignore_ascii_case(name)) {
            return Some(path);
        }
    }
    None
}

/// Nobody answers for the disk: after a time only a person can say what became of it.
fn unsettled(desk: &Desk) {
    let (first, second) = (cases::case_no(DISK), cases::case_no(OTHER));
    desk.golden(
        "settle_too_early",
        &format!("settle {first} aic.name booked --reason r --as 张三"),
        1,
    );
    desk.golden(
        "settle_unknown",
        "settle 110108202603020000999 ntax.reg booked --reason r --as 张三",
        1,
    );
    change(
        &desk.config.join("departments/ntax.toml"),
        "unconfirmed_after = \"10d\"",
        "unconfirmed_after = \"1s\"",
    );
    let daemon = desk.start();
    desk.waits(DISK, "ntax.reg", "settling");
    desk.waits(OTHER, "ntax.reg", "settling");
    daemon.end();
    desk.golden("unsettled_list", "unsettled list", 0);
    desk.golden("why_unsettled", &format!("why {first}"), 0);
    desk.golden("balance_unproved", "balance", 0);
    desk.golden(
        "settle_nobody",
        &format!("settle {first} ntax.reg booked --reason 对方签收单"),
        1,
    );
    desk.once(
        "settle",
        &format!("settle {first} ntax.reg booked --reason 对方签收单 --as 张三 --lang zh"),
        0,
    );
    desk.golden(
        "settle_again",
        &format!("settle {first} ntax.reg booked --reason 对方签收单 --as 张三"),
        1,
    );
    let list = desk.dir.path().join("list.csv");
    fs::write(&list, format!("办件编号\n{second}\n")).unwrap();
    let line = |list: &Path| {
        format!(
            "settle - ntax.reg not-booked --reason 对方清单 --manifest {} --as 张三",
            list.display()
        )
    };
    desk.golden("settle_bad_manifest", &line(&list), 2);
    fs::write(&list, format!("# 国税局确认未收\n{second},北京测试\n{first}\n")).unwrap();
    desk.once("settle_manifest", &format!("{} --lang en", line(&list)), 1);
    desk.golden("unsettled_list_after", "unsettled list", 0);
    desk.golden("case_settled", &format!("case {second}"), 0);
    desk.golden("balance_after", "balance", 0);
}
