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
    pub port: u16,
    pub host_key: String,
    pub user: String,
    pub client_key: PathBuf,
}

impl Sshd {
    /// Starts one with its files in `dir`; `more` are further lines of configuration.
    pub async fn start(dir: &Path, more: &str) -> Self {
        let binary = binary();
        // Debian's server insists on this directory when it runs as root.
        let _ = std::fs::create_dir_all("/run/sshd");
        let host = key(&dir.join("ssh_host_key"));
        let client_key = dir.join("client_key");
        let client = key(&client_key);
        let authorized = dir.join("authorized_keys");
        std::fs::write(&authorized, client.public_key().to_openssh().unwrap()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = dir.join("sshd_config");
        std::fs::write(
            &config,
            format!(
                "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
                 PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nPidFile none\n\
                 Subsystem sftp internal-sftp\nLogLevel ERROR\n{more}\n",
                dir.join("ssh_host_key").display(),
                authorized.display(),
            ),
        )
        .unwrap();
        let log = std::fs::File::create(dir.join("sshd.log")).unwrap();
        let mut child = Command::new(&binary)
            .arg("-D")
            .arg("-e")
            .arg("-f")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                let host_key = host.public_key().fingerprint(HashAlg::Sha256).to_string();
                return Self {
                    child,
                    port,
                    host_key,
                    user: user(),
                    client_key,
                };
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
}

impl Drop for Sshd {
    fn drop(&mut self) {
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

fn user() -> String {
    let out = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}
