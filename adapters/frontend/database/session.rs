//! One connection for one call: opened, used, closed. Nothing outlives a call that a crash could leave behind, and a
//! database that was away is simply there again at the next.

use super::fault::{Trouble, classify, late};
use super::settings::{DatabaseSettings, Engine};
use super::statement::{Statement, Table};
use super::tls::Tlsing;
use futures_util::future::{Either, select};
use model::{Code, Finding};
use port::Fault;
use seams::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// One row, every column as text.
pub type Cells = Vec<Option<String>>;

/// How to connect.
pub struct Server {
    options: Options,
    engine: Engine,
    endpoint: String,
    connect: Duration,
    limit: Duration,
    zone: String,
    clock: Arc<dyn Clock>,
}

enum Options {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
    Mysql(MySqlConnectOptions),
}

enum Link {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
    Mysql(Box<MySqlConnection>),
}

/// An open connection.
pub struct Session<'s> {
    server: &'s Server,
    link: Link,
}

impl Server {
    /// From settings whose password was read. Opens nothing.
    pub fn new(
        settings: &DatabaseSettings,
        password: Option<&SecretString>,
        tls: &Tlsing,
        offset_minutes: i32,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Finding> {
        let missing = |setting: &str| {
            Finding::new(Code::SChannelSetting)
                .with("setting", setting)
                .with("detail", "必需 needed")
        };
        let limit = settings.timeout.0;
        let zone = zone(offset_minutes);
        let (options, endpoint) = match settings.engine {
            Engine::Sqlite => {
                let path = settings.path.as_ref().ok_or_else(|| missing("database.path"))?;
                let options = SqliteConnectOptions::new().filename(path).create_if_missing(false);
                let options = options.busy_timeout(limit).disable_statement_logging();
                (Options::Sqlite(options), path.display().to_string())
            }
            Engine::Postgres | Engine::Mysql => {
                let host = settings.host.as_deref().ok_or_else(|| missing("database.host"))?;
                let name = settings.name.as_deref().ok_or_else(|| missing("database.name"))?;
                let user = settings.user.as_deref().ok_or_else(|| missing("database.user"))?;
                let password = password.ok_or_else(|| missing("database.password"))?.expose_secret();
                let usual = if settings.engine == Engine::Mysql { 3306 } else { 5432 };
                let port = settings.port.unwrap_or(usual);
                let options = match settings.engine {
                    Engine::Mysql => Options::Mysql(tls.mysql(mysql(host, port, name, user, password, &zone))),
                    _ => Options::Postgres(tls.postgres(postgres(host, port, name, user, password, limit))),
                };
                (options, format!("{host}:{port}/{name}"))
            }
        };
        Ok(Self {
            options,
            engine: settings.engine,
            endpoint,
            connect: settings.connect_timeout.0,
            limit,
            zone,
            clock,
        })
    }

    /// What people call it.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Connects and arranges the session: the agreed zone, short waits for locks, nothing cut in silence.
    pub async fn open(&self) -> Result<Session<'_>, Fault> {
        let link = within(&*self.clock, self.connect, async {
            Ok(match &self.options {
                Options::Sqlite(options) => Link::Sqlite(Box::new(options.connect().await?)),
                Options::Postgres(options) => Link::Postgres(Box::new(options.connect().await?)),
                Options::Mysql(options) => Link::Mysql(Box::new(options.connect().await?)),
            })
        });
        let link = match link.await {
            None => return Err(late(&self.endpoint, self.connect)),
            Some(Err(error)) => return Err(self.trouble(&error).fault(&self.endpoint)),
            Some(Ok(link)) => link,
        };
        let mut session = Session { server: self, link };
        let seconds = self.limit.as_secs().max(1);
        match self.engine {
            Engine::Sqlite => {}
            Engine::Postgres => {
                let zone = format!("SET TIME ZONE INTERVAL '{}' HOUR TO MINUTE", self.zone);
                session.command(zone).await?;
            }
            Engine::Mysql => {
                let strict = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";
                session
                    .command(format!("{strict}, innodb_lock_wait_timeout = {seconds}"))
                    .await?;
            }
        }
        Ok(session)
    }

