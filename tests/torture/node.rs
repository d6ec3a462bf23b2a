//! The node: a process of its own, started, watched and killed.

use crate::line::Line;
use crate::stage::Stage;
use engine::verb::Request;
use rustix::process::{Pid, Signal, kill_process};
use seams::Clock;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::process::{Child, Command};

/// How often a starting node is asked whether it is ready.
const LOOK: Duration = Duration::from_millis(5);

/// A running node. Dropped, it is killed.
pub struct Node {
    child: Child,
    log: PathBuf,
    /// It is to die by itself.
    armed: bool,
    /// It was asked to end.
    asked: AtomicBool,
}

impl Node {
    /// Starts `tanghulu run` over a stage; what it says goes to the stage's log.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn(program: &Path, stage: &Stage) -> io::Result<Self> {
        Self::spawn_to_die(program, stage, None)
    }

    /// The same, and it dies by itself where it passes a point (`seams::point`): a name, or `NAME:3`.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn_to_die(program: &Path, stage: &Stage, point: Option<&str>) -> io::Result<Self> {
        let armed = point.map(|point| (seams::point::VARIABLE, point));
        Self::start(Command::new(program), stage, armed)
    }

    /// The same under another program, which is given as words and starts it.
    ///
    /// # Errors
    /// The other program cannot be started.
    pub fn spawn_under(words: &[&str], program: &Path, stage: &Stage) -> io::Result<Self> {
        let (under, words) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(under);
        command.args(words).arg(program);
        Self::start(command, stage, None)
    }

    fn start(mut command: Command, stage: &Stage, armed: Option<(&str, &str)>) -> io::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(stage.log())?;
        let child = command
            .arg("--config")
            .arg(stage.config())
            .arg("run")
            .envs(armed)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self {
            child,
            log: stage.log(),
            armed: armed.is_some(),
            asked: AtomicBool::new(false),
        })
    }

    /// Whether it has died at its point.
    ///
    /// # Errors
    /// It ended in another way: with the end of its log.
    pub fn has_died(&mut self) -> io::Result<bool> {
        match self.child.try_wait()? {
            Some(status) if self.armed && status.signal() == Some(Signal::KILL.as_raw()) => Ok(true),
            Some(status) if self.is_well(status) => Ok(false),
            Some(status) => Err(self.trouble(&format!("the node ended by itself: {status}"))),
            None => Ok(false),
        }
    }

    /// Whether it is no more.
    ///
    /// # Errors
    /// Nobody can say.
    pub fn is_gone(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// A good end; who is asked to end before he can hear it ends at once.
    fn is_well(&self, status: ExitStatus) -> bool {
        let term = status.signal() == Some(Signal::TERM.as_raw());
        status.success() || term && self.asked.load(Ordering::Relaxed)
    }

    /// Waits until it answers.
    ///
    /// # Errors
    /// It ended instead, or did not answer in time: with the end of its log.
    pub async fn ready(&mut self, line: &Line, limit: Duration, clock: &dyn Clock) -> io::Result<()> {
        let begun = clock.mono();
        while line.ask(Request::Status).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(self.trouble(&format!("the node ended at its start: {status}")));
            }
            if clock.mono().saturating_sub(begun) > limit {
                return Err(self.trouble("the node does not answer"));
            }
            clock.sleep(LOOK).await;
        }
        Ok(())
    }

    /// SIGKILL, and waits until nothing of it is left. `false`: it had ended well by itself, as it was asked to.
    ///
    /// # Errors
    /// It had ended by itself, badly: with the end of its log.
    pub async fn kill(&mut self) -> io::Result<bool> {
        match self.child.try_wait()? {
            None => self.child.kill().await.map(|()| true),
            Some(status) if self.is_well(status) => Ok(false),
            Some(status) => Err(self.trouble(&format!("the node ended by itself: {status}"))),
        }
    }

    /// SIGTERM.
    ///
    /// # Errors
    /// It is gone already.
    pub fn term(&self) -> io::Result<()> {
        let pid = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the node is gone"))?;
        self.asked.store(true, Ordering::Relaxed);
        Ok(kill_process(pid, Signal::TERM)?)
    }

    /// Its process number, while it lives.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It does not end in time: with the end of its log.
    pub async fn ended_within(&mut self, limit: Duration, clock: &dyn Clock) -> io::Result<ExitStatus> {
        let ended = tokio::select! {
            biased;
            status = self.child.wait() => Some(status?),
            () = clock.sleep(limit) => None,
        };
        ended.ok_or_else(|| self.trouble("the node does not end"))
    }

    fn trouble(&self, what: &str) -> io::Error {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(12).collect();
        let last: Vec<&str> = lines.into_iter().rev().collect();
        io::Error::other(format!("{what}\n{}", last.join("\n")))
    }
}
