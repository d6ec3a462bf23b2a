//! The behaviour suite against the environmental bureau, whose front-end database is a SQLite file, a PostgreSQL server
//! and a MariaDB server in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use super::tests::world::{self, Engine, Wishes, World};
use departments::cases::case_no;
use departments::epb::MATTER;
use departments::epb::store::Store;
use model::{CaseNo, Op, Row};
use port::{Adapter, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::behaviour::{Counterpart, SECRET};

struct Bureau {
    world: Mutex<Option<World>>,
    /// Receipts are of our own rows and nobody claims them: where claims are tried, only results come in.
    receipts: bool,
}

impl Bureau {
    async fn on(engine: Engine) -> Arc<Self> {
        Self::with(engine, true).await
    }

    async fn results_only(engine: Engine) -> Arc<Self> {
        Self::with(engine, false).await
    }

    async fn with(engine: Engine, receipts: bool) -> Arc<Self> {
        Arc::new(Self {
            world: Mutex::new(Some(World::on(engine).await)),
            receipts,
        })
    }

    fn look<T>(&self, at: impl FnOnce(&World) -> T) -> T {
        at(self.world.lock().unwrap().as_ref().expect("nobody else uses it now"))
    }

    fn adapter_of(&self, node: &'static str) -> Arc<dyn Adapter> {
        let receipts = self.receipts;
        self.look(|world| {
            world.adapter_with(Wishes {
                node,
                receipts,
                ..Wishes::default()
            })
        })
    }

    async fn hand(&self, sql: &str) {
        let place = self.look(World::place);
        Store::open(&place).await.unwrap().command(sql).await.unwrap();
    }
}

#[async_trait::async_trait]
impl Counterpart for Bureau {
    fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter_of("n1")
    }

    fn neighbour(&self) -> Arc<dyn Adapter> {
        self.adapter_of("n2")
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        world::outgoing(cases, ("I", Op::Submit))
    }

    fn numbers(&self, seq: u32) -> Numbers {
        world::numbers(seq)
    }

    /// A name that is longer than the interface allows.
    fn spoil(&self, row: &mut Row) {
        row.cells[4] = Some(SECRET.repeat(20).into());
    }

    async fn let_department_work(&self) {
        let world = self.world.lock().unwrap().take().unwrap();
        let turned = world.epb.turn().await;
        self.world.lock().unwrap().replace(world);
        turned.unwrap();
    }

    fn booked(&self, case: &CaseNo) -> usize {
        self.look(|world| world.epb.books().of(case.as_str(), MATTER).len())
    }

    fn refusal(&self) -> &str {
        "9999"
    }

    fn case_column(&self) -> &str {
        "PROJID"
    }

    fn code_column(&self) -> Option<&str> {
        Some("SIGNSTATE")
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        let dump = async {
            let place = self.look(World::place);
            let mut store = Store::open(&place).await.unwrap();
            let mut seen = BTreeMap::new();
            for (table, columns) in departments::epb::TABLES {
                let columns: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
                for row in store.rows(&columns, &format!("\"{table}\""), &[]).await.unwrap() {
                    let key = format!("{table} {:?} {:?}", row[0], row[2]);
                    seen.insert(key, format!("{row:?}").into_bytes());
                }
            }
            seen
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(dump))
    }

    /// Results stand in a state of the bureau's own, and it has not decided on any row of ours.
    async fn half_write(&self) {
        self.hand("UPDATE \"XCHG_IN\" SET \"SIGNSTATE\" = 'W' WHERE \"SIGNSTATE\" = '0'")
            .await;
        self.hand("UPDATE \"XCHG_OUT\" SET \"SIGNSTATE\" = '1' WHERE \"SIGNSTATE\" = '2'")
            .await;
    }

    async fn finish(&self) {
        self.hand("UPDATE \"XCHG_IN\" SET \"SIGNSTATE\" = '0' WHERE \"SIGNSTATE\" = 'W'")
            .await;
        self.hand("UPDATE \"XCHG_OUT\" SET \"SIGNSTATE\" = '2' WHERE \"SIGNSTATE\" = '1'")
            .await;
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let columns: Vec<String> = departments::epb::TABLES[1]
            .1
            .iter()
            .map(|(n, _)| format!("\"{n}\""))
            .collect();
        let (names, copied) = (columns.join(", "), columns.join(", ").replace("\"DATAVER\"", "901"));
        self.hand(&format!(
            "INSERT INTO \"XCHG_IN\" ({names}) SELECT {copied} FROM \"XCHG_IN\" WHERE \"PROJID\" = '{}'",
            case_no(1)
        ))
        .await;
        let mut offers = adapter.collect(&world::ask(100)).await.unwrap();
        ["E000001.1", "E000001.901", "E000002.1"].map(|name| {
            let at = offers.iter().position(|o| o.name == name).unwrap();
            offers.remove(at)
        })
    }

    /// A server ends; a file is moved away.
    async fn go_down(&self) {
        let mut world = self.world.lock().unwrap();
        let world = world.as_mut().unwrap();
        match &mut world.server {
            Some(server) => server.end(),
            None => std::fs::rename(world.dir.path().join("front.db"), world.dir.path().join("away.db")).unwrap(),
        }
    }

    async fn come_back(&self) {
        let mut world = self.world.lock().unwrap().take().unwrap();
        match &mut world.server {
            Some(server) => server.begin().await,
            None => std::fs::rename(world.dir.path().join("away.db"), world.dir.path().join("front.db")).unwrap(),
        }
        self.world.lock().unwrap().replace(world);
    }
}

macro_rules! on {
    ($($engine:ident in $module:ident),+) => {$(
        mod $module {
            use super::{Bureau, Engine};
            testkit::behaviour_suite!(Bureau::on(Engine::$engine).await);
            testkit::behaviour_suite!(
                Bureau::results_only(Engine::$engine).await;
                what_another_node_claimed_is_left_until_it_is_taken_over,
                a_crash_before_take_over_returns_is_made_good,
            );
        }
    )+};
}

on!(Sqlite in sqlite, Postgres in postgres, MariaDb in mariadb);