    /// A whole transaction within the time that locks may be held. One that takes longer is given up, and goes with its
    /// connection.
    pub async fn briefly<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let done = within(&*self.clock, self.limit, work).await;
        done.unwrap_or_else(|| Err(late(&self.endpoint, self.limit)))
    }

    fn trouble(&self, error: &sqlx::Error) -> Trouble {
        classify(self.engine, &self.endpoint, error)
    }
}

fn postgres(host: &str, port: u16, name: &str, user: &str, password: &str, limit: Duration) -> PgConnectOptions {
    let ms = limit.as_millis().to_string();
    PgConnectOptions::new_without_pgpass()
        .host(host)
        .port(port)
        .database(name)
        .username(user)
        .password(password)
        .application_name("tanghulu")
        .options([
            ("statement_timeout", ms.as_str()),
            ("lock_timeout", ms.as_str()),
            ("idle_in_transaction_session_timeout", ms.as_str()),
        ])
        .disable_statement_logging()
}

fn mysql(host: &str, port: u16, name: &str, user: &str, password: &str, zone: &str) -> MySqlConnectOptions {
    MySqlConnectOptions::new()
        .host(host)
        .port(port)
        .database(name)
        .username(user)
        .password(password)
        .timezone(Some(zone.to_owned()))
        .pipes_as_concat(false)
        .disable_statement_logging()
}

