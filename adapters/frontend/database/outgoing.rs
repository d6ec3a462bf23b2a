//! Rows going out: one insert per record, in one short transaction with the flag on the versions that it replaces; and
//! what can be said of a row by looking at its state.
//!
//! The state column of our own row is the department's whole answer, so an inserted row is pending until a receipt is
//! made of it (`receipts`). The row's key is fixed before anything is sent: whoever died in between looks for it.

use super::fault::{Trouble, protocol};
use super::key::{Numbering, ROWS_MAX};
use super::session::{Server, Session};
use super::settings::OutTable;
use super::statement::Table;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use model::{Code, Finding};
use port::{Encoded, Fault, Misfit, Numbers, Outcome, Outgoing, Part, Prepared, Recalled, Said};
use seams::{Clock, UnixMs, point};

/// More versions of one thing than anybody makes.
const VERSIONS_MAX: usize = 1_000;

/// Columns and values of one row, as they were encoded.
type Pairs = Vec<(String, Option<String>)>;

/// The outgoing side of a channel.
pub struct Outbox<'a> {
    pub server: &'a Server,
    pub settings: &'a OutTable,
    pub clock: &'a dyn Clock,
}

/// A row of ours as it stands in the table.
struct Standing {
    state: String,
    replaced: bool,
    same: bool,
}

/// The bytes of a batch: one part per row, each a JSON list of columns with their values. Version and state are not among
/// them: they are the table's to say at the moment of the insert.
pub fn encode(
    settings: &OutTable,
    rows: &Outgoing,
    numbers: &Numbers,
    offset_minutes: i32,
) -> Result<Encoded, Vec<Misfit>> {
    let count = rows.records.len();
    let everyone = |finding: Finding| Misfit {
        record: count,
        findings: vec![finding],
    };
    let Some(numbering) = Numbering::new(&settings.number).filter(|_| count <= ROWS_MAX) else {
        let finding = Finding::new(Code::SChannelSetting).with("setting", "database.out.number");
        return Err(vec![everyone(finding.with("detail", "不可用 cannot be used"))]);
    };
    let number = numbering.number(numbers.day, numbers.seq);
    let made = civil(numbers.at, offset_minutes);
    let (mut parts, mut misfits) = (Vec::with_capacity(count), Vec::new());
    for (record, row) in rows.rows.iter().enumerate() {
        let key = numbering.key(&number, record, count);
        let mut pairs: Pairs = vec![
            (settings.key.clone(), Some(key.clone())),
            (settings.made.clone(), Some(made.clone())),
        ];
        let cells = rows.header.names().iter().zip(&row.cells);
        pairs.extend(cells.map(|(name, cell)| (name.to_string(), cell.as_deref().map(str::to_owned))));
        let findings = judge(settings, rows, record, &pairs);
        if !findings.is_empty() {
            misfits.push(Misfit { record, findings });
            continue;
        }
        match serde_json::to_vec(&pairs) {
            Ok(bytes) => parts.push(Part {
                name: key,
                bytes,
                records: record..record + 1,
            }),
            Err(_) => misfits.push(everyone(Finding::new(Code::EStructure).with("detail", "JSON"))),
        }
    }
    if misfits.is_empty() {
        Ok(Encoded { number, parts })
    } else {
        Err(misfits)
    }
}

/// What does not fit: too long, a character no database holds, nothing where the row must say what it is about.
fn judge(settings: &OutTable, rows: &Outgoing, record: usize, pairs: &Pairs) -> Vec<Finding> {
    let line = rows.rows.get(record).map_or(0, |r| r.line);
    let mut findings = Vec::new();
    for (column, value) in pairs {
        let say = |finding: Finding| finding.row(line).column(column.as_str()).with("column", column);
        let text = value.as_deref().unwrap_or_default();
        let field = rows.layout.fields.iter().find(|f| f.name == *column);
        if let Some(limit) = field.and_then(|f| f.max_bytes).filter(|l| text.len() > *l as usize) {
            findings.push(
                say(Finding::new(Code::ETooLong))
                    .with("found", text.len())
                    .with("limit", limit),
            );
        }
        if text.contains('\0') {
            findings.push(say(Finding::new(Code::ECharset)));
        }
    }
    for column in &settings.same {
        let there = pairs
            .iter()
            .any(|(c, value)| c == column && value.as_ref().is_some_and(|v| !v.is_empty()));
        if !there {
            let finding = Finding::new(Code::ERequired).row(line).column(column.as_str());
            findings.push(finding.with("column", column));
        }
    }
    findings
}

