//! What an administrator installs: the package unpacks to a program that runs, the unit is sound, the node tells the
//! service manager how it is, and the first installation makes a key and never makes another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tanghulu");
/// Where the unit says the program is.
const INSTALLED: &str = "/usr/bin/tanghulu";
/// Far longer than anything here takes: only what hangs meets it.
const PATIENCE: Duration = Duration::from_secs(60);

fn source() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a tool; a missing one fails with its package's name.
fn tool(package: &str, command: &mut Command) -> Output {
    match command.output() {
        Ok(output) => output,
        Err(error) => panic!(
            "{:?} cannot run ({error}): apt-get install {package}",
            command.get_program()
        ),
    }
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Builds the package into `out`; its path.
fn build(out: &Path) -> PathBuf {
    let script = source().join("packaging/debian/build.sh");
    let mut command = Command::new("sh");
    command
        .arg(script)
        .args(["--binary", PROGRAM, "--compression", "none", "--out"])
        .arg(out);
    let built = tool("dash", &mut command);
    assert!(built.status.success(), "{}", text(&built));
    PathBuf::from(String::from_utf8(built.stdout).unwrap().trim())
}

/// Builds and unpacks; where the package's root is then.
fn unpacked(dir: &Path) -> PathBuf {
    let package = build(dir);
    let root = dir.join("root");
    let done = tool("dpkg", Command::new("dpkg-deb").arg("-x").arg(&package).arg(&root));
    assert!(done.status.success(), "{}", text(&done));
    root
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path))
        } else {
            files.push(path)
        }
    }
    files.sort();
    files
}

#[test]
fn the_package_unpacks_to_a_program_that_runs() {
    let dir = tempfile::tempdir().unwrap();
    let root = unpacked(dir.path());
    let program = root.join("usr/bin/tanghulu");
    let version = tool("coreutils", Command::new(&program).arg("--version"));
    assert!(version.status.success(), "{}", text(&version));
    assert_eq!(text(&version).trim(), format!("tanghulu {}", env!("CARGO_PKG_VERSION")));

    let config = root.join("etc/tanghulu");
    let check = tool(
        "coreutils",
        Command::new(&program)
            .args(["check", "--offline", "--config"])
            .arg(&config),
    );
    assert_eq!(check.status.code(), Some(0), "{}", text(&check));

    // Broken, it must say so: the check above reads these very files.
    fs::write(config.join("departments/aic.toml"), "id = 7\n").unwrap();
    let check = tool(
        "coreutils",
        Command::new(&program)
            .args(["check", "--offline", "--config"])
            .arg(&config),
    );
    assert_eq!(check.status.code(), Some(2), "{}", text(&check));
}

#[test]
fn every_shipped_setting_is_the_administrators_to_keep() {
    let dir = tempfile::tempdir().unwrap();
    let package = build(dir.path());
    let asked = tool(
        "dpkg",
        Command::new("dpkg-deb").arg("-I").arg(&package).arg("conffiles"),
    );
    assert!(asked.status.success(), "{}", text(&asked));
    let mut kept: Vec<String> = text(&asked).lines().map(str::to_owned).collect();
    kept.sort();
    let config = source().join("config");
    let installed = |path: &PathBuf| format!("/etc/tanghulu/{}", path.strip_prefix(&config).unwrap().display());
    let shipped: Vec<String> = files_below(&config)
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .map(installed)
        .collect();
    assert!(shipped.len() > 10, "{shipped:?}");
    assert_eq!(kept, shipped);
}

#[test]
fn two_builds_of_one_program_are_one_package() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = (
        fs::read(build(one.path())).unwrap(),
        fs::read(build(two.path())).unwrap(),
    );
    assert!(one == two, "the packages differ");
}

#[test]
fn the_unit_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let root = unpacked(dir.path());
    let unit = fs::read_to_string(root.join("usr/lib/systemd/system/tanghulu.service")).unwrap();
    assert_eq!(
        unit.matches(INSTALLED).count(),
        1,
        "the unit starts the installed program and nothing else"
    );
    let here = dir.path().join("tanghulu.service");
    fs::write(
        &here,
        unit.replace(INSTALLED, root.join("usr/bin/tanghulu").to_str().unwrap()),
    )
    .unwrap();

    let verify = tool(
        "systemd",
        Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&here),
    );
    assert!(verify.status.success(), "{}", text(&verify));
    // It warns of what it does not know and calls that good.
    assert_eq!(text(&verify), "");

    // In tenths of systemd's own scale, 0 to 100: a line of hardening that gets lost shows here.
    let mut command = Command::new("systemd-analyze");
    command
        .args(["security", "--offline=true", "--no-pager", "--threshold=20"])
        .arg(&here);
    let security = tool("systemd", &mut command);
    assert!(security.status.success(), "{}", text(&security));
}

