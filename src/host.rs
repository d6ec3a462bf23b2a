//! What the verbs are handed: asking the holder of the data directory or a node built for the question; running,
//! checking, previewing, playing.

use crate::entrance::{Answered, Asked};
use crate::serve;
use crate::socket::{self, Failed};
use crate::wiring::{self, Trouble};
use accounts::{Order, Told};
use async_trait::async_trait;
use cli::{CheckReport, DemoOptions, Host, Preview, Refusal, Restored, ScheduleLine};
use engine::Handle;
use engine::progress::WorkLine;
use engine::schedule::next_runs;
use engine::verb::{Caller, Reply, Request};
use engine::view::{ArchivedView, FlowView};
use model::schedule::Schedule;
use model::{Code, Finding};
use settings::Settings;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The process at the command line.
#[derive(Default)]
pub struct Here {
    /// The node that was built for the question that is being answered.
    own: Mutex<Option<Handle>>,
}

impl Here {
    fn own(&self) -> MutexGuard<'_, Option<Handle>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long to wait before asking again a holder that does not answer: it may be starting, or be a verb like this one.
const PAUSE: Duration = Duration::from_millis(100);
/// How often.
const TRIES: u32 = 50;

fn load(config: &Path) -> Result<Settings, Refusal> {
    let loaded = wiring::load(config, false, serve::seams().clock.now().0);
    loaded.settings.ok_or(Refusal::Config {
        diagnostics: loaded.diagnostics,
        sources: loaded.sources,
    })
}

impl Here {
    /// Puts a question to the holder of the data directory, or to a node built for it.
    async fn put(&self, config: &Path, asked: Asked, caller_name: Option<String>) -> Result<Answered, Refusal> {
        let settings = load(config)?;
        let path = wiring::socket_path(config, &settings);
        let seams = serve::seams();
        let mut settings = Some(settings);
        for _ in 0..TRIES {
            match socket::ask(&path, asked.clone(), caller_name.clone()).await {
                Ok(reply) => return Ok(reply),
                Err(Failed::No(finding)) => return Err(Refusal::No(finding)),
                Err(Failed::Silent(finding)) => return Err(Refusal::Unreachable(finding)),
                Err(Failed::Unreachable(_)) => {}
            }
            let mine = match settings.take() {
                Some(settings) => settings,
                None => load(config)?,
            };
            match wiring::start(config, mine, &seams, false) {
                Ok(node) => {
                    let caller = Caller {
                        name: caller_name,
                        uid: rustix::process::getuid().as_raw(),
                        inside: false,
                    };
                    *self.own() = Some(node.handle.clone());
                    let answer = node.entrance().ask(asked, caller).await;
                    *self.own() = None;
                    node.handle.stop().await;
                    return answer.map_err(Refusal::No);
                }
                Err(Trouble::Held(..)) => seams.clock.sleep(PAUSE).await,
                Err(trouble) => return Err(serve::refusal(trouble)),
            }
        }
        match socket::ask(&path, asked, caller_name).await {
            Ok(reply) => Ok(reply),
            Err(Failed::No(finding)) => Err(Refusal::No(finding)),
            Err(Failed::Unreachable(finding) | Failed::Silent(finding)) => Err(Refusal::Unreachable(finding)),
        }
    }
}

/// The answer was of another kind than the question: another version of this program holds the data.
fn crossed() -> Refusal {
    let finding = Finding::new(Code::CProtocol)
        .with("endpoint", "node.sock")
        .with("detail", "another kind of reply");
    Refusal::Unreachable(finding)
}

#[async_trait]
impl Host for Here {
    async fn ask(&self, config: &Path, request: Request, caller_name: Option<String>) -> Result<Reply, Refusal> {
        match self.put(config, Asked::Node(Box::new(request)), caller_name).await? {
            Answered::Node(reply) => Ok(*reply),
            Answered::Accounts(_) => Err(crossed()),
        }
    }

    async fn accounts(&self, config: &Path, order: Order, caller_name: Option<String>) -> Result<Told, Refusal> {
        match self.put(config, Asked::Accounts(order), caller_name).await? {
            Answered::Accounts(told) => Ok(told),
            Answered::Node(_) => Err(crossed()),
        }
    }