/// An instant as the clock on the wall shows it, `yyyy-mm-dd hh:mm:ss`.
pub fn civil(at: i64, offset_minutes: i32) -> String {
    let instant = Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
    let local = Offset::UTC
        .to_datetime(instant)
        .saturating_add(SignedDuration::from_mins(i64::from(offset_minutes)));
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

impl Outbox<'_> {
    /// Hands a batch over.
    pub async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let rows = self.rows(batch)?;
        let mut session = self.server.open().await?;
        let table = session.table(&self.settings.table).await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in &rows {
            let looked_only = batch.again && !self.absence_proves(batch);
            outcomes.push(
                self.server
                    .briefly(self.hand_over(&mut session, &table, row, looked_only))
                    .await?,
            );
        }
        session.close().await;
        Ok(outcomes)
    }

    /// What the state of each row says.
    pub async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let rows = self.rows(batch)?;
        let mut session = self.server.open().await?;
        let table = session.table(&self.settings.table).await?;
        let states = &self.settings.states;
        let mut said = Vec::with_capacity(rows.len());
        for row in &rows {
            let found = self.find(&mut session, &table, row).await?;
            said.push(match found {
                Some(row) if row.state == states.done => Said::Booked(None),
                // Where states come back as receipts, the receipt says why; an answer here would send it again first.
                Some(row) if row.state == states.failed && self.settings.feed.is_none() => Said::NotBooked,
                // A later version stands for it: what became of it before that, nobody can see any more.
                Some(row) if row.state == states.void && !row.replaced => Said::NotBooked,
                // Not there may be not there yet: an insert that was given up may still be on its way.
                _ => Said::CannotSay,
            });
        }
        session.close().await;
        Ok(said)
    }

    /// Takes a batch back, all of it or nothing: every row from new to void before the department claims one. A row that
    /// was never inserted gets a void one, so that no late insert can bring it in.
    pub async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        let rows = self.rows(batch)?;
        let mut session = self.server.open().await?;
        let table = session.table(&self.settings.table).await?;
        let recalled = self.server.briefly(self.take_back(&mut session, &table, &rows, batch));
        let recalled = recalled.await?;
        session.close().await;
        Ok(recalled)
    }

    async fn take_back(
        &self,
        session: &mut Session<'_>,
        table: &Table,
        rows: &[Pairs],
        batch: &Prepared,
    ) -> Result<Recalled, Fault> {
        let states = &self.settings.states;
        let state = self.settings.state.as_str();
        session.begin().await?;
        for row in rows {
            let undo = table.update(&[(state, Some(&states.void))]);
            let undo = undo.is(&self.settings.key, self.key(row)).is(state, &states.new);
            session.change(undo.done()).await?;
            let recalled = match self.find(session, table, row).await? {
                Some(found) if found.state == states.void && !found.replaced => Recalled::Recalled,
                Some(found) if found.state == states.void => Recalled::Impossible,
                Some(_) => Recalled::Taken,
                None if self.absence_proves(batch) => {
                    let version = self.next_version(session, table, row).await?;
                    let insert = self.insert(table, row, &version, &states.void);
                    match session.execute(insert).await {
                        Ok(_) => Recalled::Recalled,
                        Err(trouble) => return Err(trouble.fault(session.endpoint())),
                    }
                }
                None => Recalled::Impossible,
            };
            if recalled != Recalled::Recalled {
                session.undo().await?;
                return Ok(recalled);
            }
        }
        session.commit().await?;
        Ok(Recalled::Recalled)
    }

    /// One row: there already, or inserted as the newest version of what it is about.
    async fn hand_over(
        &self,
        session: &mut Session<'_>,
        table: &Table,
        row: &Pairs,
        looked_only: bool,
    ) -> Result<Outcome, Fault> {
        let states = &self.settings.states;
        session.begin().await?;
        // Before the look at the key: a twin that is committed in between is then seen, or has the same version.
        let version = self.next_version(session, table, row).await?;
        if let Some(found) = self.find(session, table, row).await? {
            session.undo().await?;
            return match found {
                found if !found.same => {
                    let path = format!("{} {}", self.settings.table, self.key(row));
                    Err(Fault::person(Finding::new(Code::CConflict).with("path", path)))
                }
                found if found.state == states.void => Err(Fault::never(
                    "该行已撤回或已被后一版本取代 this row was recalled or replaced",
                )),
                _ => Ok(Outcome::Pending),
            };
        }
        if looked_only {
            session.undo().await?;
            return Ok(Outcome::Unknown);
        }
        let mut void = table.update(&[(&self.settings.state, Some(&states.void))]);
        for (column, value) in self.same(row) {
            void = void.is(column, value);
        }
        let void = void.none_of(&self.settings.state, &[&states.void]);
        session.change(void.done()).await?;
        match session.execute(self.insert(table, row, &version, &states.new)).await {
            Ok(_) => {
                point::passed("frontend.row-inserted");
                session.commit().await?;
                point::passed("frontend.row-committed");
                Ok(Outcome::Pending)
            }
            Err(Trouble::Row(code, detail)) => {
                session.undo().await?;
                Ok(Outcome::Refused {
                    code: code.to_owned(),
                    reason: format!("数据库不接收该行（{detail}）"),
                })
            }
            Err(trouble) => Err(trouble.fault(session.endpoint())),
        }
    }

    fn insert(&self, table: &Table, row: &Pairs, version: &str, state: &str) -> super::statement::Statement {
        let mut values: Vec<(&str, Option<&str>)> = row.iter().map(|(c, v)| (c.as_str(), v.as_deref())).collect();
        values.push((&self.settings.version, Some(version)));
        values.push((&self.settings.state, Some(state)));
        table.insert(&values)
    }

    /// One more than the highest version of what a row is about.
    async fn next_version(&self, session: &mut Session<'_>, table: &Table, row: &Pairs) -> Result<String, Fault> {
        let mut versions = table.select(&[&self.settings.version]);
        for (column, value) in self.same(row) {
            versions = versions.is(column, value);
        }
        let versions = versions.first(&[&self.settings.version], VERSIONS_MAX).done();
        let (mut highest, versions) = (0, session.rows(versions).await?);
        if versions.len() == VERSIONS_MAX {
            return Err(protocol(
                session.endpoint(),
                "同一事版本过多 too many versions of one thing",
            ));
        }
        for cells in versions {
            let version = cells
                .first()
                .and_then(Option::as_deref)
                .and_then(|v| v.trim().parse::<u32>().ok());
            let Some(version) = version else {
                return Err(protocol(
                    session.endpoint(),
                    "版本列不是整数 a version is no whole number",
                ));
            };
            highest = highest.max(version);
        }
        Ok(highest.saturating_add(1).to_string())
    }

    async fn find(&self, session: &mut Session<'_>, table: &Table, row: &Pairs) -> Result<Option<Standing>, Fault> {
        let mut columns = vec![self.settings.state.as_str(), self.settings.version.as_str()];
        columns.extend(self.same(row).map(|(column, _)| column));
        let look = table.select(&columns).is(&self.settings.key, self.key(row));
        let found = session.rows(look.first(&[&self.settings.version], 1).done()).await?;
        let Some(found) = found.into_iter().next() else {
            return Ok(None);
        };
        let mut cells = found.into_iter();
        let (state, version) = (cells.next().flatten(), cells.next().flatten());
        let same = self
            .same(row)
            .zip(cells)
            .all(|((_, value), cell)| cell.as_deref() == Some(value));
        let next = self.next_version(session, table, row).await?;
        let mine = version.and_then(|v| v.trim().parse::<u32>().ok()).unwrap_or_default();
        Ok(Some(Standing {
            state: state.unwrap_or_default(),
            replaced: next.parse::<u32>().is_ok_and(|next| next > mine.saturating_add(1)),
            same,
        }))
    }

    /// The columns that say what a row is about.
    fn same<'r>(&'r self, row: &'r Pairs) -> impl Iterator<Item = (&'r str, &'r str)> {
        let value = |column: &String| row.iter().find(|(c, _)| c == column).and_then(|(_, v)| v.as_deref());
        self.settings
            .same
            .iter()
            .map(move |column| (column.as_str(), value(column).unwrap_or_default()))
    }

    fn key<'r>(&self, row: &'r Pairs) -> &'r str {
        let found = row.iter().find(|(column, _)| *column == self.settings.key);
        found.and_then(|(_, value)| value.as_deref()).unwrap_or_default()
    }

    /// The batch's rows, from its bytes.
    fn rows(&self, batch: &Prepared) -> Result<Vec<Pairs>, Fault> {
        let read = |part: &Part| -> Option<Pairs> {
            let pairs: Pairs = serde_json::from_slice(&part.bytes).ok()?;
            let sound = pairs.iter().all(|(column, _)| super::settings::is_name(column));
            (sound && self.key(&pairs) == part.name).then_some(pairs)
        };
        let rows: Option<Vec<Pairs>> = batch.encoded.parts.iter().map(read).collect();
        rows.filter(|rows| rows.len() == batch.records.len())
            .ok_or_else(|| Fault::never("该批不是本通道的行 the batch holds no rows of this channel"))
    }

    /// Whether a row that is not there was surely never there: rows are kept long enough.
    fn absence_proves(&self, batch: &Prepared) -> bool {
        self.clock.now().since(UnixMs(batch.numbers.at)) < self.settings.keeps.0
    }
}
