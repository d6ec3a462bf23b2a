//! An OpenSSH server as a process of its own: own host key, own configuration, loopback only.

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, HashAlg, PrivateKey};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; ends with this value.
pub struct Sshd {
    child: Child,
    dir: PathBuf,
    pub port: u16,
    pub host_key: String,
    pub user: String,
    pub client_key: PathBuf,
}

impl Sshd {
    /// Starts one with its files in `dir`; `more` are further lines of configuration.
    pub async fn start(dir: &Path, more: &str) -> Self {
        // Debian's server insists on this directory when it runs as root.
        let _ = std::fs::create_dir_all("/run/sshd");
        let host = key(&dir.join("ssh_host_key"));
        let client_key = dir.join("client_key");
        let client = key(&client_key);
        let authorized = dir.join("authorized_keys");
        std::fs::write(&authorized, client.public_key().to_openssh().unwrap()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        std::fs::write(
            dir.join("sshd_config"),
            format!(
                "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nPidFile none\n\
                 Subsystem sftp internal-sftp\nLogLevel ERROR\n{more}\n",
                dir.join("ssh_host_key").display(),
                authorized.display(),
            ),
        )
        .unwrap();
        Self {
            child: serve(dir, port).await,
            dir: dir.to_owned(),
            port,
            host_key: print(&host),
            user: user(),
            client_key,
        }
    }

    /// The process that listens.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the server with all its sessions and starts it at the same port, with another host key. Its fingerprint.
    pub async fn changes_its_key(&mut self) -> String {
        kill_sessions(self.pid());
        let _ = self.child.kill();
        let _ = self.child.wait();
        std::fs::remove_file(self.dir.join("ssh_host_key")).unwrap();
        self.host_key = print(&key(&self.dir.join("ssh_host_key")));
        self.child = serve(&self.dir, self.port).await;
        self.host_key.clone()
    }
}

/// Starts a server over its files and waits until it listens.
async fn serve(dir: &Path, port: u16) -> Child {
    let log = std::fs::File::create(dir.join("sshd.log")).unwrap();
    // A limit of a file's size is to be an answer, as a quota is, and not a session's death.
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(binary())
        .arg("-D")
        .arg("-e")
        .arg("-f")
        .arg(dir.join("sshd_config"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return child;
        }
        if child.try_wait().unwrap().is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!(
        "sshd did not start: {}",
        std::fs::read_to_string(dir.join("sshd.log")).unwrap_or_default()
    );
}

/// Kills everything that a server's process started: its sessions, not itself.
pub fn kill_sessions(server: u32) {
    let mut parents = vec![server.to_string()];
    let mut found = Vec::new();
    while let Some(parent) = parents.pop() {
        let tasks = format!("/proc/{parent}/task/{parent}/children");
        let children = std::fs::read_to_string(tasks).unwrap_or_default();
        for child in children.split_whitespace() {
            parents.push(child.to_owned());
            found.push(child.to_owned());
        }
    }
    if !found.is_empty() {
        let _ = Command::new("kill").arg("-KILL").args(found).status();
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        kill_sessions(self.pid());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn binary() -> PathBuf {
    let usual = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/sbin"].map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    usual
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|d| d.join("sshd"))
        .find(|p| p.is_file())
        .unwrap_or_else(|| {
            panic!("no sshd here: these tests need a real OpenSSH server; install the package openssh-server")
        })
}

fn key(path: &Path) -> PrivateKey {
    let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
    key.write_openssh_file(path, LineEnding::LF).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    key
}

fn print(key: &PrivateKey) -> String {
    key.public_key().fingerprint(HashAlg::Sha256).to_string()
}

fn user() -> String {
    let out = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}