    async fn progress(&self, config: &Path) -> Vec<WorkLine> {
        let own = self.own().clone();
        if let Some(node) = own {
            return node.progress();
        }
        let Ok(settings) = load(config) else {
            return Vec::new();
        };
        let asked = Asked::Node(Box::new(Request::Progress));
        match socket::ask(&wiring::socket_path(config, &settings), asked, None).await {
            Ok(Answered::Node(reply)) => match *reply {
                Reply::Progress(lines) => lines,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    async fn run(&self, config: &Path) -> Result<i32, Refusal> {
        serve::run(config).await
    }

    #[cfg(feature = "demo")]
    async fn demo(&self, options: DemoOptions) -> Result<i32, Refusal> {
        crate::demo::run(options).await
    }

    #[cfg(not(feature = "demo"))]
    async fn demo(&self, _options: DemoOptions) -> Result<i32, Refusal> {
        let detail = "built without the demo";
        Err(Refusal::No(
            model::Finding::new(model::Code::CNotPossible).with("detail", detail),
        ))
    }

    async fn check(&self, config: &Path, offline: bool) -> CheckReport {
        let now = serve::seams().clock.now().0;
        let loaded = wiring::load(config, offline, now);
        let mut report = CheckReport {
            diagnostics: loaded.diagnostics,
            sources: loaded.sources,
            ..CheckReport::default()
        };
        let Some(settings) = loaded.settings else { return report };
        report.schedules = schedules(&settings, now);
        if !offline {
            match self.ask(config, Request::Probe, None).await {
                Ok(Reply::Channels(channels)) => report.channels = channels,
                Ok(_) | Err(_) => tracing::warn!("the channels could not be looked at"),
            }
            if let Ok(Told::List(accounts)) = self.accounts(config, Order::List, None).await {
                let hands = crate::hands::hands(&settings, &accounts);
                crate::hands::judge(&settings, hands, &mut report.channels);
            }
        }
        report
    }

    async fn restore(&self, config: &Path, from: &Path, verify: bool) -> Result<Restored, Refusal> {
        let (config, settings, from) = (config.to_owned(), load(config)?, from.to_owned());
        let work = move || crate::restore::restore(&config, &settings, &from, verify);
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(Trouble::Finding(Box::new(Finding::new(Code::CBroken)))))
            .map_err(serve::refusal)
    }

    fn archived(&self, config: &Path, case_no: &str, file: &Path, reveal: bool) -> Result<ArchivedView, Refusal> {
        crate::archived::read(config, &load(config)?, case_no, file, reveal).map_err(Refusal::No)
    }

    fn flow(&self, config: &Path, class: Option<&str>) -> Result<FlowView, Refusal> {
        let plan = wiring::plan(&load(config)?).map_err(Refusal::No)?;
        engine::view::flow(&plan, class).map_err(Refusal::No)
    }

    async fn preview(&self, config: &Path, dept: &str, file: &Path, all: bool) -> Result<Preview, Refusal> {
        crate::preview::preview(config, load(config)?, dept, file, all).await
    }
}

fn schedules(settings: &Settings, now: i64) -> Vec<ScheduleLine> {
    let (calendar, offset) = (wiring::calendar(settings), settings.node.offset_minutes);
    let mut lines = Vec::new();
    for (department, _) in &settings.departments {
        for channel in &department.ladder {
            for (way, schedule) in [("out", &channel.out), ("in", &channel.in_)] {
                let next = match schedule {
                    Schedule::AtOnce => vec!["at_once".to_owned()],
                    Schedule::OnRequest => vec!["on_request".to_owned()],
                    timed => next_runs(timed, now, offset, &calendar, 5)
                        .into_iter()
                        .map(|at| {
                            engine::plan::civil(at, offset)
                                .strftime("%Y-%m-%d %H:%M:%S")
                                .to_string()
                        })
                        .collect(),
                };
                let (dept, channel) = (department.id.to_string(), channel.name.clone());
                lines.push(ScheduleLine {
                    dept,
                    channel,
                    way: way.to_owned(),
                    next,
                });
            }
        }
    }
    lines
}
