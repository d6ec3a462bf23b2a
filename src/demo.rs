//! `tanghulu demo`: a node and living departments in a directory of their own, the main job end to end.

mod account;
mod clerk;

use crate::wiring::{self, Seams};
use clerk::Clerk;
use cli::{DemoOptions, Refusal};
use departments::cases;
use departments::play::tally::{self, Said, Tally};
use departments::play::world::wipe;
use departments::play::{self, World, config};
use departments::poster::{PostResult, Poster};
use engine::Handle;
use engine::verb::{Caller, Reply, Request};
use engine::view::Balance;
use model::{Code, Finding, Lang};
use seams::{Clock, ScenarioClock, SystemRng, TokioSpawn, UnixMs};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};

/// 2026-03-02 09:00 +08:00: the first day of the scenario.
const FIRST_DAY: i64 = 1_772_413_200_000;
/// Posts under way at once.
const POSTS: usize = 16;
/// A run in which nothing moves for so long has come to its end.
const QUIET: Duration = Duration::from_secs(20);

fn broken(what: &str, error: impl std::fmt::Display) -> Refusal {
    Refusal::No(Finding::new(Code::CPlace).with("path", what).with("detail", error))
}

/// Plays the flow.
pub async fn run(options: DemoOptions) -> Result<i32, Refusal> {
    let (dir, kept) = place(&options)?;
    let clock: Arc<dyn Clock> = Arc::new(ScenarioClock::new(UnixMs(FIRST_DAY)));
    let spawn = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
    let seams = Seams {
        clock: clock.clone(),
        rng: Arc::new(SystemRng::new()),
        spawn: spawn.clone(),
    };
    let world = play::open(&dir, options.cases, clock.clone(), spawn.clone())
        .await
        .map_err(|e| broken("departments", e))?;
    let world = Arc::new(world);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|e| broken("127.0.0.1", e))?;
    let http = listener.local_addr().map_err(|e| broken("127.0.0.1", e))?;
    let endpoints = world.endpoints(&http.to_string());
    config::write(&dir, &endpoints).map_err(|e| broken("config", e))?;
    let config = dir.join("config");
    let loaded = wiring::load(&config, false, clock.now().0);
    let Some(settings) = loaded.settings else {
        return Err(Refusal::Config {
            diagnostics: loaded.diagnostics,
            sources: loaded.sources,
        });
    };
    let person = settings
        .node
        .people
        .first()
        .map(|(name, _)| name.clone())
        .unwrap_or_default();
    let (socket, data) = (
        wiring::socket_path(&config, &settings),
        wiring::data_dir(&config, &settings),
    );
    let api = crate::serve::api_options(&config, &settings, clock.clone(), spawn.clone()).map_err(Refusal::No)?;
    let node = wiring::start(&config, settings, &seams, true).map_err(crate::serve::refusal)?;
    crate::socket::listen(&socket, node.entrance(), clock.clone(), spawn.clone()).map_err(|e| broken("socket", e))?;
    let console = crate::serve::console_options(&data, &node, &seams).map_err(Refusal::No)?;
    crate::serve::listen(listener, api, console, node.handle.clone(), &*spawn).map_err(|e| broken("http", e))?;
    let poster = Poster::new(format!("http://{http}"), "bj-hub", config::HUB_KEY, 1, clock.clone())
        .map_err(|e| broken("http", e))?;
    let mut run = Run {
        handle: node.handle.clone(),
        clerk: Clerk::new(node.handle.clone(), person.clone(), world.clone()),
        auto_clerk: options.auto_clerk || options.once,
        world,
        poster: Arc::new(poster),
        clock,
        cases: options.cases,
        posted: 0,
        accepted: BTreeSet::new(),
        cursor: String::new(),
        supplemented: BTreeSet::new(),
        person: person.clone(),
    };
    if !options.once && !options.json {
        let token = account::token(&node, &person).await.map_err(Refusal::No)?;
        welcome(options.lang, &dir, &http.to_string(), &person, &token);
    }
    let sabotage = options.sabotage.map(|s| match s {
        cli::Sabotage::Lose => departments::books::Sabotage::Lose,
        cli::Sabotage::Double => departments::books::Sabotage::Double,
    });
    if let Some(sabotage) = sabotage {
        run.world.aic.books().sabotage(sabotage);
    }
    let progress = cli::Progress::new(options.lang, options.terminal && options.once);
    let tally = run.play(options.once, &progress).await?;
    progress.end();
    let code = if options.once {
        finish(&mut run, &options, &dir, &tally).await?
    } else {
        0
    };
    node.handle.stop().await;
    spawn.abort_all();
    drop(run);
    drop(kept);
    Ok(code)
}

