//! A running daemon: started on a configuration, its log kept, told to end as a service manager would.

use super::say::program;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

/// Far longer than anything here takes: only what hangs meets it.
const TRIES: u32 = 400;
const PAUSE: Duration = Duration::from_millis(50);

/// A daemon; killed where a test ends without ending it.
pub struct Daemon {
    child: Child,
    log: PathBuf,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub base: String,
}

/// Waits until something is there.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..TRIES {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("never: {what}");
}

impl Daemon {
    /// Starts one and waits until it is ready. Everything it says on either stream goes to `log`.
    pub fn start(config: &Path, log: &Path) -> Self {
        Self::start_with(config, log, &[])
    }

    /// The same with more in its surroundings.
    pub fn start_with(config: &Path, log: &Path, env: &[(&str, &Path)]) -> Self {
        let file = File::create(log).unwrap();
        let mut command = program();
        command.envs(env.iter().copied());
        command.arg("--config").arg(config).arg("run").stdin(Stdio::null());
        let mut child = command.stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
        let base = until("ready", || {
            let text = fs::read_to_string(log).unwrap();
            assert!(child.try_wait().unwrap().is_none(), "the daemon ended: {text}");
            let ready = text.lines().find(|l| l.contains("ready"))?;
            let address = ready.split_once("http=Some(")?.1.split_once(')')?.0;
            Some(format!("http://{address}"))
        });
        Self {
            child,
            log: log.to_owned(),
            base,
        }
    }

    /// Ends it as a service manager does; what it has said.
    pub fn end(mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = until("the end of the daemon", || self.child.try_wait().unwrap());
        let said = fs::read_to_string(&self.log).unwrap();
        assert_eq!(status.code(), Some(0), "{said}");
        said
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
