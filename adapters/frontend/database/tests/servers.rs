//! Database servers as processes of their own: own data directory, loopback only, ended with the test.
//!
//! A data directory is made once per machine and copied for each test, since making one takes seconds.

use departments::epb::store::{Account, Place};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The account that servers know.
pub const USER: &str = "hub";
pub const PASSWORD: &str = "right";

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Postgres,
    MariaDb,
}

/// A server; ends with this value.
pub struct Server {
    kind: Kind,
    dir: TempDir,
    port: u16,
    /// What it is told beside the usual.
    more: Vec<String>,
    child: Option<Child>,
}

impl Server {
    pub async fn start(kind: Kind) -> Self {
        Self::start_with(kind, |_, _| Vec::new()).await
    }

    /// With more words on its command line; files of its own it can put into the directory, and give to the server.
    pub async fn start_with(kind: Kind, more: impl FnOnce(&Path, &dyn Fn(&Path)) -> Vec<String>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        give(kind, dir.path());
        let template = template(kind);
        run(Command::new("cp").arg("-a").arg(&template).arg(dir.path().join("data")));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self {
            kind,
            port,
            more: more(dir.path(), &|path| give(kind, path)),
            dir,
            child: None,
        };
        server.begin().await;
        server
    }

    pub fn place(&self) -> Place {
        let account = Account {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            name: "front".to_owned(),
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        match self.kind {
            Kind::Postgres => Place::Postgres(account),
            Kind::MariaDb => Place::Mysql(account),
        }
    }

    /// Starts it over its data, and waits until it can be used.
    pub async fn begin(&mut self) {
        let (dir, port) = (self.dir.path(), self.port);
        let log = std::fs::File::create(dir.join("log")).unwrap();
        let mut command = server(self.kind, &dir.join("data"), port);
        command
            .args(&self.more)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        self.child = Some(command.spawn().unwrap());
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok()
                && departments::epb::store::Store::open(&self.place()).await.is_ok()
            {
                return;
            }
            if self.child.as_mut().unwrap().try_wait().unwrap().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = std::fs::read_to_string(dir.join("log")).unwrap_or_default();
        panic!("{:?} did not start: {said}", self.kind);
    }

    /// Ends it; what it holds stays.
    pub fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            let signal = if self.kind == Kind::Postgres { "-INT" } else { "-TERM" };
            let _ = Command::new("kill").arg(signal).arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// The data directory that tests copy.
fn template(kind: Kind) -> PathBuf {
    let owner = std::fs::metadata("/proc/self").unwrap().uid();
    let template = std::env::temp_dir().join(format!("tanghulu-tests-{kind:?}-v1-{owner}"));
    if template.is_dir() {
        return template;
    }
    let making = tempfile::tempdir_in(std::env::temp_dir()).unwrap();
    give(kind, making.path());
    let data = making.path().join("data");
    match kind {
        Kind::Postgres => {
            let password = making.path().join("password");
            std::fs::write(&password, PASSWORD).unwrap();
            give(kind, &password);
            let mut init = as_user(kind, Command::new(tool("initdb")));
            init.arg("-D").arg(&data).arg("--pwfile").arg(&password);
            // Not SCRAM: its thousands of rounds cost a build without optimization a quarter of a second at each login.
            run(init.args(["-U", USER, "-A", "md5", "-E", "UTF8", "--locale=C", "--no-sync"]));
            let sql = "CREATE DATABASE front;\n";
            let mut single = as_user(kind, Command::new(tool("postgres")));
            single
                .args(["--single", "-D"])
                .arg(&data)
                .args(["-c", "fsync=off", "postgres"]);
            feed(&mut single, sql);
        }
        Kind::MariaDb => {
            let mut init = as_user(kind, Command::new(tool("mariadb-install-db")));
            init.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
            run(init.args([
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
            ]));
            std::fs::write(
                data.join("init.sql"),
                format!(
                    "CREATE DATABASE IF NOT EXISTS front CHARACTER SET utf8mb4;\n\
                     CREATE USER IF NOT EXISTS {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n\
                     GRANT ALL ON front.* TO {USER}@'127.0.0.1';\n"
                ),
            )
            .unwrap();
            give(kind, &data.join("init.sql"));
        }
    }
    // Somebody else may have made one meanwhile: either will do.
    if std::fs::rename(&data, &template).is_err() {
        assert!(template.is_dir(), "no template at {}", template.display());
    }
    template
}

fn server(kind: Kind, data: &Path, port: u16) -> Command {
    match kind {
        Kind::Postgres => {
            let mut command = as_user(kind, Command::new(tool("postgres")));
            command.arg("-D").arg(data).arg("-p").arg(port.to_string());
            for setting in [
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=off",
                "shared_buffers=8MB",
                "max_connections=30",
                "autovacuum=off",
            ] {
                command.arg("-c").arg(setting);
            }
            command
        }
        Kind::MariaDb => {
            let mut command = as_user(kind, Command::new(tool("mariadbd")));
            command
                .arg("--no-defaults")
                .arg(format!("--datadir={}", data.display()));
            command.arg(format!("--init-file={}", data.join("init.sql").display()));
            command.arg(format!("--socket={}", data.join("socket").display()));
            command.arg(format!("--pid-file={}", data.join("pid").display()));
            command.arg(format!("--port={port}"));
            command.args([
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=16M",
                "--character-set-server=utf8mb4",
            ]);
            command
        }
    }
}

/// Servers refuse to run as root: there, as the user their package has made for them.
fn as_user(kind: Kind, mut command: Command) -> Command {
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(id(kind, "-u")).gid(id(kind, "-g"));
    }
    command.current_dir("/");
    command
}

/// Makes a path the server's own.
fn give(kind: Kind, path: &Path) {
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        std::os::unix::fs::chown(path, Some(id(kind, "-u")), Some(id(kind, "-g"))).unwrap();
        if path.is_dir() {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
    }
}

fn id(kind: Kind, what: &str) -> u32 {
    let user = match kind {
        Kind::Postgres => "postgres",
        Kind::MariaDb => "mysql",
    };
    let out = Command::new("id").arg(what).arg(user).output().unwrap();
    String::from_utf8(out.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("no user {user}"))
}

fn tool(name: &str) -> PathBuf {
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    dirs.extend(["/usr/sbin", "/usr/local/sbin", "/usr/bin"].map(PathBuf::from));
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        dirs.extend(versions.map(|v| v.unwrap().path().join("bin")));
    }
    let package = if name.starts_with("mariadb") {
        "mariadb-server"
    } else {
        "postgresql"
    };
    dirs.iter()
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("no {name} here: these tests need a real server; install the package {package}"))
}

fn run(command: &mut Command) {
    let out = command.output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success(), "{command:?}: {said}");
}

fn feed(command: &mut Command, text: &str) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{command:?}");
}