/// Where a run is kept; a directory of its own that goes with it unless one was named.
#[allow(clippy::disallowed_methods, reason = "a demo's own directory")]
fn place(options: &DemoOptions) -> Result<(PathBuf, Option<Temporary>), Refusal> {
    let dir = match &options.dir {
        Some(dir) => dir.clone(),
        None => std::env::temp_dir().join(format!("tanghulu-demo-{}", std::process::id())),
    };
    std::fs::create_dir_all(&dir).map_err(|e| broken(&dir.display().to_string(), e))?;
    let dir = dir.canonicalize().map_err(|e| broken(&dir.display().to_string(), e))?;
    let kept = options.dir.is_none().then(|| Temporary(dir.clone()));
    Ok((dir, kept))
}

/// Removes a run's directory at its end.
struct Temporary(PathBuf);

impl Drop for Temporary {
    #[allow(clippy::disallowed_methods, reason = "a demo's own directory")]
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A run and those who drive it.
struct Run {
    handle: Handle,
    clerk: Clerk,
    auto_clerk: bool,
    world: Arc<World>,
    poster: Arc<Poster>,
    clock: Arc<dyn Clock>,
    cases: u32,
    posted: u32,
    accepted: BTreeSet<u32>,
    cursor: String,
    supplemented: BTreeSet<(String, String, u64)>,
    person: String,
}

impl Run {
    async fn ask(&self, request: Request) -> Result<Reply, Finding> {
        let caller = Caller {
            name: Some(self.person.clone()),
            uid: 0,
            inside: true,
        };
        self.handle.ask(request, caller).await
    }

    async fn balance(&self) -> Result<Balance, Refusal> {
        match self.ask(Request::Balance).await {
            Ok(Reply::Balance(balance)) => Ok(balance),
            Ok(_) => Ok(Balance::default()),
            Err(finding) => Err(Refusal::No(finding)),
        }
    }

    /// Posts, carries and keys until everything is done; without `once`, until the user ends it.
    async fn play(&mut self, once: bool, progress: &cli::Progress) -> Result<Tally, Refusal> {
        let begun = self.clock.mono();
        let mut moved = begun;
        let mut before = String::new();
        loop {
            self.post().await;
            self.supplement().await;
            if self.auto_clerk {
                self.clerk.work().await;
            }
            self.courier().await;
            let balance = self.balance().await?;
            let seconds = (self.clock.mono() - begun).as_secs_f64();
            let tally = tally::count(&self.world.books, &self.accepted, said(&balance), seconds)
                .map_err(|e| broken("books", e))?;
            progress.set(tally.booked + tally.refused, tally.accepted);
            if once && self.posted == self.cases && self.is_over(&tally).await {
                return Ok(tally);
            }
            let now = format!("{balance:?}{}", tally.booked);
            if now != before {
                before = now;
                moved = self.clock.mono();
            } else if once && self.clock.mono().saturating_sub(moved) > QUIET {
                return Ok(tally);
            }
            let pause = Duration::from_millis(if once { 50 } else { 300 });
            tokio::select! {
                biased;
                _ = crate::signals::ended(), if !once => return Ok(tally),
                () = self.clock.sleep(pause) => {}
            }
        }
    }