/// Runs the package's script as at a first installation, in a root of its own.
fn configure(root: &Path) -> Output {
    let script = source().join("packaging/debian/postinst");
    tool(
        "dash",
        Command::new("sh").arg(script).arg("configure").env("DPKG_ROOT", root),
    )
}

#[test]
fn the_first_installation_makes_a_key_and_never_another() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("etc/tanghulu/node.key");
    fs::create_dir_all(key.parent().unwrap()).unwrap();

    let first = configure(dir.path());
    assert!(first.status.success(), "{}", text(&first));
    let made = fs::read_to_string(&key).unwrap();
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o7777, 0o400);
    assert!(
        made.len() == 65 && made.trim().bytes().all(|b| b.is_ascii_hexdigit()),
        "not a key"
    );
    assert!(!text(&first).contains(made.trim()), "the key was shown");
    assert_eq!(
        files_below(dir.path()),
        std::slice::from_ref(&key),
        "nothing is left beside the key"
    );

    let again = configure(dir.path());
    assert!(again.status.success(), "{}", text(&again));
    assert!(fs::read_to_string(&key).unwrap() == made, "the key was replaced");

    // A ledger without its key: a new one would look like an answer and be none.
    fs::remove_file(&key).unwrap();
    fs::create_dir_all(dir.path().join("var/lib/tanghulu/journal")).unwrap();
    let lost = configure(dir.path());
    assert!(!key.exists(), "{}", text(&lost));
    assert!(text(&lost).contains("restore the copy"), "{}", text(&lost));
}

/// A configuration with the desk's department and the platform: it needs nobody on the other side.
fn configuration(dir: &Path) -> PathBuf {
    let config = dir.join("config");
    for file in files_below(&source().join("config")) {
        let name = file.strip_prefix(source().join("config")).unwrap();
        let (at, far) = (config.join(name), ["hrss.toml", "ltax.toml", "ntax.toml", "park.toml"]);
        if far.iter().any(|f| name.ends_with(f)) {
            continue;
        }
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::copy(&file, at).unwrap();
    }
    let node = r#"
[node]
name = "it-node"
data_dir = "../data"
key = { file = "../node.key" }

[listen]
http = "127.0.0.1:0"

[people]
"张三" = 1000

[log]
format = "json"
"#;
    fs::write(config.join("tanghulu.toml"), node).unwrap();
    config
}

/// A node as the service manager runs it; killed with the test if it is still there.
struct Service {
    child: Child,
    manager: UnixDatagram,
    said: mpsc::Receiver<String>,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    fn start(config: &Path, socket: &Path) -> Self {
        let manager = UnixDatagram::bind(socket).unwrap();
        manager.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut child = Command::new(PROGRAM)
            .arg("--config")
            .arg(config)
            .arg("run")
            .env("NOTIFY_SOCKET", socket)
            .env("WATCHDOG_USEC", "500000")
            .env_remove("WATCHDOG_PID")
            .env_remove("RUST_LOG")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, manager, said }
    }

    /// The next thing the manager is told.
    fn told(&self) -> String {
        let mut buffer = [0; 4096];
        match self.manager.recv(&mut buffer) {
            Ok(n) => String::from_utf8(buffer[..n].to_vec()).unwrap().trim().to_owned(),
            Err(error) => panic!("the manager was told nothing ({error}); the log: {:?}", self.log()),
        }
    }

    fn log(&self) -> Vec<String> {
        self.said.try_iter().collect()
    }

    /// Where it listens, from its own log line.
    fn address(&self) -> SocketAddr {
        let deadline = std::iter::repeat_with(|| self.said.recv_timeout(PATIENCE));
        for line in deadline.map_while(Result::ok) {
            if let Some(rest) = line.split("127.0.0.1:").nth(1) {
                let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                return SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
            }
        }
        panic!("the log never said where it listens");
    }
}

/// The status code of a GET.
fn get(address: SocketAddr, path: &str) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_service_tells_its_manager_how_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut service = Service::start(&configuration(dir.path()), &dir.path().join("manager"));
    assert_eq!(service.told(), "READY=1", "the first word is that it is ready");

    // Ready means that it answers: no waiting between the word and the question.
    let address = service.address();
    assert_eq!(get(address, "/livez"), 200);
    assert_eq!(get(address, "/readyz"), 200);
    assert_eq!(get(address, "/no-such-page"), 404);

    // Twice: a loop that runs, not a greeting.
    assert_eq!(service.told(), "WATCHDOG=1");
    assert_eq!(service.told(), "WATCHDOG=1");

    let pid = rustix::process::Pid::from_child(&service.child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let mut last = service.told();
    while last == "WATCHDOG=1" {
        last = service.told();
    }
    assert_eq!(last, "STOPPING=1");
    let status = service.child.wait().unwrap();
    assert_eq!(status.code(), Some(0), "{:?}", service.log());
}
