//! The configuration as the engine follows it: compiled once, shared, never changed while it runs.

use crate::lapse::Keep;
use jiff::civil::Date;
use mapping::Compiled;
use mapping::transform::Table;
use model::define::{Channel, CodeTable, Department, Layout, LimitUnit, Matter};
use model::{Code, DeptId, Dictionary, Finding, ItemNo, MatterId, Op};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Pauses between tries of one hand-over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// After the first fault, milliseconds; doubles each time.
    pub first_ms: u64,
    /// Never longer than this, milliseconds.
    pub max_ms: u64,
}

/// Which forms are keyed again, beyond what their layouts say, and from when on by the same person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rekey {
    /// After how long the same person may key again what the layout lets them, milliseconds.
    pub later_ms: i64,
    /// Of a hundred forms, so many are drawn.
    pub share: u32,
    /// The same where a clerk or a field was wrong more often than `above`.
    pub raised: u32,
    /// Wrong entries of ten thousand.
    pub above: u32,
}

/// What the engine needs to know beyond departments.
#[derive(Clone, Debug)]
pub struct Rules {
    /// This node's name.
    pub node: String,
    /// Offset of civil time from UTC, minutes.
    pub offset_minutes: i32,
    /// How long a clerk's claim holds, milliseconds.
    pub lease_ms: i64,
    /// Within how long the source of a value answers a review.
    pub review: (u32, LimitUnit),
    /// Which forms are keyed again.
    pub rekey: Rekey,
    /// Hours a day in which a clerk keys.
    pub hours: u32,
    /// Pauses between tries.
    pub retry: Retry,
    /// Who may act: name to user number.
    pub people: BTreeMap<String, u32>,
    /// The most bytes one incoming batch may have.
    pub max_bytes_in: u64,
    /// The most rows one incoming batch may have.
    pub max_rows_in: u64,
    /// Rows of an incoming batch that have effect in one group; those of a longer one have it stretch by stretch.
    pub whole_rows: usize,
}

/// A department with its layouts compiled.
pub struct Dept {
    /// As configured.
    pub def: Arc<Department>,
    /// Its channels, best first.
    pub ladder: Vec<Arc<Channel>>,
    layouts: HashMap<String, (Arc<Layout>, Arc<Compiled>)>,
}

impl Dept {
    /// A layout by name.
    pub fn layout(&self, name: &str) -> Option<(&Arc<Layout>, &Arc<Compiled>)> {
        self.layouts.get(name).map(|(l, c)| (l, c))
    }
    /// A channel by name.
    pub fn channel(&self, name: &str) -> Option<&Arc<Channel>> {
        self.ladder.iter().find(|c| c.name == name)
    }
    /// The best rung that can do this for a matter.
    pub fn rung(&self, matter: &MatterId, op: Op) -> Option<&Arc<Channel>> {
        self.ladder
            .iter()
            .find(|c| c.ops.contains(&op) && c.layouts.contains_key(matter))
    }
}

/// The whole.
pub struct Plan {
    /// Node, lease, retry, people.
    pub rules: Rules,
    /// For how long what is kept.
    pub keep: Keep,
    /// The items.
    pub dictionary: Arc<Dictionary>,
    /// Departments by name.
    pub depts: BTreeMap<DeptId, Dept>,
    tables: BTreeMap<String, Table>,
    matters: BTreeMap<MatterId, Matter>,
    givers: HashMap<ItemNo, Vec<MatterId>>,
    sends: HashMap<MatterId, BTreeSet<ItemNo>>,
    needs: HashMap<MatterId, BTreeSet<ItemNo>>,
}