    /// Every obligation has its end, and no matter waits for a decision.
    async fn is_over(&self, tally: &Tally) -> bool {
        if tally.waiting > 0 || tally.lost > 0 && tally.booked == 0 {
            return false;
        }
        match self.ask(Request::Undecided).await {
            Ok(Reply::Done { count }) => count == 0,
            _ => false,
        }
    }

    /// Posts the next cases; at most so many that a round stays short, and several at once.
    async fn post(&mut self) {
        let until = self.cases.min(self.posted + 200);
        let mut posts = JoinSet::new();
        for n in self.posted + 1..=until {
            if posts.len() >= POSTS
                && let Some(told) = posts.join_next().await
            {
                self.told(told);
            }
            let poster = self.poster.clone();
            posts.spawn(async move { (n, poster.post(&cases::submission(n)).await) });
        }
        while let Some(told) = posts.join_next().await {
            self.told(told);
        }
        self.posted = until;
    }

    fn told(&mut self, told: Result<(u32, PostResult), JoinError>) {
        match told {
            Ok((n, Ok(told))) if told.accepted() => drop(self.accepted.insert(n)),
            Ok((_, Ok(_))) => {}
            Ok((n, Err(error))) => tracing::warn!(n, %error, "the node did not answer the platform"),
            Err(error) => tracing::warn!(%error, "a post was broken off"),
        }
    }

    /// The platform reads its feed and answers every 补正.
    async fn supplement(&mut self) {
        loop {
            let path = if self.cursor.is_empty() {
                "/v1/changes?limit=500".to_owned()
            } else {
                format!("/v1/changes?since={}&limit=500", self.cursor)
            };
            let Ok(told) = self.poster.get(&path).await else { return };
            let items = told
                .body
                .get("items")
                .and_then(|i| i.as_array())
                .cloned()
                .unwrap_or_default();
            if items.is_empty() {
                return;
            }
            for item in items {
                let text = |key: &str| item.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
                let round = item.get("round").and_then(serde_json::Value::as_u64).unwrap_or(0);
                self.cursor = text("cursor");
                let asked = (text("case_no"), text("matter"), round);
                if text("standing") != "supplement_requested" || !self.supplemented.insert(asked.clone()) {
                    continue;
                }
                let n: u32 = asked.0.get(14..20).and_then(|seq| seq.parse().ok()).unwrap_or(0);
                let _ = self.poster.post(&cases::supplement(n, &asked.1)).await;
            }
        }
    }

