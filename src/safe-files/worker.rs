//! A worker: a program run again for one file it did not make, with limits it puts on itself before it reads a byte.
//!
//! A workbook of half a megabyte can unpack to half a gigabyte, and a parser that meets what its author never thought
//! of may ask for terabytes, panic, or never end. In a process of its own that costs the file, not the daemon.

use crate::error::FileError;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

#[cfg(test)]
mod tests;

/// What a worker may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Address space, bytes: the program itself included.
    pub memory: u64,
    /// Processor time, seconds.
    pub cpu_seconds: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            cpu_seconds: 60,
        }
    }
}

/// Puts the bounds on this process, for good: memory, processor time, no further file, nothing written to one, no core.
///
/// # Errors
/// The system refuses a limit. Nothing from outside may be read then.
pub fn confine(bounds: Bounds) -> Result<(), FileError> {
    for (resource, most) in [
        (Resource::As, bounds.memory),
        (Resource::Cpu, bounds.cpu_seconds),
        // Standard input, output and error are open by now.
        (Resource::Nofile, 3),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).map_err(FileError::sys("lower a limit"))?;
    }
    Ok(())
}

/// The file a worker was given: its standard input, read from any place of it. A copy of its number would be one more
/// than [`confine`] leaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given;

impl Read for Given {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(io::stdin(), out)?)
    }
}

impl Seek for Given {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => rustix::fs::SeekFrom::Start(at),
            SeekFrom::End(by) => rustix::fs::SeekFrom::End(by),
            SeekFrom::Current(by) => rustix::fs::SeekFrom::Current(by),
        };
        Ok(rustix::fs::seek(io::stdin(), to)?)
    }
}

/// A worker at work. It ends with this value at the latest.
#[derive(Debug)]
pub struct Worker {
    child: Child,
}

impl Worker {
    /// Runs `program` with `words`, the file as its standard input; what it finds comes back on its standard output.
    /// It inherits no environment. `program` must call [`confine`] before it reads.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(program: &Path, words: &[&str], file: File) -> Result<(Self, ChildStdout), FileError> {
        let mut child = Command::new(program)
            .args(words)
            .env_clear()
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(FileError::io("start a worker"))?;
        match child.stdout.take() {
            Some(answers) => Ok((Self { child }, answers)),
            None => Err(FileError::io("read from a worker")(
                std::io::ErrorKind::BrokenPipe.into(),
            )),
        }
    }

    /// How it ended, in a word for the log: its exit code or the signal that ended it. Ends it if it has not.
    pub fn end(mut self) -> String {
        let _ = self.child.kill();
        self.child
            .wait()
            .map_or_else(|e| e.kind().to_string(), |s| s.to_string())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
