//! The daemon: settings, node, listeners; ready; wait; drain with a time limit.

use crate::wiring::{self, Node, Seams, Trouble};
use cli::Refusal;
use engine::Handle;
use engine::verb::{Caller, Request};
use model::define::FeedRole;
use model::{Code, Finding};
use seams::{Clock, Spawn, SystemClock, SystemRng, TokioSpawn};
use settings::Settings;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long the last answers may take once the end was asked for.
const DRAIN: Duration = Duration::from_secs(10);

/// The real seams of this process.
pub fn seams() -> Seams {
    let spawn = Arc::new(TokioSpawn::threaded(tokio::runtime::Handle::current()));
    Seams {
        clock: Arc::new(SystemClock::new()),
        rng: Arc::new(SystemRng::new()),
        spawn,
    }
}

/// What the interface is told: who may call, where cases enter, how much is too much.
pub fn api_options(
    config: &Path,
    settings: &Settings,
    clock: Arc<dyn Clock>,
    spawn: Arc<dyn Spawn>,
) -> Result<api::Options, Finding> {
    let mut options = api::Options::new(clock, spawn);
    options.clients = wiring::clients(config, settings)?
        .into_iter()
        .map(|(id, secret)| api::Client { id, secret })
        .collect();
    options.nonce_window = Duration::from_millis(settings.node.nonce_window);
    options.max_body_bytes = usize::try_from(settings.node.body_bytes).unwrap_or(usize::MAX);
    options.intake = settings.departments.iter().find_map(|(department, _)| {
        department.ladder.iter().find_map(|channel| {
            let feed = channel.feeds.iter().find(|f| f.role == FeedRole::Cases)?;
            let (dept, channel, feed) = (department.id.clone(), channel.name.clone(), feed.name.clone());
            Some(api::Intake { dept, channel, feed })
        })
    });
    Ok(options)
}

/// What the console is told: who may log in, where drafts lie.
pub fn console_options(data: &Path, node: &Node, seams: &Seams) -> Result<console::Options, Finding> {
    let drafts = data.join("drafts");
    wiring::make_dir(&drafts)?;
    let rules = &node.handle.plan().rules;
    Ok(console::Options {
        clock: seams.clock.clone(),
        rng: seams.rng.clone(),
        accounts: node.accounts.clone(),
        drafts,
        key: node.key.clone(),
        offset_minutes: rules.offset_minutes,
        lease_ms: rules.lease_ms,
        stopping: stopping(&*seams.spawn),
        tls: false,
    })
}

/// Tells the console's pages when the process is asked to end.
fn stopping(spawn: &dyn Spawn) -> watch::Receiver<bool> {
    let (tell, told) = watch::channel(false);
    spawn.spawn(
        "stopping",
        Box::pin(async move {
            crate::signals::ended().await;
            let _ = tell.send(true);
        }),
    );
    told
}

/// Serves the platform's interface and the console until the node ends.
pub fn listen(
    listener: TcpListener,
    options: api::Options,
    console: console::Options,
    handle: Handle,
    spawn: &dyn Spawn,
) -> std::io::Result<()> {
    let mut door = api::Door::new(options.clock.clone());
    // A page that listens takes no place from the platform.
    door.max_connections += console::STREAMS;
    let router = api::router(options, handle.clone()).merge(console::router(console, handle));
    spawn.spawn(
        "http",
        Box::pin(async move {
            if let Err(finding) = api::serve(listener, router, None, door, crate::signals::ended()).await {
                tracing::error!(code = %finding.code, "the listener ended");
            }
        }),
    );
    Ok(())
}

/// A trouble as the command line says it.
pub fn refusal(trouble: Trouble) -> Refusal {
    match trouble {
        Trouble::Held(pid, data) => {
            Refusal::No(Finding::new(Code::LHeld).with("path", data.display()).with("pid", pid))
        }
        Trouble::Finding(finding) => Refusal::No(*finding),
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address)
        .map_err(|error| Refusal::No(Finding::new(Code::CPlace).with("path", address).with("detail", error)))
}

/// Runs until it is told to stop or its ledger fails; the exit code.
pub async fn run(config: &Path) -> Result<i32, Refusal> {
    let seams = seams();
    let loaded = wiring::load(config, false, seams.clock.now().0);
    let Some(settings) = loaded.settings else {
        return Err(Refusal::Config {
            diagnostics: loaded.diagnostics,
            sources: loaded.sources,
        });
    };
    crate::telemetry::start(settings.node.log_level, settings.node.log_format);
    for diagnostic in &loaded.diagnostics {
        tracing::warn!(code = %diagnostic.code(), place = diagnostic.location(), "the configuration has a warning");
    }
    // Where the address is taken by a node on the same data, that is what to say.
    let listener = bind(settings.node.http).map_err(|no| wiring::holder(config, &settings).map_or(no, refusal))?;
    let address = listener.local_addr().ok();
    let (socket, data) = (
        wiring::socket_path(config, &settings),
        wiring::data_dir(config, &settings),
    );
    let options = api_options(config, &settings, seams.clock.clone(), seams.spawn.clone()).map_err(Refusal::No)?;
    let node = wiring::start(config, settings, &seams, true).map_err(refusal)?;
    let place = |error: std::io::Error| {
        Refusal::No(
            Finding::new(Code::CPlace)
                .with("path", socket.display())
                .with("detail", error),
        )
    };
    crate::socket::listen(&socket, node.entrance(), seams.clock.clone(), seams.spawn.clone()).map_err(place)?;
    let console = console_options(&data, &node, &seams).map_err(Refusal::No)?;
    listen(listener, options, console, node.handle.clone(), &*seams.spawn).map_err(place)?;
    tracing::info!(http = ?address, socket = %socket.display(), opened = ?node.opened, "ready");
    notify(&[sd_notify::NotifyState::Ready]);
    start_watchdog(&node.handle, &seams);
    Ok(wait(node, &seams).await)
}

async fn wait(node: Node, seams: &Seams) -> i32 {
    let Node { handle, failed, .. } = node;
    tokio::select! {
        biased;
        error = failed => {
            // Nobody knows what is on the disk: the next start finds out.
            tracing::error!(error = ?error.ok(), "the ledger failed; the process ends");
            return 1;
        }
        () = crate::signals::ended() => {}
    }
    tracing::info!("asked to end");
    notify(&[sd_notify::NotifyState::Stopping]);
    tokio::select! {
        biased;
        () = handle.stop() => 0,
        () = seams.clock.sleep(DRAIN) => 1,
    }
}

fn notify(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// Tells the service manager that the node lives, each time its loop has answered: a stuck loop is silence.
fn start_watchdog(handle: &Handle, seams: &Seams) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let (handle, clock) = (handle.clone(), seams.clock.clone());
    seams.spawn.spawn(
        "watchdog",
        Box::pin(async move {
            loop {
                if handle.ask(Request::Status, Caller::default()).await.is_ok() {
                    notify(&[sd_notify::NotifyState::Watchdog]);
                }
                clock.sleep(limit / 2).await;
            }
        }),
    );
}
