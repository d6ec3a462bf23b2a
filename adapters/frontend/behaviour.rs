//! The behaviour suite against the tax bureau: behind an OpenSSH server, behind the server in this process, and in a
//! directory of this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod gap;

use crate::tests::world::{self, Stopped, World, names_in};
use departments::Books;
use departments::cases::case_no;
use departments::fate::{Fates, Ruling};
use departments::ltax::{Ltax, MATTER};
use model::{CaseNo, Row};
use port::{Adapter, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, REFUSED, SECRET, tree};

struct OneIsRefused;

impl Fates for OneIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(REFUSED) {
            Ruling::RefuseRow("3001".into())
        } else {
            Ruling::Approve
        }
    }
}

enum Server {
    Up(World),
    /// The server is gone.
    Down(Stopped),
    /// The server is there, the directories are not: nobody mounted them.
    Unmounted(World),
    Changing,
}

struct Bureau {
    /// Whether going away means that the server ends; otherwise its directories do.
    ends: bool,
    server: Mutex<Server>,
    /// No markers, either way: complete is what stands under its name.
    renames: bool,
    root: PathBuf,
    ltax: Ltax,
    /// The bureau's own directory, and where files wait that look unfinished.
    own: TempDir,
}

impl Bureau {
    async fn openssh() -> Arc<Self> {
        Self::behind(World::openssh().await, false, false)
    }

    /// The bureau that goes by names, behind a server and in a directory.
    async fn renaming_openssh() -> Arc<Self> {
        Self::behind(World::openssh().await, false, true)
    }

    async fn renaming_directory() -> Arc<Self> {
        Self::behind(World::directory(), false, true)
    }

    async fn in_process() -> Arc<Self> {
        Self::behind(World::in_process().await, true, false)
    }

    async fn directory() -> Arc<Self> {
        Self::behind(World::directory(), false, false)
    }

    fn behind(world: World, ends: bool, renames: bool) -> Arc<Self> {
        let own = tempfile::tempdir().unwrap();
        let books = Arc::new(Books::open(&own.path().join("books"), "ltax").unwrap());
        let clock = world.clock.clone();
        let ltax = Ltax::open(&world.root(), own.path(), books, Arc::new(OneIsRefused), clock, 480).unwrap();
        let ltax = if renames { ltax.without_markers() } else { ltax };
        fs::create_dir(own.path().join("held")).unwrap();
        Arc::new(Self {
            ends,
            renames,
            root: world.root(),
            server: Mutex::new(Server::Up(world)),
            ltax,
            own,
        })
    }

    fn wishes(&self) -> world::Wishes {
        let marked = world::Wishes::default();
        match self.renames {
            false => marked,
            true => world::Wishes {
                out: "ready = \"rename\"\ntaken = \"@UP@/backup\"",
                in_: "ready = \"rename\"\nanswer = true",
                ..marked
            },
        }
    }

    fn change(&self, next: Server) -> Server {
        std::mem::replace(&mut *self.server.lock().unwrap(), next)
    }

    fn download(&self, name: &str) -> PathBuf {
        self.root.join("download").join(name)
    }

    fn held(&self, name: &str) -> PathBuf {
        self.own.path().join("held").join(name)
    }

    fn unmount(&self, away: bool) {
        for dir in ["upload", "download"] {
            let (here, there) = (self.root.join(dir), self.root.join(format!("{dir}.away")));
            if away {
                fs::rename(here, there)
            } else {
                fs::rename(there, here)
            }
            .unwrap();
        }
    }
}

#[async_trait::async_trait]
impl Counterpart for Bureau {
    fn adapter(&self) -> Arc<dyn Adapter> {
        match &*self.server.lock().unwrap() {
            Server::Up(world) | Server::Unmounted(world) => world.adapter_with(self.wishes()),
            Server::Down(_) | Server::Changing => panic!("nobody asks for an adapter now"),
        }
    }

    fn neighbour(&self) -> Arc<dyn Adapter> {
        let Server::Up(world) = &*self.server.lock().unwrap() else {
            panic!("it is not up")
        };
        world.adapter_with(world::Wishes {
            node: "n2",
            ..self.wishes()
        })
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let mut out = world::rows();
        let (row, record) = (out.rows[0].clone(), out.records[0].clone());
        (out.rows, out.records) = (Vec::new(), Vec::new());
        for (line, n) in (1..).zip(cases) {
            let mut row = Row { line, ..row.clone() };
            row.cells[0] = Some(line.to_string().into());
            row.cells[1] = Some(case_no(*n).into());
            let (case_no, token) = (CaseNo::new(case_no(*n)), format!("t{n}"));
            out.rows.push(row);
            out.records.push(port::Record {
                attempt: model::AttemptId(line),
                case_no,
                token,
                ..record.clone()
            });
        }
        out
    }

