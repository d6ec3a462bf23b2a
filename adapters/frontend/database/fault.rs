//! What an engine's error means, and who acts next. Its words are never passed on: they quote values.

use super::settings::Engine;
use super::tls;
use crate::units;
use model::{Code, Finding};
use port::Fault;
use std::time::Duration;

/// What went wrong with a statement.
#[derive(Debug)]
pub enum Trouble {
    /// The channel's trouble.
    Channel(Fault),
    /// One row's: the table does not take it. A return code and the engine's own code.
    Row(&'static str, String),
    /// A row of that key is there already.
    Twice,
}

impl Trouble {
    /// Where no single row can be to blame.
    pub fn fault(self, endpoint: &str) -> Fault {
        match self {
            Self::Channel(fault) => fault,
            Self::Row(_, code) => protocol(endpoint, &code),
            Self::Twice => busy(endpoint),
        }
    }
}

/// Somebody else works on the same rows.
pub fn busy(endpoint: &str) -> Fault {
    Fault::retry(Finding::new(Code::CBusy).with("endpoint", endpoint))
}

/// It took too long.
pub fn late(endpoint: &str, limit: Duration) -> Fault {
    Fault::retry(
        Finding::new(Code::CTimeout)
            .with("endpoint", endpoint)
            .with("limit", units::shown(limit)),
    )
}

/// It is not as agreed.
pub fn protocol(endpoint: &str, detail: &str) -> Fault {
    Fault::person(
        Finding::new(Code::CProtocol)
            .with("endpoint", endpoint)
            .with("detail", detail),
    )
}

fn unreachable(endpoint: &str, detail: &str) -> Fault {
    Fault::retry(
        Finding::new(Code::CUnreachable)
            .with("endpoint", endpoint)
            .with("detail", detail),
    )
}

fn distrust(endpoint: &str, detail: &str) -> Fault {
    let finding = Finding::new(Code::CTls).with("endpoint", endpoint);
    Fault::person(finding.with("detail", detail).with("setting", "database.ca"))
}

fn auth(endpoint: &str) -> Fault {
    Fault::person(
        Finding::new(Code::CAuth)
            .with("endpoint", endpoint)
            .with("setting", "database.password"),
    )
}

/// Classifies an error of the library.
pub fn classify(engine: Engine, endpoint: &str, error: &sqlx::Error) -> Trouble {
    if let Some(detail) = tls::objection(error) {
        return Trouble::Channel(distrust(endpoint, &detail));
    }
    let channel = match error {
        sqlx::Error::Database(error) => {
            if error.is_unique_violation() {
                return Trouble::Twice;
            }
            let code = error.code().map(|c| c.into_owned()).unwrap_or_default();
            match engine {
                Engine::Postgres => return postgres(endpoint, code),
                Engine::Sqlite => return sqlite(endpoint, code),
                Engine::Mysql => {
                    let number = error
                        .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
                        .map(|e| e.number());
                    return mysql(endpoint, number.unwrap_or_default());
                }
            }
        }
        sqlx::Error::Io(error) => unreachable(endpoint, &error.kind().to_string()),
        sqlx::Error::Tls(_) if tls::is_missing(error) => {
            Fault::person(Finding::new(Code::CNoTls).with("endpoint", endpoint))
        }
        sqlx::Error::Tls(_) => distrust(endpoint, "TLS"),
        sqlx::Error::WorkerCrashed => unreachable(endpoint, "worker"),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => protocol(endpoint, "不是文本 not text"),
        _ => unreachable(endpoint, "协议 protocol"),
    };
    Trouble::Channel(channel)
}

/// By SQLSTATE.
fn postgres(endpoint: &str, code: String) -> Trouble {
    let row = match code.as_str() {
        "22001" => Some("2002"),
        "22003" => Some("2006"),
        "22007" | "22008" => Some("2005"),
        "22021" | "22P05" => Some("2007"),
        "23502" => Some("2001"),
        _ => None,
    };
    let class = code.get(..2).unwrap_or_default();
    Trouble::Channel(match (row, class) {
        (Some(row), _) => return Trouble::Row(row, code),
        (None, "22" | "23") => return Trouble::Row("9999", code),
        (None, "28") => auth(endpoint),
        (None, "40" | "53" | "55") => busy(endpoint),
        (None, _) if matches!(code.as_str(), "57014" | "25P03") => busy(endpoint),
        (None, "57" | "08") => unreachable(endpoint, &code),
        _ => protocol(endpoint, &format!("SQLSTATE {code}")),
    })
}

/// By the server's own numbers: its SQLSTATE is mostly `HY000`.
fn mysql(endpoint: &str, number: u16) -> Trouble {
    let row = match number {
        1406 | 1265 => "2002",
        1264 | 1690 => "2006",
        1292 => "2005",
        1366 => "2007",
        1048 | 1364 => "2001",
        1451 | 1452 | 3819 | 4025 => "9999",
        _ => "",
    };
    if !row.is_empty() {
        return Trouble::Row(row, number.to_string());
    }
    Trouble::Channel(match number {
        1044 | 1045 | 1698 => auth(endpoint),
        1040 | 1203 | 1205 | 1213 | 1226 | 1317 | 1969 | 3024 => busy(endpoint),
        1053 | 1077 | 1078 | 1079 | 1080 => unreachable(endpoint, &number.to_string()),
        _ => protocol(endpoint, &format!("error {number}")),
    })
}

/// By the primary result code.
fn sqlite(endpoint: &str, code: String) -> Trouble {
    let primary = code.parse::<u32>().unwrap_or_default() & 0xff;
    Trouble::Channel(match primary {
        5 | 6 => busy(endpoint),
        10 | 13 | 14 => unreachable(endpoint, &format!("SQLite {code}")),
        19 if code == "1299" => return Trouble::Row("2001", code),
        18..=20 => return Trouble::Row("9999", code),
        _ => protocol(endpoint, &format!("SQLite {code}")),
    })
}