/// `+08:00`
fn zone(offset_minutes: i32) -> String {
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let minutes = offset_minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

async fn within<T>(clock: &dyn Clock, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (work, wait) = (pin!(work), pin!(clock.sleep(limit)));
    match select(work, wait).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// The same statement over whichever connection there is.
macro_rules! over {
    ($link:expr, $statement:expr, |$query:ident, $connection:ident| $run:expr) => {
        match $link {
            Link::Sqlite($connection) => {
                let mut $query = sqlx::query::<sqlx::Sqlite>(AssertSqlSafe($statement.sql));
                for value in $statement.values {
                    $query = $query.bind(value);
                }
                $run
            }
            Link::Postgres($connection) => {
                let mut $query = sqlx::query::<sqlx::Postgres>(AssertSqlSafe($statement.sql));
                for value in $statement.values {
                    $query = $query.bind(value);
                }
                $run
            }
            Link::Mysql($connection) => {
                let mut $query = sqlx::query::<sqlx::MySql>(AssertSqlSafe($statement.sql));
                for value in $statement.values {
                    $query = $query.bind(value);
                }
                $run
            }
        }
    };
}

impl Session<'_> {
    /// What people call the database.
    pub fn endpoint(&self) -> &str {
        self.server.endpoint()
    }

    /// A table as statements name it. Where the engine takes no text for other types, its column types are asked for.
    pub async fn table(&mut self, name: &str) -> Result<Table, Fault> {
        let engine = self.server.engine;
        let mut types = BTreeMap::new();
        if engine == Engine::Postgres {
            // -1 says "of any length": without it a column of fixed length is called `character`, which is one character.
            let sql = "SELECT CAST(attname AS TEXT), format_type(atttypid, -1) FROM pg_catalog.pg_attribute \
                       WHERE attrelid = CAST($1 AS regclass) AND attnum > 0 AND NOT attisdropped LIMIT 2000";
            let mut asked = Statement::plain(sql);
            asked
                .values
                .push(Some(Table::new(engine, name, BTreeMap::new()).name().to_owned()));
            for row in self.rows(asked).await? {
                if let [Some(column), Some(kind)] = row.as_slice() {
                    types.insert(column.clone(), kind.clone());
                }
            }
        }
        Ok(Table::new(engine, name, types))
    }

    /// Rows of a statement that limits itself.
    pub async fn fetch(&mut self, statement: Statement) -> Result<Vec<Cells>, Trouble> {
        let (clock, limit) = (Arc::clone(&self.server.clock), self.server.limit);
        let link = &mut self.link;
        let work = async {
            over!(link, statement, |query, connection| {
                let mut rows = Vec::new();
                for row in query.fetch_all(&mut **connection).await? {
                    let cells: Result<Cells, _> = (0..row.len()).map(|at| row.try_get(at)).collect();
                    rows.push(cells?);
                }
                Ok(rows)
            })
        };
        let ended = within(&*clock, limit, work).await;
        self.judged(ended)
    }

    /// The same where no single row can be to blame.
    pub async fn rows(&mut self, statement: Statement) -> Result<Vec<Cells>, Fault> {
        let rows = self.fetch(statement).await;
        rows.map_err(|trouble| trouble.fault(&self.server.endpoint))
    }

    /// How many rows a statement changed.
    pub async fn execute(&mut self, statement: Statement) -> Result<u64, Trouble> {
        let (clock, limit) = (Arc::clone(&self.server.clock), self.server.limit);
        let link = &mut self.link;
        let work = async {
            over!(link, statement, |query, connection| {
                Ok(query.execute(&mut **connection).await?.rows_affected())
            })
        };
        let ended = within(&*clock, limit, work).await;
        self.judged(ended)
    }

    /// The same where no single row can be to blame.
    pub async fn change(&mut self, statement: Statement) -> Result<u64, Fault> {
        let changed = self.execute(statement).await;
        changed.map_err(|trouble| trouble.fault(&self.server.endpoint))
    }

    /// Begins a transaction. One that is neither ended nor undone goes with the connection.
    pub async fn begin(&mut self) -> Result<(), Fault> {
        // SQLite takes its one write lock at once: two readers that both want to write would wait for each other.
        let begin = match self.server.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
            Engine::Mysql => "START TRANSACTION",
        };
        self.command(begin.to_owned()).await
    }

    /// Ends a transaction.
    pub async fn commit(&mut self) -> Result<(), Fault> {
        self.command("COMMIT".to_owned()).await
    }

    /// Undoes a transaction.
    pub async fn undo(&mut self) -> Result<(), Fault> {
        self.command("ROLLBACK".to_owned()).await
    }

    /// Says good-bye; whoever leaves without it is thrown out a little later.
    pub async fn close(self) {
        let clock = Arc::clone(&self.server.clock);
        let closed = within(&*clock, self.server.limit, async {
            match self.link {
                Link::Sqlite(link) => link.close().await,
                Link::Postgres(link) => link.close().await,
                Link::Mysql(link) => link.close().await,
            }
        });
        if !matches!(closed.await, Some(Ok(()))) {
            tracing::debug!(endpoint = self.server.endpoint, "not closed in order");
        }
    }

    /// A command without values, in the protocol that takes every command.
    async fn command(&mut self, sql: String) -> Result<(), Fault> {
        let (clock, limit) = (Arc::clone(&self.server.clock), self.server.limit);
        let link = &mut self.link;
        let work = async {
            let sql = sqlx::raw_sql(AssertSqlSafe(sql));
            match link {
                Link::Sqlite(link) => sql.execute(&mut **link).await.map(|_| ()),
                Link::Postgres(link) => sql.execute(&mut **link).await.map(|_| ()),
                Link::Mysql(link) => sql.execute(&mut **link).await.map(|_| ()),
            }
        };
        let ended = within(&*clock, limit, work).await;
        self.judged(ended)
            .map_err(|trouble| trouble.fault(&self.server.endpoint))
    }

    fn judged<T>(&self, ended: Option<Result<T, sqlx::Error>>) -> Result<T, Trouble> {
        match ended {
            None => Err(Trouble::Channel(late(&self.server.endpoint, self.server.limit))),
            Some(ended) => ended.map_err(|error| self.server.trouble(&error)),
        }
    }
}