    fn numbers(&self, seq: u32) -> Numbers {
        world::numbers(seq)
    }

    /// A character that the department's encoding does not have.
    fn spoil(&self, row: &mut Row) {
        row.cells[2] = Some(format!("{SECRET}😀").into());
    }

    async fn let_department_work(&self) {
        self.ltax.tick().unwrap();
    }

    fn booked(&self, case: &CaseNo) -> usize {
        self.ltax.books().of(case.as_str(), MATTER).len()
    }

    fn refusal(&self) -> &str {
        "3001"
    }

    fn case_column(&self) -> &str {
        "业务编号"
    }

    fn code_column(&self) -> Option<&str> {
        Some("返回码")
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.root)
    }

    /// Half of each file is there, and no marker; or it is there under another name.
    async fn half_write(&self) {
        for name in names_in(&self.root.join("download")) {
            let path = self.download(&name);
            fs::copy(&path, self.held(&name)).unwrap();
            if self.renames {
                let bytes = fs::read(&path).unwrap();
                fs::write(self.download(&format!("{name}.PART")), &bytes[..bytes.len() / 2]).unwrap();
                fs::remove_file(path).unwrap();
            } else if name.ends_with(".ok") {
                fs::remove_file(path).unwrap();
            } else {
                let bytes = fs::read(&path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            }
        }
    }

    async fn finish(&self) {
        let (data, markers): (Vec<_>, Vec<_>) = names_in(&self.own.path().join("held"))
            .into_iter()
            .partition(|n| !n.ends_with(".ok"));
        for name in data.iter().chain(&markers) {
            let _ = fs::remove_file(self.download(&format!("{name}.PART")));
            fs::copy(self.held(name), self.download(name)).unwrap();
        }
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let names = [
            "LTAX_HUB_DJJG_20260316_0001.csv",
            "LTAX_HUB_DJJG_20260316_0901.csv",
            "LTAX_HUB_DJJG_20260316_0002.csv",
        ];
        for end in if self.renames { &[""][..] } else { &["", ".ok"] } {
            fs::copy(
                self.download(&format!("{}{end}", names[0])),
                self.download(&format!("{}{end}", names[1])),
            )
            .unwrap();
        }
        let mut offers = adapter.collect(&world::ask(100)).await.unwrap();
        names.map(|name| {
            let at = offers.iter().position(|o| o.name == name).unwrap();
            offers.remove(at)
        })
    }

    async fn go_down(&self) {
        let Server::Up(world) = self.change(Server::Changing) else {
            panic!("it is not up")
        };
        let next = if self.ends {
            Server::Down(world.stop().await)
        } else {
            self.unmount(true);
            Server::Unmounted(world)
        };
        self.change(next);
    }

    async fn come_back(&self) {
        let world = match self.change(Server::Changing) {
            Server::Down(stopped) => stopped.start_again().await,
            Server::Unmounted(world) => {
                self.unmount(false);
                world
            }
            Server::Up(_) | Server::Changing => panic!("it is not down"),
        };
        self.change(Server::Up(world));
    }
}

mod openssh {
    testkit::behaviour_suite!(super::Bureau::openssh().await);
    testkit::behaviour_suite!(
        super::Bureau::openssh().await;
        what_another_node_claimed_is_left_until_it_is_taken_over,
        a_crash_before_take_over_returns_is_made_good,
    );
}

mod in_process {
    testkit::behaviour_suite!(super::Bureau::in_process().await);
    testkit::behaviour_suite!(
        super::Bureau::in_process().await;
        what_another_node_claimed_is_left_until_it_is_taken_over,
        a_crash_before_take_over_returns_is_made_good,
    );
}

mod renaming_openssh {
    testkit::behaviour_suite!(super::Bureau::renaming_openssh().await);
}

mod renaming_directory {
    testkit::behaviour_suite!(super::Bureau::renaming_directory().await);
    testkit::behaviour_suite!(
        super::Bureau::renaming_directory().await;
        what_another_node_claimed_is_left_until_it_is_taken_over,
        a_crash_before_take_over_returns_is_made_good,
    );
}

mod directory {
    testkit::behaviour_suite!(super::Bureau::directory().await);
    testkit::behaviour_suite!(
        super::Bureau::directory().await;
        what_another_node_claimed_is_left_until_it_is_taken_over,
        a_crash_before_take_over_returns_is_made_good,
    );
}