    /// The courier takes every bureau its stick and brings it back.
    async fn courier(&self) {
        for (dept, bureau) in &self.world.bureaus {
            let (dept, stick) = ((*dept).to_owned(), self.world.stick(dept));
            let export = Request::DiskExport {
                dept: dept.clone(),
                to: stick.clone(),
                again: None,
            };
            if let Err(finding) = self.ask(export).await {
                tracing::warn!(dept, code = %finding.code, "the disk could not be cut");
            }
            let (bureau, at) = (bureau.clone(), stick.clone());
            if let Ok(Err(error)) = tokio::task::spawn_blocking(move || bureau.visit(&at)).await {
                tracing::warn!(dept, %error, "the bureau could not read the disk");
            }
            let import = Request::DiskImport {
                from: stick.clone(),
                dept: Some(dept.clone()),
                answers: None,
                past_gaps: false,
            };
            match self.ask(import).await {
                Ok(_) => drop(wipe(&stick)),
                Err(finding) => tracing::warn!(dept, code = %finding.code, "the disk could not be read"),
            }
        }
    }
}

async fn finish(run: &mut Run, options: &DemoOptions, dir: &Path, tally: &Tally) -> Result<i32, Refusal> {
    let agree = tally.is_good();
    tally::write_told(dir, &run.accepted).map_err(|e| broken("told.csv", e))?;
    if options.json {
        println!("{}", serde_json::to_string(tally).unwrap_or_default());
        return Ok(if agree { 0 } else { 1 });
    }
    let lang = options.lang;
    let config = dir.join("config").display().to_string();
    for verb in [
        vec!["balance"],
        vec!["flow", "--class", "000001"],
        vec!["case", &cases::case_no(1)],
    ] {
        let word = if lang == Lang::Zh { "zh" } else { "en" };
        let call = ["tanghulu", "--config", &config, "--lang", word]
            .into_iter()
            .chain(verb);
        let shown = cli::answer(&crate::host::Here::default(), call, &cli::Surroundings::of_process()).await;
        println!("{}{}", shown.out, shown.err);
    }
    let words: BTreeMap<bool, (&str, &str)> = BTreeMap::from([
        (true, ("账实相符", "the books agree")),
        (false, ("账实不符", "the books do not agree")),
    ]);
    let (zh, en) = words.get(&agree).copied().unwrap_or_default();
    match lang {
        Lang::Zh => println!(
            "{zh}：办件{}，应办{}，部门已登记{}，拒绝{}，等待{}，丢失{}，重复{}，用时{}秒；收件时拒绝{}行",
            tally.cases,
            tally.accepted,
            tally.booked,
            tally.refused,
            tally.waiting,
            tally.lost,
            tally.doubled,
            tally.seconds,
            tally.refused_rows
        ),
        Lang::En => println!(
            "{en}: {} cases, {} owed, {} booked by departments, {} refused, {} waiting, {} lost, {} doubled, {} s; {} rows refused at the door",
            tally.cases,
            tally.accepted,
            tally.booked,
            tally.refused,
            tally.waiting,
            tally.lost,
            tally.doubled,
            tally.seconds,
            tally.refused_rows
        ),
    }
    Ok(if agree { 0 } else { 1 })
}

/// What the ledger says, as the tally wants it.
fn said(balance: &Balance) -> Said {
    let mut said = Said {
        refused_rows: balance.refused_rows,
        ..Said::default()
    };
    for line in balance.lines.iter().filter(|l| l.dept != "hub") {
        said.refused += line.refused;
        said.waiting += line.waiting;
    }
    said
}

fn welcome(lang: Lang, dir: &Path, http: &str, person: &str, token: &str) {
    let config = dir.join("config");
    let (config, dir) = (config.display(), dir.display());
    match lang {
        Lang::Zh => println!(
            "糖葫芦演示已启动，Ctrl-C 结束。\n\
             目录   {dir}（books/ 各部门自己的账，sticks/ 导盘介质，config/ 配置）\n\
             接口   http://{http}/v1/openapi.json\n\
             控制台 http://{http}/console  姓名 {person}  一次性口令 {token}\n\
             另开一个终端：\n\
             \x20 tanghulu --config {config} balance            应办 = 已登记 + 拒绝 + 等待\n\
             \x20 tanghulu --config {config} queue list         人工队列：您就是办事员\n\
             \x20 tanghulu --config {config} why {no}    这件在等什么\n\
             \x20 tanghulu --config {config} case {no}   这件的全部经过",
            no = cases::case_no(1)
        ),
        Lang::En => println!(
            "The demo is running; Ctrl-C ends it.\n\
             directory  {dir} (books/ each department's own, sticks/ disks carried by hand, config/)\n\
             interface  http://{http}/v1/openapi.json\n\
             console    http://{http}/console?lang=en  name {person}  token {token}\n\
             In another terminal:\n\
             \x20 tanghulu --config {config} balance            opened = booked + refused + waiting\n\
             \x20 tanghulu --config {config} queue list         the clerks' queue: it is yours\n\
             \x20 tanghulu --config {config} why {no}    what this case waits for\n\
             \x20 tanghulu --config {config} case {no}   its whole story",
            no = cases::case_no(1)
        ),
    }
}