impl Plan {
    /// Compiles every layout; all that is wrong is reported at once.
    pub fn new(
        rules: Rules,
        dictionary: Arc<Dictionary>,
        codes: &[CodeTable],
        departments: Vec<Department>,
    ) -> Result<Self, Vec<Finding>> {
        let mut faults = Vec::new();
        let mut depts = BTreeMap::new();
        let mut matters = BTreeMap::new();
        for department in departments {
            let mut layouts = HashMap::new();
            for layout in &department.layouts {
                match Compiled::new(layout, &dictionary, codes) {
                    Ok(compiled) => {
                        layouts.insert(layout.name.clone(), (Arc::new(layout.clone()), Arc::new(compiled)));
                    }
                    Err(mut findings) => faults.append(&mut findings),
                }
            }
            for matter in &department.matters {
                matters.insert(matter.id.clone(), matter.clone());
            }
            let ladder = department.ladder.iter().cloned().map(Arc::new).collect();
            depts.insert(
                department.id.clone(),
                Dept {
                    def: Arc::new(department),
                    ladder,
                    layouts,
                },
            );
        }
        let mut tables = BTreeMap::new();
        for table in codes {
            match Table::new(table) {
                Ok(sorted) => {
                    tables.insert(table.name.clone(), sorted);
                }
                Err(code) => {
                    let twice = Finding::new(model::Code::STwice).with("name", code);
                    faults.push(twice.with("first", &table.name));
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut plan = Self {
            rules,
            keep: Keep::default(),
            dictionary,
            depts,
            tables,
            matters,
            givers: HashMap::new(),
            sends: HashMap::new(),
            needs: HashMap::new(),
        };
        plan.derive();
        Ok(plan)
    }

    /// The same, with a rule of retention.
    #[must_use]
    pub fn keeping(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    fn derive(&mut self) {
        for matter in self.matters.values() {
            for item in &matter.gives {
                self.givers.entry(*item).or_default().push(matter.id.clone());
            }
        }
        for matter in self.matters.values() {
            let Some(dept) = self.depts.get(&matter.id.dept()) else {
                continue;
            };
            let mut sends = BTreeSet::new();
            let mut needs: BTreeSet<ItemNo> = matter.needs.iter().copied().collect();
            for channel in &dept.ladder {
                let Some((_, layout)) = channel.layouts.get(&matter.id).and_then(|name| dept.layout(name)) else {
                    continue;
                };
                sends.extend(layout.items());
                for item in layout.required_items() {
                    // What another matter gives and the layout requires is a need, said or not.
                    let given = self.givers.get(&item).is_some_and(|g| !g.contains(&matter.id));
                    if given && !matter.needs_before_decision.contains(&item) {
                        needs.insert(item);
                    }
                }
            }
            self.sends.insert(matter.id.clone(), sends);
            self.needs.insert(matter.id.clone(), needs);
        }
    }

    /// A matter by name.
    pub fn matter(&self, id: &MatterId) -> Option<&Matter> {
        self.matters.get(id)
    }
    /// Every matter, by name.
    pub fn matters(&self) -> impl Iterator<Item = &Matter> {
        self.matters.values()
    }
    /// A department by name.
    pub fn dept(&self, id: &DeptId) -> Option<&Dept> {
        self.depts.get(id)
    }
    /// A code table by name, as configured.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }
    /// Items a matter's projection is made of.
    pub fn sends(&self, matter: &MatterId) -> impl Iterator<Item = ItemNo> {
        self.sends.get(matter).into_iter().flatten().copied()
    }
    /// Items without which a matter does not open.
    pub fn needs(&self, matter: &MatterId) -> impl Iterator<Item = ItemNo> {
        self.needs.get(matter).into_iter().flatten().copied()
    }
    /// The matter that owns an item for a class of enterprise; `None` where the hub does.
    pub fn owner(&self, item: ItemNo, class: &str) -> Option<&MatterId> {
        self.givers
            .get(&item)?
            .iter()
            .find(|m| self.matter(m).is_some_and(|m| applies(m, class)))
    }
    /// The civil date of an instant.
    pub fn day(&self, at_ms: i64) -> Date {
        civil(at_ms, self.rules.offset_minutes).date()
    }
    /// The instant at which a civil day begins, milliseconds since 1970.
    pub fn midnight(&self, day: Date) -> i64 {
        let offset = jiff::tz::Offset::from_seconds(self.rules.offset_minutes * 60).unwrap_or(jiff::tz::Offset::UTC);
        offset
            .to_timestamp(day.at(0, 0, 0, 0))
            .map_or(i64::MIN, |t| t.as_millisecond())
    }
    /// Whether an instant lies on a later civil day than another. Asked with everything that is said, so no date is made.
    pub fn is_later_day(&self, before_ms: i64, at_ms: i64) -> bool {
        let day = |ms: i64| {
            ms.saturating_add(i64::from(self.rules.offset_minutes) * 60_000)
                .div_euclid(86_400_000)
        };
        day(at_ms) > day(before_ms)
    }
    /// What to say where a department's agreement has run out: nothing may leave for it any more.
    pub fn expired(&self, dept: &DeptId, now_ms: i64) -> Option<Finding> {
        let agreement = &self.dept(dept)?.def.agreement;
        let finding = || {
            Finding::new(Code::EAgreementExpired)
                .with("agreement", &agreement.id)
                .with("date", agreement.expires)
        };
        (self.day(now_ms) > agreement.expires).then(finding)
    }
}

/// Whether a matter applies to a class of enterprise. `?` stands for any character.
pub fn applies(matter: &Matter, class: &str) -> bool {
    let fits = |pattern: &String| {
        pattern.chars().count() == class.chars().count()
            && pattern.chars().zip(class.chars()).all(|(p, c)| p == '?' || p == c)
    };
    !matter.reports && (matter.applies.is_empty() || matter.applies.iter().any(fits))
}

/// Civil time of an instant at an offset.
pub fn civil(at_ms: i64, offset_minutes: i32) -> jiff::civil::DateTime {
    let offset = jiff::tz::Offset::from_seconds(offset_minutes * 60).unwrap_or(jiff::tz::Offset::UTC);
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|t| offset.to_datetime(t))
        .unwrap_or_default()
}
